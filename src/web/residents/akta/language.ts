import { residentLanguages } from '../language.ts'
import type { Words } from '../words/sv.ts'
import { ar } from './words/ar.ts'
import { en } from './words/en.ts'
import { svSimple } from './words/sv-simple.ts'
import { sv, type CheckWords } from './words/sv.ts'

export const checkWords: Record<string, CheckWords> = { sv, 'sv-simple': svSimple, en, ar }

/** The check pages' words in the residents' languages: their own, and those that stand on every page. */
export const checkLanguages: Record<string, Words & CheckWords> = Object.fromEntries(
  Object.entries(residentLanguages).map(([language, words]) => [
    language,
    { ...words, ...checkWords[language]! },
  ]),
)
