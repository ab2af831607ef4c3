import type { Command } from 'commander'
import { readFile, writeFile } from 'node:fs/promises'
import { dumpSchema } from '../db/schema.ts'
import { Refused } from '../errors.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .option('--dump <file>', 'write the schema that results')
    .option('--check <file>', 'fail when the file is not the schema that results')
    .action(async (options: { dump?: string; check?: string }, command: Command) => {
      const schema = await cli.withApp((app) => dumpSchema(app.pool))
      if (options.dump) await writeFile(options.dump, schema)
      if (options.check && (await readFile(options.check, 'utf8').catch(() => '')) !== schema) {
        throw new Refused(
          'stale-schema',
          `${options.check} is not what the migrations make. Run: npm run schema`,
        )
      }
      cli.answer(command, 'The database is up to date.', { upToDate: true })
    })
}
