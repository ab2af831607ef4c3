import type { Command } from 'commander'
import { logEvent } from '../campaigns/store.ts'
import { row, rows, transaction } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { settleAs } from '../ledger/messages-sending.ts'
import { sealedBatchNamed } from '../messages/print/delivery-note.ts'
import type { Cli, Register } from './command.ts'
import { imprintOf, writePaper } from './paper.ts'

export const register: Register = (messages, cli) => {
  addDeliveryNote(messages, cli)
  addDoubts(messages, cli)
  addSettle(messages, cli)
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
             from message m
             join campaign c on c.id = m.campaign_id
            where m.state = 'in-doubt'
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

function addSettle(messages: Command, cli: Cli): void {
  messages
    .command('settle <id>')
    .description(
      "settle a message in doubt, by what the provider's own log says of our reference (the id)",
    )
    .requiredOption(
      '--as <outcome>',
      'sent: it left, or resend: it surely did not leave, send it again',
    )
    .requiredOption('--by <name>', 'who does it')
    .addHelpText(
      'after',
      `
Example:
  kallelse messages settle 0b6f1c6e-8a2b-4a44-9a7a-1b1f6c1f2c3d --as sent --by anna`,
    )
    .action((id: string, options: { as: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        if (options.as !== 'sent' && options.as !== 'resend')
          throw new Refused('bad-outcome', `--as ${options.as} is neither sent nor resend.`)
        const outcome = options.as === 'sent' ? 'sent' : 'queued'
        await transaction(app.pool, async (tx) => {
          const message = await row<{ campaignId: number }>(
            tx,
            `select campaign_id as "campaignId" from message where id::text = $1 and state = 'in-doubt' for update`,
            [id],
          )
          if (!message)
            throw new Refused(
              'not-in-doubt',
              `There is no message ${id} in doubt. List them with: messages doubts`,
            )
          await settleAs(tx, id, outcome, null)
          await logEvent(tx, message.campaignId, app.clock.now(), options.by, 'settled', {
            message: id,
            as: options.as,
          })
        })
        cli.answer(command, `The message is ${outcome}.`, { id, state: outcome })
      }),
    )
}
