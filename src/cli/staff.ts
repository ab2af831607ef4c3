import { userInfo } from 'node:os'
import type { Command } from 'commander'
import type { App } from '../app.ts'
import {
  addMember,
  members,
  removeMember,
  setRoles,
  type Change,
  type Member,
} from '../staff/members.ts'
import { allRoles, grantWord, readGrants } from '../staff/rights.ts'
import type { Register } from './command.ts'

const roleList = `comma-separated: ${allRoles.join(', ')}; a clinic role as clinic:HSA-ID`

export const register: Register = (staff, cli) => {
  staff.addHelpText(
    'after',
    `
Examples:
  kallelse staff add anna.ek@region.example --name "Anna Ek" --roles coordinator
  kallelse staff roles anna.ek@region.example coordinator,clinic:SE2321000180-FALU
  kallelse staff list`,
  )
  staff
    .command('add <email>')
    .description('add a member with roles')
    .requiredOption('--name <name>', 'first and last name')
    .requiredOption('--roles <list>', roleList)
    .action((email: string, options: { name: string; roles: string }, command: Command) =>
      cli.withApp(async (app) => {
        const grants = readGrants(options.roles)
        const made = await addMember(app.pool, { email, name: options.name, grants }, changeOf(app))
        cli.answer(command, `Added ${line(made)}`, made)
      }),
    )
  staff
    .command('roles <email> <list>')
    .description(`give a member exactly these roles, ${roleList}`)
    .action((email: string, list: string, _options: unknown, command: Command) =>
      cli.withApp(async (app) => {
        const changed = await setRoles(app.pool, email, readGrants(list), changeOf(app))
        cli.answer(command, line(changed), changed)
      }),
    )
  staff
    .command('list')
    .description('every member and their roles')
    .action((_options: unknown, command: Command) =>
      cli.withApp(async (app) => {
        const all = await members(app.pool)
        cli.answer(command, all.map(line).join('\n') || 'There are no members.', all)
      }),
    )
  staff
    .command('remove <email>')
    .description('end a member and all their roles; what they did is kept')
    .action((email: string, _options: unknown, command: Command) =>
      cli.withApp(async (app) => {
        await removeMember(app.pool, email, changeOf(app))
        cli.answer(command, `${email} is no longer a member.`, { email, removed: true })
      }),
    )
}

const changeOf = ({ clock }: App): Change => ({
  now: clock.now(),
  by: `os:${userInfo().username}`,
})

const line = ({ email, name, grants }: Member): string =>
  `${email}  ${name}  ${grants.map(grantWord).join(',') || 'no roles'}`
