import { knownPlaceholders, lettersOnly, valuesOf, type Form } from '../context.ts'
import { factsSchema } from '../facts.ts'
import { inventedFacts } from '../invented.ts'
import { directionOf } from '../languages.ts'
import { sentencesOf } from '../readability.ts'
import { compilePiece } from '../template.ts'
import type { Finding, Source } from './finding.ts'
import { htmlAsText, looksLikeHtml } from './html.ts'

interface Line {
  text: string
  line: number
}

export interface Given {
  language: string
  channel?: Form
  template?: string
  domains: string[]
  /** the text of a shared block, or undefined; without it blocks are passed over */
  block?: (name: string) => string | undefined
}

const tag = /\{\{\{?\s*([^{}]*?)\s*\}?\}\}/g
const forms: Form[] = [
  'letter',
  'sms',
  'email',
  'phone-script',
  'contact-card',
  'back',
  'page',
  'warning',
]

/**
 * Reads plain text, HTML or a template, with what is wrong in its placeholders. Placeholders are filled with
 * invented facts.
 */
export function readSource(raw: string, given: Given): { source: Source; findings: Finding[] } {
  const findings: Finding[] = []
  const file = looksLikeHtml(raw) && !raw.startsWith('---') ? htmlAsText(raw) : raw
  const lines = file
    .replaceAll('\r\n', '\n')
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((text, i) =>
      text
        .split('\u2029')
        .flatMap((text, n) => [
          ...(n > 0 ? [{ text: '', line: i + 1 }] : []),
          { text, line: i + 1 },
        ]),
    )
  const end = lines[0]?.text === '---' ? lines.findIndex((l, i) => i > 0 && l.text === '---') : -1
  const front = end > 0 ? lines.slice(1, end) : []
  const isTemplate = end > 0 || /\{\{/.test(file)
  const said = (key: string) =>
    front
      .map((l) => new RegExp(`^${key}:\\s*"?([^"]*)"?\\s*$`).exec(l.text)?.[1])
      .find((value) => value !== undefined)
  const channel = given.channel ?? forms.find((form) => form === said('channel'))
  const values = isTemplate ? shownValues(given.language, channel) : new Map<string, string>()

  const expand = ({ text, line }: Line, inside: string[] = []): Line[] => {
    const name = /^\s*\{\{>\s*([\w-]+)\s*\}\}\s*$/.exec(text)?.[1]
    if (!name) return [{ text, line }]
    const block = inside.includes(name) ? undefined : given.block?.(name)
    if (block === undefined && given.block)
      findings.push({
        rule: 'unknown-block',
        severity: 'error',
        line,
        message: `There is no shared block {{> ${name}}} for this language.`,
      })
    return (block ?? '').split('\n').flatMap((text) => expand({ text, line }, [...inside, name]))
  }
  const fill = ({ text, line }: Line): Line => {
    const shown = text.replace(tag, (_all, inside: string) => {
      const [, opened, asked] = /^(#if|#unless)?\s*([\w.]+)$/.exec(inside) ?? []
      if (inside === 'else') return ' '
      if (/^\/(if|unless)$|^!/.test(inside)) return ''
      if (!asked || !knownPlaceholders.has(asked)) {
        findings.push({
          rule: 'unknown-placeholder',
          severity: 'error',
          line,
          message: `{{${inside}}} is no placeholder that the data can fill: docs/operator/texts.md lists them.`,
        })
        return 'ord'
      }
      if ((channel === 'sms' || channel === 'email') && lettersOnly.has(asked)) {
        findings.push({
          rule: 'not-neutral',
          severity: 'error',
          line,
          message: `{{${asked}}} may be said in letters only: SMS and e-mail are neutral (HSLF-FS 2016:40).`,
        })
      }
      return opened ? '' : (values.get(asked) ?? (asked.startsWith('visit.') ? '' : 'ord'))
    })
    if (isTemplate && /\{\{|\}\}/.test(shown))
      findings.push({
        rule: 'bad-template',
        severity: 'error',
        line,
        message: 'Braces that do not close: write {{placeholder}}.',
      })
    return { text: shown, line }
  }
  const furniture = front.flatMap(({ text, line }) =>
    [
      ...text.matchAll(
        /\b(?:title|subject|label|value|more|sms|shortest):\s*(?:"([^"]*)"|([^,}"\n]+))/g,
      ),
    ].map((m) => fill({ text: m[1] ?? m[2] ?? '', line })),
  )
  const body = (end > 0 ? lines.slice(end + 1) : lines).flatMap((line) => expand(line)).map(fill)
  const units = paragraphs(body, isTemplate)
  const sentences = units.flatMap(sentencesIn)
  const source: Source = {
    language: given.language,
    channel,
    template: given.template,
    isTemplate,
    domains: isTemplate ? [...given.domains, 'regionexempel.example'] : given.domains,
    lines: [...furniture, ...body].filter(
      ({ text }) => text.trim() !== '' && text.trim() !== '[panel]',
    ),
    sentences,
    shown: [...furniture, ...sentences],
    body: units.map(({ text }) => text).join('\n'),
    sms: `${isTemplate && directionOf(given.language) === 'rtl' ? '\u200f' : ''}${((isTemplate && channel === 'sms' ? asSent(lines.slice(end + 1), given, values) : undefined) ?? body.map(({ text }) => text).join(' ')).replace(/\s+/g, ' ').trim()}`,
  }
  return { source, findings }
}

