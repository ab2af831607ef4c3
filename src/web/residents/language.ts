import { directionOf } from '../../texts/languages.ts'
import { ar } from './words/ar.ts'
import { en } from './words/en.ts'
import { svSimple } from './words/sv-simple.ts'
import { sv, type Words } from './words/sv.ts'

/** The residents' languages, in the order of the links. */
export const residentLanguages: Record<string, Words> = { sv, 'sv-simple': svSimple, en, ar }

/** What HTML says of a language: easy Swedish is Swedish to a screen reader. */
export const htmlLanguage = (language: string): { lang: string; dir: 'ltr' | 'rtl' } => ({
  lang: language.replace('-simple', ''),
  dir: directionOf(language),
})
