import { withShortTranslation } from './short-translation.ts'
import { blocksAsText, type Block } from './blocks.ts'
import { shortTexts } from './files.ts'
import type { Channel } from './context.ts'
import { inventedFacts } from './invented.ts'
import { directionOf, fallbackLanguage } from './languages.ts'
import type { Texts, TextVersion } from './texts.ts'

/** A text as a reader sees it, filled with invented facts. `note` is what it costs or how it is sent. */
export interface SampleText {
  title: string
  /** the frame of a letter */
  rows: { label: string; value: string; more?: string }[]
  body: Block[]
  note: string
  direction: 'ltr' | 'rtl'
}

/** Any text, whatever it is for, filled with invented facts. */
export function sampleText(texts: Texts, { template, language, channel }: TextVersion): SampleText {
  const facts = inventedFacts(language)
  const direction = directionOf(language)
  const bare = { title: '', rows: [], note: '', direction }
  if (channel === 'phone-script' || channel === 'contact-card')
    return { ...bare, body: texts.plain({ template, form: channel, language, facts }).body }
  if (channel === 'page') {
    const { title, body } = texts.page({ template, language, facts })
    return { ...bare, title, body }
  }
  if (channel === 'warning') {
    const { body, sms, shortest } = texts.warning(language, facts)
    return { ...bare, body: [...body, { kind: 'list', items: [sms, shortest] }] }
  }
  if (channel === 'back') return shownShort(texts, language, 'letter')
  if (template === shortTexts && (channel === 'sms' || channel === 'email'))
    return shownShort(texts, language, channel)
  const rendered = texts.render({ template, channel, language, facts })
  switch (rendered.kind) {
    case 'sms':
      return {
        ...bare,
        body: [{ kind: 'paragraph', text: rendered.text }],
        note: `${rendered.units} units, ${rendered.segments} × ${rendered.encoding}`,
      }
    case 'email':
      return {
        ...bare,
        title: rendered.subject,
        body: [{ kind: 'paragraph', text: rendered.text.trim() }],
      }
    case 'letter':
      return {
        ...bare,
        title: rendered.title,
        rows: rendered.panel,
        body: [
          ...rendered.body,
          { kind: 'heading', text: rendered.labels.checkTitle },
          { kind: 'paragraph', text: rendered.labels.checkText },
        ],
      }
  }
}

/** A short text; of an SMS with what it makes of one of usual length, for it is the whole that is paid. */
function shownShort(texts: Texts, language: string, channel: Channel): SampleText {
  const also = texts.short(language, channel, inventedFacts(language))
  const bare = {
    title: '',
    rows: [],
    direction: directionOf(language),
    body: also?.body ?? [],
    note: '',
  }
  if (channel !== 'sms' || !also) return bare
  const both = withShortTranslation(
    texts.render({
      template: 'invitation-timed',
      channel,
      language: fallbackLanguage,
      facts: inventedFacts(fallbackLanguage),
    }),
    also,
  )
  return both.kind === 'sms'
    ? {
        ...bare,
        note:
          `after the Swedish SMS of an invitation: ${both.units} units, ${both.segments} × ` +
          `${both.encoding}${both.also ? '' : '; no room for it there'}`,
      }
    : bare
}

/** The same as plain text. */
export const sampleAsText = ({ title, rows, body, note }: SampleText): string =>
  [
    title,
    rows
      .map(({ label, value, more }) => `${label}: ${value}${more ? ` (${more})` : ''}`)
      .join('\n'),
    blocksAsText(body),
    note ? `[${note}]` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n')

/** The Swedish text that a translation was made from, if it is one. */
export const swedishOf = (texts: Texts, text: TextVersion): TextVersion | undefined =>
  text.language === fallbackLanguage
    ? undefined
    : texts
        .all()
        .find(
          (t) =>
            t.template === text.template &&
            t.channel === text.channel &&
            t.language === fallbackLanguage,
        )
