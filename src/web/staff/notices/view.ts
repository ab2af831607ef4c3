import type { Config } from '../../../config.ts'
import type { Happened } from '../../../campaigns/spec.ts'
import { reasons, type Reason } from '../../../campaigns/reasons.ts'
import { word } from '../../../reports/words.ts'
import { languageWord } from '../../../texts/language-word.ts'
import { messageOf } from '../../../errors.ts'
import type { Form } from '../../../texts/context.ts'
import { inventedFacts } from '../../../texts/invented.ts'
import { blocksAsText } from '../../../texts/blocks.ts'
import type { Texts } from '../../../texts/texts.ts'
import { noticeScript, pageText, publicFacts } from '../../../notices/page.ts'
import type { NoticeAudience } from '../../../notices/audience.ts'
import type { Notice } from '../../../notices/store.ts'
import { htmlLanguage } from '../../residents/language.ts'

const kinds: Record<Exclude<Notice['kind'], 'correction'>, string> = {
  'fraud-warning': 'Varning för bedragare',
  information: 'Information',
}
const happened: Record<Happened, string> = {
  'wrong-content': 'Rättelse',
  'sent-twice': 'Rättelse (gick ut två gånger)',
  'wrong-people': 'Rättelse (gick till fel personer)',
}

export const kindWord = ({ kind, spec }: Pick<Notice, 'kind' | 'spec'>): string =>
  kind === 'correction'
    ? happened[spec.notice!.correction!.happened ?? 'wrong-content']
    : kinds[kind]

/** It is for the region's pages and feeds, and sent to nobody. */
export const pagesOnly = ({ spec }: Pick<Notice, 'spec'>): boolean => spec.channels.length === 0

const actions = {
  approve: { label: 'Godkänn', asksWhy: false, in: ['draft', 'approved', 'paused'] },
  send: { label: 'Skicka', asksWhy: false, in: ['approved'] },
  pause: { label: 'Pausa', asksWhy: true, in: ['running'] },
  resume: { label: 'Fortsätt skicka', asksWhy: false, in: ['paused'] },
  cancel: {
    label: 'Avbryt för gott',
    asksWhy: false,
    in: ['draft', 'approved', 'planning', 'running', 'paused'],
  },
}
export type Verb = keyof typeof actions | 'lift'

/** What can be done with a notice in its state. */
export const actionsFor = (notice: Notice): { verb: string; label: string; asksWhy: boolean }[] => [
  ...Object.entries(actions).flatMap(([verb, { label, asksWhy, in: states }]) =>
    states.includes(notice.state)
      ? [{ verb, label: verb === 'send' && pagesOnly(notice) ? 'Publicera' : label, asksWhy }]
      : [],
  ),
  ...(notice.publishedAt && !notice.liftedAt
    ? [{ verb: 'lift', label: 'Ta bort från sidan: gäller inte längre', asksWhy: false }]
    : []),
]

export const groupsOf = ({ groups }: NoticeAudience) =>
  groups.map(({ route, language, reason, number }) => ({
    how: reason
      ? `inte: ${reasons[reason as Reason] ?? reason}`
      : route
        ? word('channel', route)
        : '',
    language: language ? languageWord(language) : '',
    number,
  }))

/** Every text of a notice in each of its languages, filled as it will be; the person is invented. */
export function textsOf(texts: Texts, notice: Notice, config: Config) {
  const { template } = notice.spec.notice!
  const { person, check } = inventedFacts('sv')
  const facts = { ...publicFacts(notice, config), person, check } as Parameters<
    Texts['render']
  >[0]['facts']
  return notice.spec.languages.map((language) => {
    const message = (channel: 'letter' | 'sms' | 'email') => {
      const rendered = texts.render({ template, channel, language, facts })
      if (rendered.kind === 'sms') return `${rendered.text}\n\n(${rendered.segments} sms)`
      return rendered.kind === 'email'
        ? `${rendered.subject}\n\n${rendered.text}`
        : `${rendered.title}\n\n${blocksAsText(rendered.body)}`
    }
    const parts: { form: Form; label: string; text: () => string }[] = [
      ...notice.spec.channels.map(({ route }) => ({
        form: route as Form,
        label: word('channel', route),
        text: () => message(route as 'letter' | 'sms' | 'email'),
      })),
      {
        form: 'page',
        label: 'sidan, flödena och 1177.se',
        text: () => pageText(texts, notice, language, config),
      },
      {
        form: 'phone-script',
        label: 'det som sägs i telefon',
        text: () => noticeScript(texts, notice, language, config, false),
      },
    ]
    return {
      tag: language,
      word: languageWord(language),
      parts: parts.map(({ label, text }, i) => ({
        label,
        open: i === 0,
        ...htmlLanguage(language),
        text: orFault(text),
      })),
    }
  })
}

/** A text that can't be filled is shown with what is wrong: that is what a preview is for. */
function orFault(text: () => string): string {
  try {
    return text()
  } catch (error) {
    return messageOf(error)
  }
}
