import { InvalidArgumentError, type Command } from 'commander'
import { allRights, createApiKey, revokeApiKey, type Right } from '../staff/api-keys.ts'
import type { Register } from './command.ts'

export const register: Register = (group, cli) => {
  group
    .command('create <name>')
    .description('make a key and print it, once; its name is the actor in logs')
    .requiredOption('--rights <list>', `comma-separated: ${allRights.join(', ')}`, readRights)
    .addHelpText(
      'after',
      `
Example:
  kallelse api-key create planner-anna --rights read,write`,
    )
    .action(async (name: string, options: { rights: Right[] }, command: Command) => {
      const key = await cli.withApp((app) =>
        createApiKey(app.pool, name, options.rights, app.clock.now()),
      )
      cli.answer(
        command,
        `${key}\nKeep it now: it can't be shown again. Send it as "Authorization: Bearer <key>".`,
        { name, rights: options.rights, key },
      )
    })
  group
    .command('revoke <name>')
    .description('end a key at once')
    .action(async (name: string, _options: unknown, command: Command) => {
      await cli.withApp((app) => revokeApiKey(app.pool, name, app.clock.now()))
      cli.answer(command, `The key ${name} no longer works.`, { name, revoked: true })
    })
}

function readRights(list: string): Right[] {
  const wanted = [...new Set(list.split(',').map((right) => right.trim()))]
  const unknown = wanted.filter((right) => !(allRights as readonly string[]).includes(right))
  if (unknown.length)
    throw new InvalidArgumentError(`${unknown.join(', ')}: choose among ${allRights.join(', ')}.`)
  return wanted as Right[]
}
