import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readReply, saysStop } from '../../src/reserve/reply.ts'
import { isQuiet } from '../../src/messages/dispatch/quiet-hours.ts'

describe('an answer by SMS', () => {
  it.each([
    ['JA', 'yes', null],
    ['ja tack!', 'yes', null],
    [' Ja.', 'yes', null],
    ['Ja4821', 'yes', '4821'],
    ['JA 4821', 'yes', '4821'],
    ['4821 ja', 'yes', '4821'],
    ['NEJ', 'no', null],
    ['nej, tyvärr 4821', 'no', '4821'],
    ['Yes 4821', 'yes', '4821'],
    ['NO', 'no', null],
    ['نعم', 'yes', null],
    ['٤٨٢١ نعم', 'yes', '4821'],
    ['۴۸۲۱ لا', 'no', '4821'],
  ])('%s is %s with code %s', (text, answer, code) => {
    expect(readReply(text)).toEqual({ answer, code })
  })

  it.each([
    '',
    'Vem är det?',
    'Ok kan inte komma',
    'Ja, men jag kan inte den dagen',
    'Ja?',
    'ja inte',
    'Nej, jag kommer',
    'Inte nej',
    'Ja vid 16.30',
    'Ja tyvärr',
    'Ja 👎',
    'ja ja nej',
    'Jag kommer, ja',
    'ja eller nej',
    'Jag kommer',
    'nja',
    'JA 4821 1234',
    'janne',
    'STOPP',
  ])('%s says neither', (text) => {
    expect(readReply(text)).toBeNull()
  })

  it('never fails, and has a code only of four digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(readReply(text)?.code ?? '0000').toMatch(/^\d{4}$/)
      }),
    )
  })
})

describe('a wish for no more SMS', () => {
  it.each(['STOPP', 'stop', 'Stopp!', 'STOPP SMS', 'Avsluta tack'])('%s', (text) =>
    expect(saysStop(text)).toBe(true),
  )
  it.each([
    'Stoppa inte',
    'stopp?',
    'Hur stoppar jag det här',
    'Nej',
    'bussen stannar vid stopp 3',
    '',
  ])('%s is none', (text) => expect(saysStop(text)).toBe(false))
})

describe('quiet hours', () => {
  const at = (time: string) => new Date(time)
  it.each([
    ['2021-03-15T07:59:59+01:00', true],
    ['2021-03-15T08:00:00+01:00', false],
    ['2021-03-15T19:59:59+01:00', false],
    ['2021-03-15T20:00:00+01:00', true],
    ['2021-03-16T00:30:00+01:00', true],
    ['2021-07-15T06:30:00Z', false],
    ['2021-01-15T06:30:00Z', true],
  ])('%s: %s, by the clock in Sweden, summer and winter', (time, quiet) => {
    expect(isQuiet(at(time), { from: 20, to: 8 })).toBe(quiet)
  })
  it('can lie within a day, or be none', () => {
    expect(
      [12, 13, 14].map((hour) =>
        isQuiet(at(`2021-03-15T${hour}:00:00+01:00`), { from: 12, to: 14 }),
      ),
    ).toEqual([true, true, false])
    expect(
      [0, 8, 20].map((hour) =>
        isQuiet(at(`2021-03-15T${String(hour).padStart(2, '0')}:00:00+01:00`), { from: 8, to: 8 }),
      ),
    ).toEqual([false, false, false])
  })
})
