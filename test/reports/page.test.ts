import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { partsChart } from '../../src/reports/charts.ts'
import { checkFunnel } from '../../src/reports/figures.ts'
import { everyDay, moment, number, percent, shortDay } from '../../src/reports/format.ts'
import { renderReport } from '../../src/reports/report.ts'
import { reasonWord, word } from '../../src/reports/words.ts'
import { languageWord } from '../../src/texts/language-word.ts'

const now = new Date('2021-03-28T03:30:00+02:00')

describe('the report page', () => {
  it('is made of a region without campaigns, and of a draft', async () => {
    expect(
      await renderReport({ campaigns: [], clinics: [], goals: [] }, { now, title: 'Tomt' }),
    ).toContain('Det finns inga utskick.')
    const draft = {
      id: 1,
      name: 'utkast',
      purpose: 'a/b',
      what: null,
      way: 'open' as const,
      state: 'draft' as const,
      pausedWhy: null,
      cohort: 'c',
      cohortVersion: 1,
      cohortSize: null,
      plannedAt: null,
      reissueOf: null,
      approvals: [],
      funnel: [],
      shares: [],
      messages: [],
      waves: [],
      bookings: [],
      searches: [],
      batches: [],
    }
    expect(
      await renderReport({ campaigns: [draft], clinics: [], goals: [] }, { now, title: 'Utkast' }),
    ).toContain('Planen är inte gjord än')
  })

  it('is refused when a funnel does not add up to its cohort', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.integer({ min: -5, max: 5 }), (numbers, off) => {
        const campaign = {
          name: 'c',
          cohortSize: numbers.reduce((a, b) => a + b, 0) + off,
          funnel: numbers.map((n) => ({ number: n })),
        }
        if (off === 0) expect(() => checkFunnel(campaign)).not.toThrow()
        else
          expect(() => checkFunnel(campaign)).toThrow(
            "no report is made of figures that don't add up",
          )
      }),
    )
  })

  it('puts what a plot says in words into its attribute safely', () => {
    const svg = partsChart(
      { label: 'alla', number: 3, colour: '#000' },
      [{ label: '<b>"en"&', number: 3, colour: '#000' }],
      'säger "<b>" & mer',
    )
    expect(svg).toMatch(/^<svg role="img" aria-label="säger &quot;&lt;b>&quot; &amp; mer" /)
    expect(svg).not.toContain('<b>"en"')
  })

  it('writes numbers and days as in Swedish text', () => {
    expect([number(17500), percent(1, 8), percent(0, 0)]).toEqual([
      '17\u00a0500',
      '12,5\u00a0%',
      '–',
    ]) // the spaces don't break
    expect([moment(now), shortDay('2021-03-16')]).toEqual(['28 mars 2021 kl. 3.30', 'tis 16 mars'])
  })

  it('shows each day in between, over the change of the clock too', () => {
    expect(everyDay(['2021-03-29', '2021-03-26', '2021-03-27'])).toEqual([
      '2021-03-26',
      '2021-03-27',
      '2021-03-28',
      '2021-03-29',
    ])
    expect(everyDay([])).toEqual([])
  })

  it("uses the region's words, and shows a code that it does not know", () => {
    expect([
      word('batch', 'handing-over'),
      reasonWord('deceased'),
      reasonWord('rejected-7'),
      languageWord('sv-simple'),
      languageWord('so'),
    ]).toEqual(['överlämnas', 'avliden', 'rejected-7', 'lätt svenska', 'somaliska'])
  })
})
