import { describe, expect, it } from '@jest/globals'
import { wrap } from '../../src/documents/kit/wrap.ts'

const measure = (text: string) => text.length
const lines = (text: string, width: number) => wrap(text, width, measure)

describe('wrap', () => {
  it('breaks at spaces and keeps them, so that words are not joined when read aloud', () => {
    expect(lines('en två tre fyra', 7)).toEqual(['en två ', 'tre ', 'fyra'])
  })

  it('breaks a word only when it is wider than the line, at a hyphen or slash if there is one', () => {
    expect(lines('Söderström-Holmqvist', 12)).toEqual(['Söderström-', 'Holmqvist'])
    expect(lines('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij'])
  })

  it('breaks where the text says so, and keeps empty lines', () => {
    expect(lines('ett\n\ntvå', 10)).toEqual(['ett', '', 'två'])
  })

  it('gives each letter its line when nothing fits', () => {
    expect(lines('åäö', 0)).toEqual(['å', 'ä', 'ö'])
  })

  it('does not cut a letter outside the basic plane in two', () => {
    expect(lines('𐐷𐐷𐐷', 4)).toEqual(['𐐷𐐷', '𐐷'])
  })
})
