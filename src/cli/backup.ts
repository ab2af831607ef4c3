import type { Command } from 'commander'
import type { App } from '../app.ts'
import { campaignsThatSend } from '../campaigns/store.ts'
import { pauseCampaign } from '../campaigns/actions.ts'
import { readConfig, type Config } from '../config.ts'
import { readBackup, writeBackup } from '../db/backup.ts'
import { useSealingKeys } from '../db/sealed.ts'
import { sealingKeys } from '../db/sealing-keys.ts'
import { Refused } from '../errors.ts'
import type { Register } from './command.ts'

const whyPaused = 'Databasen är återläst. Jämför med det som gått ut innan utskicket återupptas.'

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
      cli.withApp(async ({ config, pool }) => {
        refuseOwnServer(config)
        await writeBackup(config.KALLELSE_DATA, pool, options.out)
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
        paused = await cli.withApp((app) => pauseAll(app, options.by), {
          config: { ...config, KALLELSE_DATA: folder },
        })
      })
      cli.answer(
        command,
        `Restored. ${paused.length} campaigns are paused: ${paused.join(', ') || 'none ran'}.\n` +
          'What left after the back-up is not known here. Before you resume one, see docs/operator/backup.md.',
        { paused },
      )
    })
}

async function pauseAll(app: App, by: string): Promise<string[]> {
  const sending = (await campaignsThatSend(app.pool)).map(({ name }) => name)
  for (const name of sending) await pauseCampaign(app, name, by, whyPaused)
  return sending
}

function refuseOwnServer({ DATABASE_URL }: Config): void {
  if (DATABASE_URL)
    throw new Refused(
      'own-server',
      'This is for the embedded database. Back up your own server with pgBackRest or pg_basebackup: ' +
        'docs/operator/backup.md.',
    )
}
