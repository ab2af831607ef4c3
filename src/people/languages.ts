/**
 * Languages a person can want to be written to in (BCP 47). Easy Swedish (sv-simple) is Swedish plus the wish
 * easy_read.
 */
export const languages = [
  'sv',
  'en',
  'ar',
  'fa',
  'prs',
  'so',
  'ti',
  'ckb',
  'kmr',
  'fi',
  'fit',
  'se',
  'smj',
  'sma',
  'rom',
  'yi',
  'uk',
  'pl',
  'ro',
  'bg',
  'ru',
  'tr',
  'es',
  'fr',
  'bs',
  'hr',
  'sr',
  'th',
  'am',
] as const
export type Language = (typeof languages)[number]

/** Whether a text can be written in it: one of `languages`, or easy Swedish. */
export const isLanguage = (tag: string): boolean =>
  tag === 'sv-simple' || languages.some((language) => language === tag)

const rightToLeft: ReadonlySet<string> = new Set(['ar', 'fa', 'prs', 'ckb', 'yi'])
export const isRightToLeft = (language: string): boolean => rightToLeft.has(language)

/** The tag in its own case, or null when it is none of ours. A region is dropped: ar-SY is ar. */
export function readLanguage(input: string): Language | 'sv-simple' | null {
  const tag = input.trim().toLowerCase().replaceAll('_', '-')
  if (tag === 'sv-simple') return tag
  return languages.find((language) => language === tag || tag.startsWith(`${language}-`)) ?? null
}
