import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { Refused, messageOf } from '../errors.ts'
import { checkCode, readKeyFile, type CheckedCode, type CodeFault } from '../letters/check-code.ts'
import { readPicture, readQr } from '../letters/qr/read.ts'
import type { Register } from './command.ts'

const faults: Record<CodeFault, string> = {
  'not-a-code': "This is not what a letter's 2D code holds.",
  'unknown-key':
    'It was signed with a key that is not in the key file. Is the file old? Fetch it again; ' +
    'if the key is not there even so, the letter is false.',
  'bad-signature':
    'The signature is false: kind, date or code were changed, or somebody else signed.',
  'outside-validity': "The letter's date is not among the days of the key that signed it.",
  'other-page':
    "The signature is real, but the address leads to another site than the region's: don't open it.",
}

export const register: Register = (command, cli) => {
  command
    .argument('[payload]', 'what the 2D code holds: the whole address with what follows #')
    .option(
      '--image <file>',
      "read the 2D code from a picture of the letter (PNG, or a PDF's first page)",
    )
    .requiredOption(
      '--keys <file>',
      'the published keys, fetched once from the region: /.well-known/kallelse-keys.json',
    )
    .addHelpText(
      'after',
      `
Examples:
  curl -o keys.json https://kallelse.regiondalarna.example/.well-known/kallelse-keys.json
  kallelse check code --image letter.png --keys keys.json

Exit code 1 when the code is not the region's. docs/operator/checking.md says what a valid code proves, and what not.`,
    )
    .action(
      async (
        payload: string | undefined,
        options: { image?: string; keys: string },
        command: Command,
      ) => {
        if ((payload === undefined) === (options.image === undefined))
          throw new Refused(
            'bad-arguments',
            'Give what the 2D code holds, or --image with a picture of it: one of the two.',
          )
        const keys = readKeyFile((await read(options.keys)).toString())
        const result = checkCode(payload ?? (await codeIn(options.image!)), keys)
        if (!result.valid) cli.failed()
        cli.answer(command, said(result), result)
      },
    )
}

function said({ valid, fault, claim, issuer }: CheckedCode): string {
  if (!valid || !claim) return `NOT VALID. ${faults[fault ?? 'not-a-code']}`
  return (
    `Valid. ${issuer} signed this: a letter (${claim.kind}) dated ${claim.date} with check ` +
    `code ${claim.code.slice(0, 4)}-${claim.code.slice(4)}.\nCompare date and code with what ` +
    'is printed on the letter: a real 2D code can be copied onto a false letter.'
  )
}

async function codeIn(file: string): Promise<string> {
  const text = await readQr(await readPicture(await read(file), file))
  if (text === undefined)
    throw new Refused(
      'no-code-found',
      `There is no 2D code of a letter to be read in ${file}. Take the picture straight from ` +
        'above, with the whole code and a white edge around it.',
    )
  return text
}

const read = (file: string): Promise<Buffer> =>
  readFile(file).catch((error: unknown) => {
    throw new Refused('unreadable-file', `${file} can't be read: ${messageOf(error)}`)
  })
