import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { Refused } from '../errors.ts'
import { limits, readability } from '../texts/readability.ts'
import type { Register } from './command.ts'

export const registerCheckText: Register = (program, cli) => {
  const check = program.commands.find((command) => command.name() === 'check') ?? program.command('check').description('check numbers, addresses and texts without a database')
  check
    .command('text')
    .description('how easy a text is to read: LIX and the longest sentence, against our limits for Swedish')
    .argument('<file>', 'plain text, or a template of templates/ (placeholders count as one word)')
    .option('--lang <language>', 'sv or sv-simple', 'sv')
    .addHelpText('after', '\nExample:\n  kallelse check text templates/invitation-open/sv/letter.hbs --lang sv\n\nExit code 1 when a limit is passed.')
    .action(async (file: string, options: { lang: string }, command: Command) => {
      const limit = limits[options.lang]
      if (!limit) throw new Refused('no-limits', `There are no limits for ${options.lang}. Choose --lang ${Object.keys(limits).join(' or ')}.`)
      const source = await readFile(file, 'utf8').catch(() => {
        throw new Refused('no-file', `${file} can't be read.`)
      })
      const plain = source.replaceAll('\r\n', '\n').replace(/^---\n[\s\S]*?\n---\n/, '').replace(/\{\{[#/>!][^}]*\}\}|\[panel\]|\\$|^# /gm, '').replace(/\{\{[^}]*\}\}/g, 'ord')
      const { lix, words, sentences, longest } = readability(plain)
      const findings = [
        ...(lix > limit.lix ? [{ code: 'lix', message: `LIX is ${lix}, over ${limit.lix}: shorten sentences, or choose shorter words.` }] : []),
        ...(longest.words > limit.sentence ? [{ code: 'long-sentence', message: `A sentence has ${longest.words} words, over ${limit.sentence}: ${longest.sentence}` }] : []),
      ]
      if (findings.length > 0) cli.failed()
      const said = findings.length === 0 ? [`Within the limits for ${options.lang} (LIX ${limit.lix}, ${limit.sentence} words a sentence).`] : findings.map((finding) => finding.message)
      cli.answer(command, [`LIX ${lix}; ${words} words in ${sentences} sentences, ${longest.words} in the longest.`, ...said].join('\n'), { lix, words, sentences, longest: longest.words, findings })
    })
}
