import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { App } from '../app.ts'
import { transaction } from '../db/pool.ts'
import { messageOf, Refused } from '../errors.ts'
import { whyKept } from '../messages/bounces/judge.ts'
import { keptBounces, settleKept } from '../messages/bounces/kept.ts'
import {
  cameInBy,
  readMailbox,
  tryMailbox,
  type ReadBounces,
} from '../messages/bounces/read-mailbox.ts'
import { countTaken, takeReports, type Taken } from '../messages/bounces/take-reports.ts'
import type { Cli } from './command.ts'

export function addBounces(messages: Command, cli: Cli): void {
  const bounces = messages
    .command('bounces')
    .description('what mail servers say later of e-mails that they had taken')
  addRead(bounces, cli)
  addKept(bounces, cli)
  addSettleKept(bounces, cli)
}

function addRead(bounces: Command, cli: Cli): void {
  bounces
    .command('read [file...]')
    .description('read the mailbox (BOUNCE_MAILBOX) now, or mails saved as .eml')
    .option('--dry-run', 'say what would be done and change nothing')
    .addHelpText(
      'after',
      `
Examples:
  kallelse messages bounces read
  kallelse messages bounces read bounce-1.eml bounce-2.eml --dry-run`,
    )
    .action((files: string[], options: { dryRun?: boolean }, command: Command) =>
      cli.withApp(async (app) => {
        const dryRun = options.dryRun === true
        const read = files.length
          ? await readFiles(app, files, dryRun)
          : await readNow(app, cli.stop, dryRun)
        const counts = { ...countTaken(read.taken), others: read.others }
        cli.answer(command, readText(read, dryRun), { dryRun, counts, reports: read.taken })
      }),
    )
}

async function readNow(app: App, stop: AbortSignal, dryRun: boolean): Promise<ReadBounces> {
  const read = await (dryRun ? tryMailbox(app, stop) : readMailbox(app, stop, true))
  if (!read)
    throw new Refused(
      'no-bounce-mailbox',
      'BOUNCE_MAILBOX is not set. Set it, or name files. See docs/operator/bounces.md.',
    )
  if (read.away)
    throw new Refused(
      'bounce-mailbox-away',
      `The mailbox can't be read: ${read.away}. Check BOUNCE_MAILBOX and its password, and that the server answers. ` +
        `${read.taken.length} reports were read before that.`,
    )
  return read
}

async function readFiles(app: App, files: string[], dryRun: boolean): Promise<ReadBounces> {
  const read = await Promise.all(
    files.map(async (file) => cameInBy('file', basename(file), await contentOf(file))),
  )
  const reports = read.filter((one) => one !== null)
  const taken = await transaction(app.pool, (tx) =>
    takeReports(tx, reports, app.clock.now(), dryRun),
  )
  return { taken, others: read.length - reports.length }
}

const contentOf = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: unknown) => {
    throw new Refused('no-such-file', `${file} can't be read: ${messageOf(error)}`)
  })

function readText({ taken, others }: ReadBounces, dryRun: boolean): string {
  const lines = taken.map((one) => `${one.place}  ${outcomeText(one)}`)
  const { failed, delayed, delivered, kept, again } = countTaken(taken)
  return [
    ...lines,
    `${failed} failed, ${delayed} delayed, ${delivered} delivered, ${kept} kept for a person, ` +
      `${again} taken before; ${others} other mails left alone.`,
    ...(dryRun ? ['Nothing is changed.'] : []),
  ].join('\n')
}

function outcomeText(one: Taken): string {
  const before = one.again ? ' (taken before)' : ''
  if (one.outcome === 'kept') return `kept for a person: ${whyKept[one.why]}${before}`
  const fault = one.outcome === 'failed' ? ` ${one.code}, ${one.hard ? 'hard' : 'soft'}` : ''
  return `${one.outcome}${fault}  message ${one.messageId}${before}`
}

function addKept(bounces: Command, cli: Cli): void {
  bounces
    .command('kept')
    .description('list the reports that wait for a person, and where each mail is')
    .action((_options: object, command: Command) =>
      cli.withApp(async (app) => {
        const kept = await keptBounces(app.pool)
        const lines = kept.map(
          ({ id, at, source, place, why, messageId }) =>
            `${id}  ${at.toISOString()}  ${source} ${place}  ${whyKept[why]}` +
            (messageId ? `  message ${messageId}` : ''),
        )
        cli.answer(command, lines.join('\n') || 'No report waits for a person.', kept)
      }),
    )
}

interface SettleOptions {
  as: 'failed' | 'not-ours'
  by: string
  message?: string
}

function addSettleKept(bounces: Command, cli: Cli): void {
  bounces
    .command('settle <number>')
    .description('settle a report that was kept for a person, as you have read it')
    .addOption(
      new Option(
        '--as <outcome>',
        'failed: the message did not arrive, its next channel takes over; not-ours: nothing to do',
      )
        .choices(['failed', 'not-ours'])
        .makeOptionMandatory(),
    )
    .requiredOption('--by <name>', 'who does it')
    .option('--message <id>', 'which e-mail it is about, when the report does not say', messageId)
    .addHelpText(
      'after',
      `
Examples:
  kallelse messages bounces settle 12 --as not-ours --by anna
  kallelse messages bounces settle 12 --as failed --message 0b6f1c6e-8a2b-4a44-9a7a-1b1f6c1f2c3d --by anna`,
    )
    .action((number: string, options: SettleOptions, command: Command) =>
      cli.withApp(async (app) => {
        const id = /^[1-9][0-9]{0,14}$/.test(number) ? Number(number) : 0
        await settleKept(app, id, options.as, options.by, options.message)
        cli.answer(command, `${number}: ${options.as}.`, { id, as: options.as })
      }),
    )
}

function messageId(text: string): string {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text))
    throw new InvalidArgumentError('it is not the id of a message.')
  return text.toLowerCase()
}
