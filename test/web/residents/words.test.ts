import { describe, expect, it } from '@jest/globals'
import { limits, readability } from '../../../src/texts/readability.ts'
import { checkWords } from '../../../src/web/residents/akta/language.ts'
import { htmlLanguage, residentLanguages } from '../../../src/web/residents/language.ts'

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((hole) => hole[1]!).sort()

const pages: [string, Record<string, Record<string, string>>][] = [
  ['/boka', residentLanguages],
  ['/akta', checkWords],
]

describe.each(pages)("the words of the residents' pages at %s", (_where, languages) => {
  it('are there in every language, with the same places to fill in', () => {
    const { sv, ...others } = languages
    for (const [language, words] of Object.entries(others)) {
      expect([language, Object.keys(words).sort()]).toEqual([language, Object.keys(sv!).sort()])
      for (const [key, text] of Object.entries(words)) {
        expect([language, key, text.trim() !== '']).toEqual([language, key, true])
        const own = holes(sv![key]!).filter((hole) => hole !== 'example')
        expect([language, key, holes(text).filter((hole) => hole !== 'example')]).toEqual([
          language,
          key,
          own,
        ])
      }
    }
  })

  it('are in the language they say: no Latin letters in Arabic, no word left in Swedish', () => {
    for (const [key, text] of Object.entries(languages['ar']!))
      expect([key, /[A-Za-zåäö]/.test(text.replace(/\{\w+\}/g, ''))]).toEqual([key, false])
    for (const [key, text] of Object.entries(languages['en']!))
      expect([key, /[åäö]/.test(text)]).toEqual([key, false])
  })

  it.each(['sv', 'sv-simple'])('%s is easy to read', (language) => {
    const limit = limits[language]!
    const text = Object.values(languages[language]!)
      .map((words) => (/[.?!]$/.test(words) ? words : `${words}.`))
      .join('\n')
    const { lix, longest } = readability(text)
    expect(lix).toBeLessThanOrEqual(limit.lix)
    expect(longest.words <= limit.sentence ? 'short' : longest.sentence).toBe('short')
  })
})

describe("the residents' languages", () => {
  it('are told to the browser as what they are', () => {
    expect(htmlLanguage('ar')).toEqual({ lang: 'ar', dir: 'rtl' })
    expect(htmlLanguage('sv-simple')).toEqual({ lang: 'sv', dir: 'ltr' })
  })
})
