import { describe, expect, it } from '@jest/globals'
import { globSync, readFileSync } from 'node:fs'
import { Refused } from '../src/errors.ts'
import { ineligible } from '../src/bookings/eligibility.ts'
import { ineligibleWhy, refusals } from '../src/refusals.ts'

const source = globSync('src/**/*.ts')
  .filter((file) => file !== 'src/refusals.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

describe('every code that something is refused with', () => {
  it('has a Swedish sentence', () => {
    const codes = [...source.matchAll(/new Refused\(\s*'([^']+)'/g)].map(([, code]) => code!)
    expect(codes.length).toBeGreaterThan(200) // the pattern finds them
    expect(codes.filter((code) => !(code in refusals))).toEqual([])
  })

  it('is used somewhere', () => {
    // A code that is chosen at run time stands as a string or a key where it is chosen.
    const used = new Set(
      [...source.matchAll(/'([a-z0-9-]+)'|\b([a-z]+): /g)].map(([, text, key]) => text ?? key!),
    )
    expect(Object.keys(refusals).filter((code) => !used.has(code))).toEqual([])
  })

  it('is chosen among those that have a sentence, never claimed to be one', () => {
    expect(source).not.toContain('as RefusalCode')
  })
})

describe('the Swedish sentences', () => {
  it('are whole sentences that stand alone', () => {
    const odd = Object.entries(refusals).filter(
      ([, swedish]) => !/^[A-ZÅÄÖ][^{}<>]*\.$/.test(swedish),
    )
    expect(odd).toEqual([])
  })

  it('say why somebody is not eligible, for each reason there is', () => {
    expect(Object.keys(ineligibleWhy).sort()).toEqual(Object.keys(ineligible).sort())
    expect(
      Object.keys(ineligible).map((why) => new Refused('not-eligible', 'No.', { why }).swedish),
    ).toEqual(Object.keys(ineligible).map((why) => ineligibleWhy[why]))
  })

  it('come with the error', () => {
    expect(new Refused('slot-full', 'That time was taken just now.').swedish).toBe(
      'Någon annan hann boka tiden. Välj en annan.',
    )
  })
})
