import type { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import { newPrivateKey } from '../letters/signing-key.ts'
import { keyFileOf } from '../verification/signing-keys.ts'
import type { Register } from './command.ts'

export const register: Register = (group, cli) => {
  group.addHelpText(
    'after',
    `
Examples:
  kallelse code-key create
  kallelse code-key list --out keys.json`,
  )

  group
    .command('create')
    .description(
      'make a private key and print it, once; set it as CODE_SIGNING_KEY. The earlier key ' +
        'stays published: old letters can be checked',
    )
    .action((_options: unknown, command: Command) => {
      const key = newPrivateKey()
      cli.answer(
        command,
        `CODE_SIGNING_KEY=${key}\nKeep it as a secret. It is used from the next start of "work" or "serve".`,
        { key },
      )
    })

  group
    .command('list')
    .description('every published key with its days, as at /.well-known/kallelse-keys.json')
    .option('--out <file>', 'write the key file, for check code')
    .action((options: { out?: string }, command: Command) =>
      cli.withApp(async (app) => {
        const file = await keyFileOf(app.pool, {
          issuer: app.config.REGION_NAME,
          publicUrl: app.config.PUBLIC_URL,
        })
        if (options.out) await writeFile(options.out, `${JSON.stringify(file, null, 2)}\n`)
        cli.answer(
          command,
          file.keys
            .map(
              (key) =>
                `${key.kid}  from ${key.validFrom} ${key.validTo ? `to ${key.validTo}` : '(in use)'}`,
            )
            .join('\n') || 'There are none yet: "work" publishes its key when it starts.',
          file,
        )
      }),
    )
}
