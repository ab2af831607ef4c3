import type { CampaignSpec } from '../campaigns/spec.ts'
import type { Channel } from './context.ts'
import { shortForm, shortTexts } from './files.ts'
import { fallbackLanguage } from './languages.ts'
import type { Texts } from './texts.ts'

export interface Reading {
  template: string
  channel: Channel
  language: string
  /** whole: all of it in the language; short: Swedish, with the short text in the language; swedish: Swedish alone */
  gets: 'whole' | 'short' | 'swedish'
}

/**
 * What a person in each of a campaign's languages is written to in, text by text.
 * @param texts as they may be sent (may-leave.ts)
 */
export function readings(texts: Texts, spec: CampaignSpec): Reading[] {
  const steps = [...spec.channels.flatMap((route) => route.steps), ...spec.reminders].map(
    ({ template, channel }) => ({ template, channel }),
  )
  const once = steps.filter(
    (step, i) =>
      steps.findIndex(
        (other) => other.template === step.template && other.channel === step.channel,
      ) === i,
  )
  return once.flatMap(({ template, channel }) =>
    spec.languages.map((language): Reading => {
      const there =
        language === fallbackLanguage || texts.languages(template, channel).includes(language)
      return {
        template,
        channel,
        language,
        gets: there
          ? 'whole'
          : !language.startsWith(fallbackLanguage) &&
              texts.languages(shortTexts, shortForm[channel]).includes(language)
            ? 'short'
            : 'swedish',
      }
    }),
  )
}
