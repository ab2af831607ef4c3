import { join } from 'node:path'
import type { Config } from '../config.ts'
import { domainsOf } from './gate.ts'
import { textName, textNameInSwedish } from './campaign-texts.ts'
import { templatesFolder } from './files.ts'
import { lintFile } from './lint/lint.ts'
import { ruleWord } from './lint/rule-words.ts'
import type { TextVersion } from './texts.ts'

/** The texts that are harder to read than our limits say, each in a sentence, for command line and staff page. */
export async function readingOf(
  texts: readonly TextVersion[],
  config: Config,
): Promise<{ text: string; swedish: string }[]> {
  const hard = await Promise.all(
    texts.map(async (text) => {
      const { template, language, channel } = text
      const file = join(templatesFolder, template, language, `${channel}.hbs`)
      const { findings } = await lintFile(file, { language, channel, domains: domainsOf(config) })
      return findings
        .filter(({ severity }) => severity === 'warning')
        .map(({ line, rule, message }) => ({
          text: `${textName(text)}, line ${line}: ${rule}: ${message}`,
          swedish: `${textNameInSwedish(text)}, rad ${line}: texten ${ruleWord(rule)}.`,
        }))
    }),
  )
  return hard.flat()
}
