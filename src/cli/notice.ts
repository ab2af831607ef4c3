import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { parse } from 'yaml'
import {
  approveCampaign,
  cancelCampaign,
  pauseCampaign,
  resumeCampaign,
  startCampaign,
} from '../campaigns/actions.ts'
import { messageOf, Refused } from '../errors.ts'
import { campaignStatus } from '../reports/status.ts'
import { textGate } from '../texts/gate.ts'
import { textsThatMayLeave } from '../texts/may-leave.ts'
import {
  heightenedHistory,
  heightenedNow,
  liftHeightened,
  setHeightened,
} from '../notices/heightened.ts'
import { createNotice, liftNotice } from '../notices/notice.ts'
import { noticeScript, pageText } from '../notices/page.ts'
import { noticeAudience, type NoticeAudience } from '../notices/audience.ts'
import { noticeNamed, notices, type Notice } from '../notices/store.ts'
import { approvedText } from './campaign.ts'
import type { Cli, Register } from './command.ts'

export const register: Register = (notice, cli) => {
  notice.addHelpText(
    'after',
    '\nExample:\n  kallelse notice create bluffsamtal --audience 65+ --channels sms,letter --signer "Karin Exempel, säkerhetschef" --by anna\n  kallelse notice preview bluffsamtal\n  kallelse notice approve bluffsamtal --by anna\n  kallelse notice approve bluffsamtal --by bertil\n  kallelse notice send bluffsamtal --by anna\n  kallelse notice text bluffsamtal --lang sv        # for 1177.se; --script: what staff say on the phone\n\ndocs/notices.md tells the rest; corrections are made with: kallelse correct',
  )

  notice
    .command('create <name>')
    .description('make a draft of a fraud warning')
    .requiredOption(
      '--audience <who>',
      'all, an age such as 65+, or a file with a cohort rule (docs/cohorts.md)',
    )
    .requiredOption('--signer <name, role>', 'who stands for it')
    .requiredOption('--by <name>', 'who does it')
    .option('--warning <template>', 'the text', 'fraud-warning')
    .option('--languages <list>', 'with commas between', 'sv,sv-simple,en,ar')
    .option(
      '--channels <list>',
      'sms, email, letter: each person gets it on the first that reaches them; none: on the pages only',
      'sms,email,letter',
    )
    .option('--per-household', 'one for each household')
    .option('--not-public', "not on the region's pages and in the feeds")
    .option(
      '--calls-per-100 <n>',
      'how many of a hundred are expected to call; the phones decide how many get it a day',
      '5',
    )
    .action(
      async (
        name: string,
        options: {
          audience: string
          signer: string
          by: string
          warning: string
          languages: string
          channels: string
          perHousehold?: true
          notPublic?: true
          callsPer100: string
        },
        command: Command,
      ) => {
        const [signer = '', ...role] = options.signer.split(',').map((part) => part.trim())
        const order = {
          name,
          warning: options.warning,
          languages: list(options.languages),
          channels: options.channels === 'none' ? [] : list(options.channels),
          audience: /^(all|\d+\+)$/.test(options.audience)
            ? options.audience
            : await ruleIn(options.audience),
          perHousehold: options.perHousehold ?? false,
          public: !options.notPublic,
          callsPer100: Number(options.callsPer100),
          signer: { name: signer, role: role.join(', ') },
        }
        await cli.withApp(async (app) => {
          const made = await createNotice(app, order, options.by)
          cli.answer(
            command,
            `${made.name} is ${made.state}. Next: notice preview ${made.name}`,
            shown(made),
          )
        })
      },
    )

  notice
    .command('preview <name>')
    .description(
      'whom it goes to now, how, who is left out and why, and how many a day; changes nothing',
    )
    .action((name: string, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        const preview = await noticeAudience(
          { ...app, phoneCapacity: app.config.PHONE_CAPACITY },
          name,
        )
        cli.answer(command, previewText(name, preview), preview)
      }),
    )

  acting(notice, cli, 'approve', 'approve it; two different people must', async (app, name, by) => {
    return approvedText(
      await approveCampaign({ ...app, textGate: textGate(app.config) }, name, by),
      `notice send ${name}`,
    )
  })
  acting(
    notice,
    cli,
    'send',
    'send it and put it on the pages; the worker (work or serve) does it within seconds, before every campaign',
    async (app, name, by) => {
      await startCampaign(
        { ...app, jobs: await app.jobs(), textGate: textGate(app.config) },
        name,
        by,
      )
      return `${name} is on its way. Follow it with: notice status ${name}`
    },
  )
  acting(notice, cli, 'resume', 'go on with a paused one', async (app, name, by) => {
    await resumeCampaign(
      { ...app, jobs: await app.jobs(), textGate: textGate(app.config) },
      name,
      by,
    )
    return `${name} goes on.`
  })
  acting(notice, cli, 'cancel', 'end it: what has not left stays here', async (app, name, by) => {
    await cancelCampaign(app, name, by)
    return `${name} is cancelled. If it is on the region's pages: notice lift ${name}`
  })
  acting(
    notice,
    cli,
    'lift',
    "take it off the region's pages and feeds: it is no longer in force",
    async (app, name, by) => {
      await liftNotice(app, name, by)
      return `${name} is lifted.`
    },
  )
  notice
    .command('pause <name>')
    .description('stop before the next message')
    .requiredOption('--by <name>', 'who does it')
    .requiredOption('--why <reason>', 'shown to everybody who wonders')
    .action((name: string, options: { by: string; why: string }, command: Command) =>
      cli.withApp(async (app) => {
        await noticeNamed(app.pool, name)
        cli.answer(
          command,
          `${name} is paused.`,
          await pauseCampaign(app, name, options.by, options.why),
        )
      }),
    )

  notice
    .command('status [name]')
    .description('all notices, or the people, messages and days of one')
    .action((name: string | undefined, _options: object, command: Command) =>
      cli.withApp(async (app) => {
        if (name === undefined) {
          const all = (await notices(app.pool)).map(shown)
          return cli.answer(
            command,
            all
              .map(
                (n) =>
                  `${n.name.padEnd(40)} ${n.kind.padEnd(14)} ${n.state.padEnd(10)} ${n.liftedAt ? 'lifted' : n.publishedAt ? 'public' : ''}`,
              )
              .join('\n') || 'There are no notices.',
            all,
          )
        }
        const found = await noticeNamed(app.pool, name)
        const status = { ...(await campaignStatus(app.pool, name)), ...shown(found) }
        const lines = [
          `${name}: ${found.kind}${found.corrects ? ` of ${found.corrects}` : ''}, ${status.state}${status.pausedWhy ? ` (${status.pausedWhy})` : ''}`,
          ...status.funnel.map(
            (f) =>
              `  ${String(f.number).padStart(8)}  ${f.state}${f.reason ? `: ${f.reason}` : ''}`,
          ),
          'Messages',
          ...status.messages.map(
            (m) => `  ${String(m.number).padStart(8)}  ${m.channel} ${m.state}`,
          ),
          ...status.waves.map((w) => `${w.day}: ${w.number} (${w.bound})`),
        ]
        cli.answer(command, lines.join('\n'), status)
      }),
    )

  notice
    .command('text <name>')
    .description(
      'its text to paste at 1177.se, or with --script what staff say on the phone: from the same facts as its letters',
    )
    .option('--lang <language>', 'sv, sv-simple, en, ar', 'sv')
    .option('--script', 'what staff say on the phone')
    .action((name: string, options: { lang: string; script?: true }, command: Command) =>
      cli.withApp(async (app) => {
        const found = await noticeNamed(app.pool, name)
        const { texts, refresh } = await textsThatMayLeave(app.pool, app.config)
        await refresh()
        const text = options.script
          ? noticeScript(
              texts,
              found,
              options.lang,
              app.config,
              (await heightenedNow(app.pool)) !== undefined,
            )
          : pageText(texts, found, options.lang, app.config)
        cli.answer(command, text, { name, language: options.lang, text })
      }),
    )

  notice
    .command('heightened')
    .description(
      'times of heightened fraud: while one lasts every message carries the warning; without options: what holds now, and the history',
    )
    .option('--set', 'from now on')
    .option('--lift', 'no longer')
    .option('--by <name>', 'who does it')
    .option('--why <reason>', 'with --set')
    .addHelpText(
      'after',
      '\nExample:\n  kallelse notice heightened --set --by anna --why "många bluffsamtal i Falun"\n  kallelse notice heightened --lift --by bertil',
    )
    .action((options: { set?: true; lift?: true; by?: string; why?: string }, command: Command) =>
      cli.withApp(async (app) => {
        if (options.set && options.lift)
          throw new Refused('bad-options', 'Give --set or --lift, not both.')
        if (options.set) await setHeightened(app, options.by ?? '', options.why ?? '')
        if (options.lift) await liftHeightened(app, options.by ?? '')
        const now = await heightenedNow(app.pool)
        const history = await heightenedHistory(app.pool)
        const line = (h: (typeof history)[number]) =>
          `  ${h.setAt.toISOString()} by ${h.setBy}: ${h.why}${h.liftedAt ? `; lifted ${h.liftedAt.toISOString()} by ${h.liftedBy}` : ''}`
        cli.answer(
          command,
          [
            now ? 'Heightened fraud: every message carries the warning.' : 'Not heightened.',
            ...history.map(line),
          ].join('\n'),
          { heightened: now !== undefined, history },
        )
      }),
    )
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
const shown = ({ spec: _, campaignId: __, ...notice }: Notice) => notice

