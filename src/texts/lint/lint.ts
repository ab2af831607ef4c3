import { readFile, readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Refused } from '../../errors.ts'
import type { Form } from '../context.ts'
import { readability } from '../readability.ts'
import { dates } from './dates.ts'
import { factsPresent } from './facts-present.ts'
import { ownDomains, type Finding, type Rule } from './finding.ts'
import { bankIdAbroad, loginLinks, requests, urgency } from './fraud.ts'
import { foreignLinks, mixedScripts } from './links.ts'
import { lineLength, longWords, negations, passives, readable, times } from './plain-language.ts'
import { neutral, smsParts } from './sms-length.ts'
import { readSource, type Given } from './source.ts'

const rules: Rule[] = [
  requests,
  bankIdAbroad,
  loginLinks,
  foreignLinks,
  mixedScripts,
  urgency,
  factsPresent,
  dates,
  times,
  readable,
  lineLength,
  smsParts,
  neutral,
  longWords,
  negations,
  passives,
]

export interface TextReport {
  lix: number
  ovix: number | null
  words: number
  sentences: number
  /** words in the longest sentence */
  longestSentence: number
  findings: Finding[]
}

const rounded = (n: number) => Math.round(n * 10) / 10

/**
 * Everything the rules have to say of a text, plain or template, in the order of its lines. LIX and OVIX to one
 * decimal.
 */
export function lintText(text: string, given: Given): TextReport {
  const { source, findings } = readSource(text, { ...given, domains: ownDomains(given.domains) })
  const { lix, ovix, words, sentences, longest } = readability(source.body)
  const all = [...findings, ...rules.flatMap((rule) => rule(source))]
  return {
    lix: rounded(lix),
    ovix: ovix === null ? null : rounded(ovix),
    words,
    sentences,
    longestSentence: longest.words,
    findings: all.sort(
      (a, b) => a.line - b.line || Number(b.severity === 'error') - Number(a.severity === 'error'),
    ),
  }
}

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

/**
 * With a tag that is no language's nothing would be said of Swedish: silence must not look like praise.
 * @throws Refused `unknown-language`
 */
function checkedLanguage(tag: string): string {
  if (tag === 'sv-simple') return tag
  const name = /^[a-z]{2,3}(-[\w-]+)?$/.test(tag) ? languageNames.of(tag) : undefined
  if (name === undefined)
    throw new Refused(
      'unknown-language',
      `"${tag}" is no language that is known here. Write its tag: sv, sv-simple, en, ar, fi …`,
    )
  return tag
}

/**
 * The same of a file. A template in templates/<name>/<language>/ is read with its language's shared blocks.
 * @param given language: the template's own when not said, Swedish for what is no template
 * @throws Refused `no-file`, `unknown-language`
 */
export async function lintFile(
  file: string,
  { language: said, ...given }: { language?: string; channel?: Form; domains: string[] },
): Promise<TextReport> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Refused('no-file', `${file} can't be read.`)
  })
  const front = /^\ufeff?---\r?\n([^]*?)\n---/.exec(text)?.[1] ?? ''
  const language = checkedLanguage(said ?? /^language:\s*"?([\w-]+)/m.exec(front)?.[1] ?? 'sv')
  const folder = dirname(resolve(file))
  const blocksFolder = join(folder, '..', '..', '_blocks', language)
  const blockFiles = await readdir(blocksFolder).catch(() => [])
  const blocks = new Map(
    await Promise.all(
      blockFiles.map(
        async (name) => [name, await readFile(join(blocksFolder, name), 'utf8')] as const,
      ),
    ),
  )
  const ours = /\.hbs$/.test(file) && blocks.size > 0
  const channel = given.channel ?? (ours ? (basename(file, '.hbs') as Form) : undefined)
  const all = [text, language, channel, ...given.domains, '', ...[...blocks].flat()].join('\0')
  const before = lastReports.get(resolve(file))
  if (before?.of === all) return before.report
  const report = lintText(text, {
    ...given,
    language,
    ...(channel ? { channel } : {}),
    ...(ours
      ? {
          template: basename(dirname(folder)),
          block: (name) => blocks.get(`${name}.${channel}.hbs`) ?? blocks.get(`${name}.hbs`),
        }
      : {}),
  })
  lastReports.set(resolve(file), { of: all, report })
  return report
}

/** What was said last of each file, and of what: a campaign's approval asks of all its texts, and few have changed. */
const lastReports = new Map<string, { of: string; report: TextReport }>()
