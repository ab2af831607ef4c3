import { Option, type Command } from 'commander'
import { readConfig } from '../config.ts'
import { domainsOf } from '../texts/gate.ts'
import { lintFile, type TextReport } from '../texts/lint/lint.ts'
import type { Form } from '../texts/context.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .argument(
      '<file>',
      'plain text, or a template of templates/ (placeholders are filled with invented facts)',
    )
    .option(
      '--lang <language>',
      'sv, sv-simple, en, ar …; rules for Swedish are off for other languages (default: the ' +
        "template's own, sv for what is not a template)",
    )
    .addOption(
      new Option('--channel <channel>', 'what it is for; a template says it itself').choices([
        'letter',
        'sms',
        'email',
        'phone-script',
        'contact-card',
        'back',
        'page',
        'warning',
      ]),
    )
    .option(
      '--domains <domains>',
      'the only domains a text may name, separated by commas (default: those of REGION_WEBSITE ' +
        'and PUBLIC_URL, and 1177.se)',
    )
    .addHelpText(
      'after',
      `
Example:
  kallelse check text templates/invitation-open/sv/letter.hbs --lang sv
  kallelse check text sms.txt --lang sv --channel sms --domains regionexempel.se

Exit code 1 when there is an error; warnings are for you to judge. docs/operator/texts.md lists the rules.`,
    )
    .action(
      async (
        file: string,
        options: { lang?: string; channel?: Form; domains?: string },
        command: Command,
      ) => {
        const domains = options.domains?.split(',') ?? domainsOf(readConfig())
        const report = await lintFile(file, {
          domains,
          ...(options.lang === undefined ? {} : { language: options.lang }),
          ...(options.channel ? { channel: options.channel } : {}),
        })
        if (report.findings.some((finding) => finding.severity === 'error')) cli.failed()
        cli.answer(command, reportText(file, report), report)
      },
    )
}

function reportText(
  file: string,
  { lix, ovix, words, sentences, longestSentence, findings }: TextReport,
): string {
  const errors = findings.filter((finding) => finding.severity === 'error').length
  return [
    `LIX ${lix}; OVIX ${ovix ?? 'none'}; ${words} words in ${sentences} sentences, ${longestSentence} in the longest.`,
    ...findings.map(
      ({ rule, severity, line, message }) => `${file}:${line}: ${severity} ${rule}: ${message}`,
    ),
    findings.length === 0
      ? 'Nothing found.'
      : `${errors} error${errors === 1 ? '' : 's'}, ${findings.length - errors} ` +
        `warning${findings.length - errors === 1 ? '' : 's'}.`,
  ].join('\n')
}
