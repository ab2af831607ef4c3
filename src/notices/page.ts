import type { Config } from '../config.ts'
import { blocksAsText } from '../texts/blocks.ts'
import { campaignFacts } from '../texts/campaign-facts.ts'
import { noticeFacts } from '../texts/facts.ts'
import type { RenderedPage } from '../texts/rendered.ts'
import type { Texts } from '../texts/texts.ts'
import type { Notice } from './store.ts'

/** The facts that everything public about a notice is made from: the same as its letters'. Nothing of any person. */
export function publicFacts(
  { spec, people, correctsFrom, publishedAt, createdAt }: Notice,
  config: Config,
): Parameters<Texts['page']>[0]['facts'] {
  return {
    ...campaignFacts(spec, config),
    ...noticeFacts(spec.notice!, people, config.PUBLIC_URL),
    ...(spec.notice!.correction ? { replaces: { date: correctsFrom ?? createdAt } } : {}),
    campaignDate: publishedAt ?? createdAt,
  }
}

/** The languages of the region's pages, and so of the addresses below /meddelanden. */
export const pageLanguages: readonly string[] = ['sv', 'sv-simple', 'en', 'ar']

/**
 * Where anybody can read the notice: its page when it has been published, in Swedish where the pages lack the language;
 * else the region's own site. It is printed on posters, so it must never lead nowhere.
 */
export const readingAddress = (
  { name, publishedAt }: Pick<Notice, 'name' | 'publishedAt'>,
  language: string,
  { PUBLIC_URL, REGION_WEBSITE }: Pick<Config, 'PUBLIC_URL' | 'REGION_WEBSITE'>,
): string =>
  publishedAt
    ? new URL(
        `/meddelanden/${pageLanguages.includes(language) ? language : 'sv'}/${name}`,
        PUBLIC_URL,
      ).href
    : REGION_WEBSITE

/** A notice as it is on the region's pages. In a language that it is not in: in Swedish, and `language` says so. */
export const noticePage = (
  texts: Texts,
  notice: Notice,
  language: string,
  config: Config,
): RenderedPage =>
  texts.page({
    template: notice.spec.notice!.template,
    language: notice.spec.languages.includes(language) ? language : 'sv',
    facts: publicFacts(notice, config),
  })

/** The same as plain text, to be pasted at 1177.se. */
export function pageText(texts: Texts, notice: Notice, language: string, config: Config): string {
  const { title, body } = noticePage(texts, notice, language, config)
  return `${title}\n\n${blocksAsText(body)}`
}

/** What staff say to those who call about it; with the warning when it is a time of heightened fraud. */
export const noticeScript = (
  texts: Texts,
  notice: Notice,
  language: string,
  config: Config,
  heightened: boolean,
): string =>
  texts.plain({
    template: notice.spec.notice!.template,
    form: 'phone-script',
    language,
    facts: publicFacts(notice, config),
    warning: heightened && notice.kind !== 'fraud-warning',
  }).text
