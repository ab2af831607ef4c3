import { describe, expect, it } from '@jest/globals'
import { compileCohort } from '../../src/cohorts/compile.ts'
import { readRule } from '../../src/cohorts/rule.ts'

describe('a cohort rule', () => {
  it.each([
    ['an unknown line', { borne: { from: 1942 } }, 'borne'],
    ['an unknown line deep inside', { and: [{ not: { sexx: 'female' } }] }, 'cohort.and.0.not'],
    ['no condition', {}, 'says nothing'],
    ['only cohabitants', { cohabitants: true }, 'says nothing'],
    ['cohabitants of a part', { and: [{ sex: 'female', cohabitants: true }] }, 'cohabitants'],
    ['an empty list', { municipality: [] }, 'cohort.municipality'],
    ['a municipality as a number', { municipality: [2080] }, 'within quotes'],
    ['a range from above to', { born: { from: 1946, to: 1942 } }, 'from is above to'],
    ['an age without a range', { age: { on: '2021-03-08' } }, 'give from, to or both'],
    ['a date that is none', { age: { on: '2021-02-30', from: 75 } }, 'YYYY-MM-DD'],
    ['an unknown need', { needs: { any: ['home'] } }, 'cohort.needs.any.0'],
    ['a list instead of a rule', [{ sex: 'female' }], 'cohort'],
    ['nothing', null, 'cohort'],
  ])('is refused with %s', (_, given, message) => {
    expect(() => readRule(given)).toThrow(message)
  })

  it('is refused when nested without end', () => {
    let rule: object = { sex: 'female' }
    for (let i = 0; i < 10_000; i++) rule = { not: rule }
    expect(() => readRule(rule)).toThrow('nested')
  })

  it('never puts its content into the statement', () => {
    const rule = readRule({
      municipality: ['2080'],
      given: 'covid-19/dose-1',
      or: [{ sex: 'female' }, { clinic: ['SE2321000180-1001'] }],
      born: { from: 1942 },
      cohabitants: true,
    })
    const { sql, values } = compileCohort(rule, '2021-03-08')
    for (const content of ['2080', 'covid', 'female', '1942', 'SE2321'])
      expect(sql).not.toContain(content)
    expect(new Set(sql.match(/\$\d+/g)).size).toBe(values.length)
  })
})
