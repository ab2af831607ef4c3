import type { Form } from '../context.ts'

export interface Finding {
  /** stable, kebab-case; docs/operator/texts.md lists them */
  rule: string
  /** an error stops a campaign from being approved; a warning is for a person to judge */
  severity: 'error' | 'warning'
  line: number
  message: string
}

/** A text as the rules see it. Line numbers are those of the file. */
export interface Source {
  language: string
  channel: Form | undefined
  /** the template's name, when it is one of ours */
  template: string | undefined
  isTemplate: boolean
  /** hosts that links may lead to, with all below them */
  domains: string[]
  /** every line that is shown, placeholders filled: also titles and the frame */
  lines: { text: string; line: number }[]
  /** the body's sentences, over line breaks */
  sentences: { text: string; line: number }[]
  /** every sentence that is shown, also those of title and frame */
  shown: { text: string; line: number }[]
  /** the body with one paragraph, heading or item a line */
  body: string
  /** what an SMS becomes, its typographic signs not yet made plain */
  sms: string
}

export type Rule = (source: Source) => Finding[]

export const isSwedish = (language: string) => language === 'sv' || language === 'sv-simple'

/** Each place where a pattern is found in the shown lines. */
export const found = (
  source: Source,
  pattern: RegExp,
): { match: RegExpExecArray; line: number }[] =>
  source.lines.flatMap(({ text, line }) =>
    [...text.matchAll(pattern)].map((match) => ({ match, line })),
  )

/** @param given what --domains or the configuration says; a leading www. is not part of the domain */
export const ownDomains = (given: string[]) =>
  given
    .map((domain) =>
      domain
        .trim()
        .toLowerCase()
        .replace(/^www\./, ''),
    )
    .filter((domain) => domain !== '')
