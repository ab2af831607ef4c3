import { Option, type Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import type { App } from '../app.ts'
import { extractAsHtml, extractAsJson, extractForPaper, messageWords } from '../reports/extract.ts'
import { evidenceFile, evidenceText } from '../reports/evidence-shown.ts'
import { shownPhone } from '../texts/format.ts'
import { Refused } from '../errors.ts'
import { chainedLogs, chainLogs, verifyLogs, type Head } from '../evidence/log-chain.ts'
import { evidenceOf, evidenceOfMessage, type Evidence, type Looker } from '../evidence/evidence.ts'
import type { Register } from './command.ts'

interface Options {
  by: string
  unit: string
}
const by = (command: Command) =>
  command
    .requiredOption('--by <name>', 'who looks: noted in the access log')
    .requiredOption('--unit <unit>', 'from which unit: noted in the access log')

export const register: Register = (group, cli) => {
  group.addHelpText(
    'after',
    `
Examples:
  kallelse evidence show 19440229-9806 --by karin --unit Smittskydd
  kallelse evidence message 5f0c2c4e-… --out letter.pdf --by karin --unit Smittskydd
  kallelse evidence extract 19440229-9806 --out utdrag.html --by karin --unit Smittskydd
People with a protected identity: kallelse worklist evidence. See docs/operator/evidence.md.`,
  )

  by(
    group.command('show <number>').description('every message, with its text, and who has looked'),
  ).action((number: string, options: Options, command: Command) =>
    cli.withApp(async (app) => {
      const evidence = await evidenceOf(app, number, options, 'evidence')
      const text = evidence.messages.map((m) => {
        const w = messageWords(m)
        return [
          `${m.id}  ${w.when}  ${w.step}, ${w.channel}, ${w.state}`,
          `  ${m.campaign}, ${m.purpose}; ${m.template} ${m.language} ${w.version}, approved by ${w.approved}`,
          `  ${m.contentSha256 ? `SHA-256 ${m.contentSha256}${m.intact ? '' : ' DOES NOT HOLD'}` : 'not composed'}`,
        ].join('\n')
      })
      cli.answer(
        command,
        `${text.join('\n') || 'Nothing was sent.'}\n${evidence.accesses.length} looks in the access log.`,
        { personId: evidence.personId, ...extractAsJson(evidence) },
      )
    }),
  )

  by(
    group
      .command('message <id>')
      .description('one message as a file: PDF, e-mail or SMS, as it was sent')
      .requiredOption('--out <file>', 'the file to write; only you can read it'),
  ).action((id: string, options: Options & { out: string }, command: Command) =>
    cli.withApp(async (app) => {
      const message = await evidenceOfMessage(app, id, options)
      const file = await evidenceFile(message)
      if (!file)
        throw new Refused(
          'message-not-composed',
          `The message is ${message.state}: it has not been composed, so there are no bytes.`,
        )
      await writeFile(options.out, file.bytes, { mode: 0o600 })
      cli.answer(
        command,
        `${options.out} ` +
          `(${file.type})${message.intact ? '' : ': THE KEPT BYTES ARE NOT THOSE THAT WERE SENT'}\n\n${evidenceText(message)}`,
        {
          file: options.out,
          type: file.type,
          intact: message.intact,
          sha256: message.contentSha256,
        },
      )
    }),
  )

  extractCommand(group.command('extract <number>'), {}, cli)

  group
    .command('verify')
    .description(
      "read the access log and campaigns' events against their chains: lines changed, removed or inserted",
    )
    .option(
      '--head <log:n:hash...>',
      'a head that was noted earlier, as this command prints it: the chain must still pass through it',
    )
    .action((options: { head?: string[] }, command: Command) =>
      cli.withApp(async (app) => {
        const noted = (options.head ?? []).map(readHead)
        await chainLogs(app.pool)
        const { heads, faults } = await verifyLogs(app.pool, noted)
        const said = [
          ...heads.map(
            ({ log, n, hash }) => `${log}: ${n} lines. Note the head: ${log}:${n}:${hash}`,
          ),
          ...faults.map(({ log, kind, n, rowId }) =>
            kind === 'inserted'
              ? `${log}: row ${rowId} was inserted, after line ${n}`
              : `${log}: line ${n}${rowId === null ? '' : ` (row ${rowId})`} was ${kind}`,
          ),
        ]
        cli.answer(command, said.join('\n'), { heads, faults })
        if (faults.length) cli.failed()
      }),
    )
}

function readHead(text: string): Head {
  const [log, n, hash] = text.split(':')
  const known = chainedLogs.find((name) => name === log)
  if (!known || !/^[1-9][0-9]*$/.test(n ?? '') || !/^[0-9a-f]{64}$/.test(hash ?? ''))
    throw new Refused(
      'bad-head',
      `"${text}" is not a head, e.g. access_log:12:5f0c… as evidence verify prints it.`,
    )
  return { log: known, n: Number(n), hash: hash! }
}

/** Adds `worklist evidence`: the extract for those with a protected identity, who are not in the other. */
export const registerWorklistEvidence: Register = (worklist, cli) =>
  extractCommand(worklist.command('evidence <number>'), { worklist: true }, cli)

/** The extract, for everybody but the protected; theirs is made in the worklist for them. */
function extractCommand(
  command: Command,
  worklist: Pick<Looker, 'worklist'>,
  cli: Parameters<Register>[1],
): void {
  by(
    command.description(
      `an extract for the person${worklist.worklist ? ' with a protected identity' : ''}: every message and ` +
        'the access log, in one file',
    ),
  )
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .addOption(
      new Option('--format <format>', 'HTML or PDF for people, JSON for machines')
        .choices(['html', 'json', 'pdf'])
        .default('html'),
    )
    .action(
      (
        number: string,
        options: Options & { out: string; format: 'html' | 'json' | 'pdf' },
        own: Command,
      ) =>
        cli.withApp(async (app) => {
          const evidence = await evidenceOf(
            app,
            number,
            { ...options, ...worklist },
            'extract for the person',
          )
          await writeFile(options.out, await extractIn(options.format, evidence, app), {
            mode: 0o600,
          })
          cli.answer(
            own,
            `${options.out}: ${evidence.messages.length} messages, ${evidence.accesses.length} looks.`,
            {
              file: options.out,
              messages: evidence.messages.length,
              accesses: evidence.accesses.length,
            },
          )
        }),
    )
}

async function extractIn(
  format: 'html' | 'json' | 'pdf',
  evidence: Evidence,
  app: App,
): Promise<string | Buffer> {
  if (format === 'json') return JSON.stringify(extractAsJson(evidence), null, 2)
  const region = regionOf(app)
  if (format === 'html') return extractAsHtml(evidence, region)
  const { evidenceExtractPaper } = await import('../documents/evidence-extract.ts')
  const extract = await extractForPaper(evidence)
  return evidenceExtractPaper({ ...extract, region: region.name, phone: region.phone })
}

const regionOf = ({ config }: App) => ({
  name: config.REGION_NAME,
  phone: shownPhone(config.REGION_PHONE),
})
