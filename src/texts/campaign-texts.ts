import type { CampaignSpec } from '../campaigns/spec.ts'
import type { TextVersions } from '../campaigns/text-versions.ts'
import type { Form } from './context.ts'
import { shortForm, shortTexts } from './files.ts'
import { languageWord } from './language-word.ts'
import { fallbackLanguage } from './languages.ts'
import type { Texts, TextVersion } from './texts.ts'

/** How commands, lists and a campaign's approvals name a text. */
export const textName = ({
  template,
  language,
  channel,
}: Pick<TextVersion, 'template' | 'language' | 'channel'>): string =>
  `${template} ${language} ${channel}`

const formWords: Record<Form, string> = {
  letter: 'brev',
  sms: 'SMS',
  email: 'e-post',
  back: 'brevets baksida',
  page: 'webbsida',
  warning: 'varning',
  'phone-script': 'telefonmanus',
  'contact-card': 'kontaktkort',
}

/** The same in Swedish words, for a staff page. */
export const textNameInSwedish = (
  text: Pick<TextVersion, 'template' | 'language' | 'channel'>,
): string => `${text.template}, ${languageWord(text.language)}, ${formWords[text.channel]}`

/** Where a campaign uses texts: each step, reminder and, of a notice, page and phone script. */
export function formsOf(spec: CampaignSpec): { template: string; channel: Form }[] {
  const steps: { template: string; channel: Form }[] = [
    ...spec.channels.flatMap((route) => route.steps),
    ...spec.reminders,
  ]
  return [
    ...steps,
    ...(spec.notice
      ? (['page', 'phone-script'] as const).map((channel) => ({
          template: spec.notice!.template,
          channel,
        }))
      : []),
  ]
}

/**
 * The texts that what is written to a person in a language is made of: the Swedish one, which the others are
 * held against, and the one in the language, whole or short. Without the warning of heightened fraud.
 */
export function textsFor(
  texts: Texts,
  template: string,
  channel: Form,
  language: string,
): TextVersion[] {
  const whole = texts.languages(template, channel).includes(language)
  const short =
    !whole &&
    (channel === 'letter' || channel === 'sms' || channel === 'email') &&
    texts.languages(shortTexts, shortForm[channel]).includes(language)
  return texts
    .all()
    .filter(
      (text) =>
        (text.template === template &&
          text.channel === channel &&
          (text.language === fallbackLanguage || (whole && text.language === language))) ||
        (short &&
          text.template === shortTexts &&
          text.channel === shortForm[channel] &&
          text.language === language),
    )
}

/** Every text that a person in one of the campaign's languages can get. Who speaks another language gets Swedish. */
export const textsOf = (texts: Texts, spec: CampaignSpec): TextVersion[] => [
  ...new Set(
    formsOf(spec).flatMap(({ template, channel }) =>
      [fallbackLanguage, ...spec.languages].flatMap((language) =>
        textsFor(texts, template, channel, language),
      ),
    ),
  ),
]

/** The versions that a campaign is approved with. */
export const textVersions = (texts: Texts, spec: CampaignSpec): TextVersions =>
  Object.fromEntries(textsOf(texts, spec).map((text) => [textName(text), text.version]))
