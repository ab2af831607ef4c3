import type { Command } from 'commander'
import { readConfig, type Config } from '../config.ts'
import { readBackup, writeBackup } from '../db/backup.ts'
import { useSealingKeys } from '../db/sealed.ts'
import { sealingKeys } from '../db/sealing-keys.ts'
import { Refused } from '../errors.ts'
import { noteBackup, noteBackupDone } from '../db/backups.ts'
import { endRestore, markRestored } from '../messages/restored.ts'
import type { Register } from './command.ts'
import { moment } from './moment.ts'

export const register: Register = (group, cli) => {
  group.addHelpText(
    'after',
    `
Examples:
  kallelse backup create --out /backup/kallelse-2021-03-08.sealed
  kallelse backup restore /backup/kallelse-2021-03-08.sealed --by karin
For the embedded database. A server of your own: docs/operator/backup.md.`,
  )

  group
    .command('create')
    .description('back up the embedded database while it works, into one file sealed with the key')
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .action((options: { out: string }, command: Command) =>
      cli.withApp(async ({ config, pool, clock }) => {
        refuseOwnServer(config)
        const noted = await noteBackup(pool, clock.now(), options.out)
        await writeBackup(config.KALLELSE_DATA, pool, options.out)
        await noteBackupDone(pool, noted, clock.now())
        cli.answer(command, `${options.out} is written.`, { file: options.out })
      }),
    )

  group
    .command('restore <file>')
    .description(
      'put a back-up in place of an embedded database that is not there; campaigns are paused',
    )
    .requiredOption('--by <name>', 'who does it: in the log of each campaign')
    .action(async (file: string, options: { by: string }, command: Command) => {
      const config = readConfig()
      refuseOwnServer(config)
      useSealingKeys(sealingKeys(config))
      let paused: string[] = []
      await readBackup(file, config.KALLELSE_DATA, async (folder) => {
        paused = await cli.withApp((app) => markRestored(app, null, options.by), {
          config: { ...config, KALLELSE_DATA: folder },
        })
      })
      cli.answer(command, `Restored. ${told(paused)}`, { paused })
    })

  group
    .command('restored')
    .description(
      'say that a server of your own was restored, before any program works: campaigns are paused',
    )
    .requiredOption(
      '--point <time>',
      'the moment that it holds, e.g. 2021-03-08T12:00+01:00',
      moment,
    )
    .requiredOption('--by <name>', 'who did it: in the log of each campaign')
    .action((options: { point: Date; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const paused = await markRestored(app, options.point, options.by)
        cli.answer(command, told(paused), { paused })
      }),
    )

  group
    .command('compared')
    .description(
      'say that what left after the restored moment is settled: messages leave without being asked about',
    )
    .requiredOption('--by <name>', 'who says so')
    .action((options: { by: string }, command: Command) =>
      cli.withApp(async (app) => {
        await endRestore(app, options.by)
        cli.answer(
          command,
          'Messages leave as usual again. Resume the campaigns that are paused.',
          {
            compared: true,
          },
        )
      }),
    )

  group
    .command('done')
    .description('note that your own tool has backed up the server: its age is watched')
    .option('--place <text>', 'where it is, in a few words', 'own server')
    .action((options: { place: string }, command: Command) =>
      cli.withApp(async ({ pool, clock }) => {
        const now = clock.now()
        await noteBackupDone(pool, await noteBackup(pool, now, options.place), now)
        cli.answer(command, 'Noted.', { at: now.toISOString() })
      }),
    )
}

const told = (paused: readonly string[]): string =>
  `${paused.length} campaigns are paused: ${paused.join(', ') || 'none ran'}.\n` +
  'What left after the back-up is not known here: the providers are asked about each message before it leaves. ' +
  'Before you resume a campaign, see docs/operator/backup.md.'

function refuseOwnServer({ DATABASE_URL }: Config): void {
  if (DATABASE_URL)
    throw new Refused(
      'own-server',
      'This is for the embedded database. Back up your own server with pgBackRest or pg_basebackup: ' +
        'docs/operator/backup.md.',
    )
}