/** A cohort rule in a YAML or JSON file. @throws Refused `bad-file` */
export async function ruleIn(file: string): Promise<Record<string, unknown>> {
  try {
    return parse(await readFile(file, 'utf8')) as Record<string, unknown>
  } catch (error) {
    throw new Refused(
      'bad-file',
      `${file} can't be read as YAML: ${messageOf(error)}. Give a file, or --audience all or 65+.`,
    )
  }
}

export const previewText = (name: string, { counts, ...preview }: NoticeAudience): string =>
  [
    `${name}: ${preview.state}. ${preview.people} people, ${preview.told} get it${preview.perDay === null ? '' : `, at most ${preview.perDay} today, for the phones' sake`}.`,
    ...preview.groups.map(
      (g) =>
        `  ${String(g.number).padStart(8)}  ${g.route ?? ''} ${g.language ?? ''}${g.reason ? `left out: ${g.reason}` : ''}`,
    ),
    ...(counts
      ? [
          `Taken back first: ${counts.unsent} messages, ${counts.notYetInvited} people not yet invited. Not known whether it left: ${counts.maybe} people. Never got there: ${counts.lost} messages.`,
        ]
      : []),
  ].join('\n')

function acting(
  notice: Command,
  cli: Cli,
  verb: string,
  description: string,
  act: (
    app: Parameters<Parameters<Cli['withApp']>[0]>[0],
    name: string,
    by: string,
  ) => Promise<string>,
): void {
  notice
    .command(`${verb} <name>`)
    .description(description)
    .requiredOption('--by <name>', 'who does it')
    .action((name: string, options: { by: string }, command: Command) =>
      cli.withApp(async (app) => {
        await noticeNamed(app.pool, name)
        const text = await act(app, name, options.by)
        cli.answer(command, text, shown(await noticeNamed(app.pool, name)))
      }),
    )
}
