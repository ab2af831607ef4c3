import { Option, type Command } from 'commander'
import { rows } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { doubtGroups, settleDoubtsBy, type DoubtGroup } from '../messages/doubts.ts'
import { sealedBatchNamed } from '../messages/print/delivery-note.ts'
import { addBounces } from './messages-bounces.ts'
import type { Cli, Register } from './command.ts'
import { moment } from './moment.ts'
import { imprintOf, writePaper } from './paper.ts'

export const register: Register = (messages, cli) => {
  addDeliveryNote(messages, cli)
  addDoubts(messages, cli)
  addSettle(messages, cli)
  addBounces(messages, cli)
}

function addDeliveryNote(messages: Command, cli: Cli): void {
  messages
    .command('delivery-note <batch>')
    .description(
      "a batch's delivery note for the print supplier, as PDF: how much it is, and its checksums",
    )
    .requiredOption('--out <file>', 'the file to write')
    .addHelpText(
      'after',
      `
Example:
  kallelse messages delivery-note covid-19-dose-1-0000001 --out foljesedel.pdf`,
    )
    .action((batch: string, options: { out: string }, command: Command) =>
      cli.withApp(async (app) => {
        const facts = await sealedBatchNamed(app.pool, batch)
        const { deliveryNotePaper } = await import('../documents/delivery-note.ts')
        await writePaper(options.out, await deliveryNotePaper({ ...imprintOf(app), ...facts }))
        cli.answer(command, `${options.out}: ${facts.letters} letters.`, {
          file: options.out,
          ...facts,
        })
      }),
    )
}

function addDoubts(messages: Command, cli: Cli): void {
  messages
    .command('doubts')
    .description('list the messages in doubt: sent to the provider or not, nobody can say')
    .action((_options: object, command: Command) =>
      cli.withApp(async (app) => {
        const doubts = await rows<{
          id: string
          campaign: string
          channel: string
          step: string
          since: Date
        }>(
          app.pool,
          `select m.id, c.name as campaign, m.channel, m.step, m.sending_since as since
             from outgoing o
             join message m on m.id = o.message_id and m.state = 'in-doubt'
             join campaign c on c.id = m.campaign_id
            where o.state = 'in-doubt'
            order by m.sending_since`,
        )
        cli.answer(
          command,
          doubts
            .map(
              (d) =>
                `${d.id}  ${d.campaign}  ${d.channel} ${d.step}  since ${d.since.toISOString()}`,
            )
            .join('\n') || 'No message is in doubt.',
          doubts,
        )
      }),
    )
}

interface SettleOptions {
  as: 'sent' | 'resend'
  by: string
  campaign?: string
  channel?: 'sms' | 'email'
  since?: Date
  dryRun?: boolean
}

function addSettle(messages: Command, cli: Cli): void {
  messages
    .command('settle [id]')
    .description(
      "settle messages in doubt, one or many, by what the provider's own log says of our reference (the id)",
    )
    .addOption(
      new Option(
        '--as <outcome>',
        'sent: they left, or resend: they surely did not leave, send them again',
      )
        .choices(['sent', 'resend'])
        .makeOptionMandatory(),
    )
    .requiredOption('--by <name>', 'who does it')
    .option('--campaign <name>', 'all in doubt of this campaign')
    .addOption(new Option('--channel <channel>', 'only of this channel').choices(['sms', 'email']))
    .option('--since <time>', 'only those begun to be sent then or later, 2021-03-08T09:00', moment)
    .option('--dry-run', 'say which they are and settle none')
    .addHelpText(
      'after',
      `
Examples:
  kallelse messages settle 0b6f1c6e-8a2b-4a44-9a7a-1b1f6c1f2c3d --as sent --by anna
  kallelse messages settle --campaign covid-19-dose-1 --channel email --since 2021-03-08T09:00 --as resend --by anna --dry-run`,
    )
    .action((id: string | undefined, options: SettleOptions, command: Command) =>
      cli.withApp(async (app) => {
        const { as, by, campaign, channel, since } = options
        if (id === undefined && campaign === undefined && since === undefined)
          throw new Refused('bad-arguments', 'Say which: an id, --campaign or --since.')
        const which = { id, campaign, channel, since }
        const groups = options.dryRun
          ? await doubtGroups(app.pool, which)
          : await settleDoubtsBy({ ...app, jobs: await app.jobs() }, which, as, by)
        const state = as === 'sent' ? 'sent' : 'queued'
        cli.answer(command, settledText(groups, state, options.dryRun === true), {
          state,
          dryRun: options.dryRun === true,
          groups,
        })
      }),
    )
}

function settledText(groups: DoubtGroup[], state: string, dryRun: boolean): string {
  const total = groups.reduce((sum, { number }) => sum + number, 0)
  const lines = groups.map(
    ({ campaign, channel, number, first, last }) =>
      `${campaign}  ${channel}  ${number}, begun ${first.toISOString()} to ${last.toISOString()}`,
  )
  const what = dryRun ? `would be ${state}; nothing is changed` : `now ${state}`
  return [`${total} ${total === 1 ? 'message' : 'messages'}: ${what}.`, ...lines].join('\n')
}
