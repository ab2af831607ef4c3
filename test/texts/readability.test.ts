import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readability } from '../../src/texts/readability.ts'

describe('readability', () => {
  it('is words a sentence plus the share of words over six letters', () => {
    // 10 words in 2 sentences is 5; 2 of 10 are long (mottagningen, vaccinera), 20 %
    expect(readability('Du ska komma till mottagningen nu. Där kan du vaccinera.')).toMatchObject({
      words: 10,
      sentences: 2,
      lix: 25,
    })
  })
  it('counts a word of exactly six letters as short, and one of seven as long', () => {
    expect(readability('sexsex')).toMatchObject({ lix: 1 })
    expect(readability('sjusju7a')).toMatchObject({ lix: 101 })
  })
  it('does not end a sentence at kl., within a phone number, in a time or at t.ex.', () => {
    expect(readability('Ring 070-174 06 05 före kl. 9.30 i dag.')).toMatchObject({
      sentences: 1,
      words: 7,
    })
    expect(readability('Ta med något, t.ex. brevet. Kom sedan.')).toMatchObject({ sentences: 2 })
    expect(readability('Det gäller brev, sms m.m. Ring oss.')).toMatchObject({ sentences: 2 })
  })
  it('lets headings and items be sentences of their own', () => {
    expect(readability('En rubrik\n\n- Ett\n- Två saker')).toMatchObject({
      sentences: 3,
      longest: { words: 2 },
    })
  })
  it('has nothing to say of nothing, and no OVIX when no word comes twice', () => {
    expect(readability('  \n - ')).toMatchObject({ lix: 0, ovix: 0, words: 0, sentences: 0 })
    expect(readability('Hej på dig.').ovix).toBeNull()
  })
  it('has the OVIX of a text worked out by hand', () => {
    // 4 words, 3 different: ln 4 / ln(2 − ln 3 / ln 4) = 1.38629 / 0.18857
    expect(readability('Kom hit. Kom nu.').ovix).toBeCloseTo(7.3517, 4)
  })

  const word = fc.stringMatching(/^[a-zåäö]{1,14}$/)
  const text = fc.array(fc.array(word, { minLength: 1, maxLength: 25 }), {
    minLength: 1,
    maxLength: 12,
  })

  it('ends a sentence at a word that only ends like an abbreviation', () => {
    expect(readability('Det är ett äkl. Det är slut.').sentences).toBe(2)
  })

  it('agrees with the formulas counted word by word', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('. ', '! ', '? ', '.\n\n'), (sentences, sign) => {
        let words = 0
        let long = 0
        const seen: string[] = []
        for (const sentence of sentences) {
          for (const w of sentence) {
            words++
            if (w.length > 6) long++
            if (!seen.includes(w)) seen.push(w)
          }
        }
        // names of abbreviations at a sentence's end are no ends of sentences: left out here, tested above
        fc.pre(
          sentences.every(
            (s) => !['kl', 'tel', 'nr', 'ca', 'dr', 'dvs', 'osv'].includes(s.at(-1) ?? ''),
          ),
        )
        const result = readability(sentences.map((s) => s.join(' ')).join(sign) + '.')
        expect([result.words, result.sentences]).toEqual([words, sentences.length])
        expect(result.lix).toBeCloseTo(words / sentences.length + (long * 100) / words, 9)
        expect(result.longest.words).toBe(Math.max(...sentences.map((s) => s.length)))
        if (seen.length === words) expect(result.ovix).toBeNull()
        else
          expect(result.ovix).toBeCloseTo(
            Math.log(words) / Math.log(2 - Math.log(seen.length) / Math.log(words)),
            9,
          )
      }),
    )
  })
  it('does not depend on capitals', () => {
    fc.assert(
      fc.property(text, (sentences) => {
        const plain = sentences.map((s) => s.join(' ')).join('! ')
        expect(readability(plain.toUpperCase())).toMatchObject({
          ...readability(plain),
          longest: { words: readability(plain).longest.words },
        })
      }),
    )
  })
})
