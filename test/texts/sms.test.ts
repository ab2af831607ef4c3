import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { plainForSms, senderIdFault, smsLength } from '../../src/texts/sms.ts'

describe('the length of an SMS', () => {
  it.each([
    ['', 'GSM-7', 0, 0],
    ['a'.repeat(160), 'GSM-7', 160, 1],
    ['a'.repeat(161), 'GSM-7', 161, 2],
    ['a'.repeat(306), 'GSM-7', 306, 2],
    ['a'.repeat(307), 'GSM-7', 307, 3],
    ['å'.repeat(160), 'GSM-7', 160, 1],
    ['€'.repeat(80), 'GSM-7', 160, 1],
    ['€'.repeat(81), 'GSM-7', 162, 2],
    // 152 and then an escape pair: the pair goes whole into the second part, so the first holds one less
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 306, 3],
    ['م'.repeat(70), 'UCS-2', 70, 1],
    ['م'.repeat(71), 'UCS-2', 71, 2],
    ['م'.repeat(134), 'UCS-2', 134, 2],
    // a surrogate pair at the seam: 66 + 2 would be 68
    [`${'م'.repeat(66)}😀${'م'.repeat(66)}`, 'UCS-2', 134, 3],
  ])('%#: %s', (text, encoding, units, segments) => {
    expect(smsLength(text)).toMatchObject({ encoding, units, segments })
  })

  it('names the characters that force UCS-2, each once', () => {
    expect(smsLength('Åsa – ”hej” – č').nonGsm).toEqual(['–', '”', 'č'])
    expect(smsLength('å ä ö Å Ä Ö é É ü à ñ { } €').nonGsm).toEqual([])
    expect(smsLength('Sámi á').encoding).toBe('UCS-2')
  })

  it('has parts that hold the whole and no part too many', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), (text) => {
        const { encoding, units, segments, nonGsm } = smsLength(text)
        const [whole, part, widest] = encoding === 'GSM-7' ? [160, 153, 2] : [70, 67, 2]
        expect(encoding === 'GSM-7').toBe(nonGsm.length === 0)
        if (encoding === 'UCS-2') expect(units).toBe(text.length)
        expect(segments <= 1).toBe(units <= whole)
        if (segments > 1) {
          expect(segments).toBeGreaterThanOrEqual(Math.ceil(units / part))
          expect(segments).toBeLessThanOrEqual(Math.ceil(units / (part - widest + 1)))
        }
      }),
    )
  })

  it('never grows shorter when text is added', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 50 }), (text, more) => {
        expect(smsLength(text + more).segments).toBeGreaterThanOrEqual(smsLength(text).segments)
      }),
    )
  })
})

it('makes typographic signs plain', () => {
  expect(smsLength(plainForSms('måndag–fredag 8–16… ”ja” ’nej’\u00a0!')).encoding).toBe('GSM-7')
})

it.each([
  ['RegDalarna', true],
  ['1177', false],
  ['Reg1177', true],
  ['RegionDalarna', false],
  ['Reg Dalarna', false],
  ['Åsa', false],
  ['', false],
])('sender id %s', (sender, good) => {
  expect(senderIdFault(sender) === null).toBe(good)
})