/** An SMS with one branch of each {{#if}}; undefined for what is no template, or none that works. */
function asSent(
  lines: Line[],
  { block }: Given,
  values: ReadonlyMap<string, string>,
): string | undefined {
  try {
    return compilePiece(
      lines.map(({ text }) => text).join('\n'),
      'the text',
      'sms',
      block ?? (() => ''),
    ).fill(values)
  } catch {
    return undefined // what is wrong with it is found line by line
  }
}

/** The values as a reader sees them: the isolates of right-to-left text are not there for the rules. */
function shownValues(language: string, channel: Form | undefined): Map<string, string> {
  const values = valuesOf(factsSchema.parse(inventedFacts(language)), language, channel ?? 'letter')
  for (const [key, value] of values) values.set(key, value.replace(/[\u2068\u2069]/g, ''))
  return values
}

interface Unit {
  text: string
  starts: { at: number; line: number }[]
}

// A line that goes on the one before: in a template unless that ends with \ ; in plain text when it looks wrapped.
const goesOn = (before: string, text: string, isTemplate: boolean) =>
  isTemplate ? !before.endsWith('\\') : /^\p{Ll}/u.test(text) || before.length >= 60

function paragraphs(lines: Line[], isTemplate: boolean): Unit[] {
  const units: Unit[] = []
  let before: string | undefined // undefined: what comes begins a unit
  for (const { text: raw, line } of lines) {
    const text = raw.trim()
    const own = /^(#+ |[-*•] )/.test(text)
    if (text === '' || text === '[panel]') {
      before = undefined
      continue
    }
    const shown = text.replace(/^(#+|[-*•]) /, '').replace(/\\$/, '')
    const open = units.at(-1)
    if (before !== undefined && open && !own && goesOn(before, text, isTemplate)) {
      open.starts.push({ at: open.text.length + 1, line })
      open.text += ` ${shown}`
    } else units.push({ text: shown, starts: [{ at: 0, line }] })
    before = text.startsWith('#') ? undefined : text
  }
  return units
}

function sentencesIn({ text, starts }: Unit): Line[] {
  let at = 0
  return sentencesOf(text).map((sentence) => {
    const start = Math.max(at, text.indexOf(sentence, at))
    at = start + sentence.length
    return {
      text: sentence,
      line: starts.findLast((s) => s.at <= start)?.line ?? starts[0]?.line ?? 1,
    }
  })
}
