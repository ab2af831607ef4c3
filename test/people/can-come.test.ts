import { describe, expect, it } from '@jest/globals'
import { readCanCome } from '../../src/people/can-come.ts'

const read = (from: string, until = '', weekdays = '') => readCanCome({ from, until, weekdays })

describe('when a person can come', () => {
  it.each([
    ['', '', '', null],
    ['10:00', '', '', { from: '10:00' }],
    ['kl. 9', '15.30', '', { from: '09:00', until: '15:30' }],
    ['', '', 'tor|Måndag, mon 7', { weekdays: [1, 4, 7] }],
  ] as const)('is read: %s–%s %s', (from, until, weekdays, canCome) => {
    expect(read(from, until, weekdays)).toEqual({ canCome, faults: [] })
  })

  it.each([
    ['24:00', '', '', 'from bad-time'],
    ['', '9:60', '', 'until bad-time'],
    ['förmiddag', '', '', 'from bad-time'],
    ['10', '10', '', 'until bad-hours'],
    ['', '', '8', 'weekdays bad-weekday'],
    ['', '', 'helg', 'weekdays bad-weekday'],
  ])('%s–%s %s is refused', (from, until, weekdays, fault) => {
    expect(read(from, until, weekdays).faults.map(([part, code]) => `${part} ${code}`)).toEqual([
      fault,
    ])
  })
})
