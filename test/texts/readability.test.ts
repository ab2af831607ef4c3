import { describe, expect, it } from '@jest/globals'
import { readability } from '../../src/texts/readability.ts'

describe('readability', () => {
  it('is words a sentence plus the share of words over six letters', () => {
    // 10 words in 2 sentences is 5; 2 of 10 are long (mottagningen, vaccinera), 20 %
    expect(readability('Du ska komma till mottagningen nu. Där kan du vaccinera.')).toMatchObject({ words: 10, sentences: 2, lix: 25 })
  })
  it('does not end a sentence at kl., within a phone number or in a time', () => {
    expect(readability('Ring 070-174 06 05 före kl. 9.30 i dag.')).toMatchObject({ sentences: 1, words: 7 })
  })
  it('lets headings and items be sentences of their own', () => {
    expect(readability('En rubrik\n\n- Ett\n- Två saker')).toMatchObject({ sentences: 3, longest: { words: 2 } })
  })
  it('has nothing to say of nothing', () => {
    expect(readability('  \n - ')).toMatchObject({ lix: 0, words: 0, sentences: 0 })
  })
})
