import { InvalidArgumentError, type Command } from 'commander'
import { DateTime } from 'luxon'
import { zone } from '../clock.ts'
import {
  allRights,
  apiKeys,
  createApiKey,
  revokeApiKey,
  rotateApiKey,
  type ApiKeyLine,
  type Right,
} from '../staff/api-keys.ts'
import { Refused } from '../errors.ts'
import type { Register } from './command.ts'

export const register: Register = (group, cli) => {
  group
    .command('create <name>')
    .description('make a key and print it, once; its name is the actor in logs')
    .requiredOption('--rights <list>', `comma-separated: ${allRights.join(', ')}`, readRights)
    .option('--clinic <hsaId>', 'needed to book: only at this clinic; any: at all, for the region')
    .option('--expires <day>', 'the last day it works; a year from now when not given', lastDay)
    .addHelpText(
      'after',
      `
Example:
  kallelse api-key create planner-anna --rights read,write
  kallelse api-key create falu-telefon --rights book --clinic SE2321000180-FALU --expires 2027-12-31`,
    )
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const { rights, clinic, expires } = options
      if (rights.includes('book') && clinic === undefined)
        throw new Refused(
          'bad-arguments',
          "A key that books is a clinic's: say --clinic HSA-ID, or --clinic any for the region's own switchboard.",
        )
      const key = await cli.withApp((app) =>
        createApiKey(app.pool, name, rights, app.clock.now(), {
          clinic: clinic === undefined || clinic === 'any' ? null : clinic,
          ...(expires ? { expiresAt: expires } : {}),
        }),
      )
      cli.answer(
        command,
        `${key}\nKeep it now: it can't be shown again. Send it as "Authorization: Bearer <key>".`,
        { name, rights: options.rights, key },
      )
    })
  group
    .command('rotate <name>')
    .description(
      'make a new key in place of one, print it, once, and let the old one work for some days',
    )
    .option('--overlap <days>', 'days for which the old one works too', days, 7)
    .addHelpText(
      'after',
      `
Example:
  kallelse api-key rotate falu-telefon --overlap 3`,
    )
    .action(async (name: string, { overlap }: { overlap: number }, command: Command) => {
      const key = await cli.withApp((app) => rotateApiKey(app.pool, name, app.clock.now(), overlap))
      cli.answer(
        command,
        `${key}\nKeep it now: it can't be shown again. The old one works for ${overlap} days more.`,
        { name, key, overlap },
      )
    })
  group
    .command('list')
    .description('every key: its rights, when it ends, when it was used last; never the key itself')
    .action(async (_options: unknown, command: Command) => {
      const keys = await cli.withApp((app) => apiKeys(app.pool))
      cli.answer(command, keys.map(line).join('\n') || 'There are no keys.', keys)
    })
  group
    .command('revoke <name>')
    .description('end a key at once')
    .action(async (name: string, _options: unknown, command: Command) => {
      await cli.withApp((app) => revokeApiKey(app.pool, name, app.clock.now()))
      cli.answer(command, `The key ${name} no longer works.`, { name, revoked: true })
    })
}

interface CreateOptions {
  rights: Right[]
  clinic?: string
  expires?: Date
}

function line({ name, rights, clinic, expiresAt, revokedAt, lastUsedOn }: ApiKeyLine): string {
  const day = (at: Date) => at.toISOString().slice(0, 10)
  const ends = revokedAt
    ? `revoked ${day(revokedAt)}`
    : expiresAt
      ? `works until ${day(expiresAt)}`
      : 'never ends: rotate it'
  return `${name}  ${rights.join(',')}  ${clinic ?? 'any clinic'}  ${ends}  last used ${lastUsedOn ?? 'never'}`
}

/** The end of a day in Sweden. */
function lastDay(text: string): Date {
  const day = DateTime.fromISO(text, { zone })
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || !day.isValid)
    throw new InvalidArgumentError('it is not a day such as 2027-12-31.')
  return day.plus({ days: 1 }).toJSDate()
}

function days(text: string): number {
  if (!/^\d{1,2}$/.test(text)) throw new InvalidArgumentError('give a number of days, 0 to 99.')
  return Number(text)
}

function readRights(list: string): Right[] {
  const wanted = [...new Set(list.split(',').map((right) => right.trim()))]
  const unknown = wanted.filter((right) => !(allRights as readonly string[]).includes(right))
  if (unknown.length)
    throw new InvalidArgumentError(`${unknown.join(', ')}: choose among ${allRights.join(', ')}.`)
  return wanted as Right[]
}
