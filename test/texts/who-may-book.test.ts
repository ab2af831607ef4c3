import { describe, expect, it } from '@jest/globals'
import { whoMayBook } from '../../src/texts/who-may-book.ts'

describe('who may book', () => {
  it('is birth years, also for those without a letter, with those they live with', () => {
    expect(
      whoMayBook({ born: { from: 1947, to: 1951 }, cohabitants: true }, 'running', 'open').sv,
    ).toBe(
      'Den som är född 1947–1951 kan boka nu. Det gäller också den som är utan brev. ' +
        'Den som bor ihop med någon av dem kan också boka.',
    )
  })

  it('is birth years of the next group, without those they live with', () => {
    expect(whoMayBook({ born: { from: 1952, to: 1956 } }, 'running', 'open').sv).toBe(
      'Den som är född 1952–1956 kan boka nu. Det gäller också den som är utan brev. ' +
        'Den som bor ihop med någon av dem väntar på sin egen tur.',
    )
  })

  it('follows the campaign: before it opens, while it is paused, and when it is called off', () => {
    const rule = { born: { to: 1956 } }
    expect(whoMayBook(rule, 'approved', 'open').sv).toBe(
      'Bokningen har inte öppnat än. Den ska gälla den som är född 1956 eller tidigare.',
    )
    expect(whoMayBook(rule, 'paused', 'open').sv).toBe(
      'Utskicket är pausat. Den som har fått ett brev kan boka. Den som är utan brev får vänta.',
    )
    expect(whoMayBook(rule, 'finished', 'open').sv).toBe(
      'Alla brev har gått ut. Den som har fått ett brev kan boka. Ingen annan kan boka nu.',
    )
    expect(whoMayBook(rule, 'cancelled', 'open').sv).toBe(
      'Utskicket är avbrutet. Ingen kan boka en ny tid nu.',
    )
  })

  it('says of fixed times who gets a letter, and what those without one do', () => {
    const rule = { born: { from: 1942, to: 1946 } }
    expect(whoMayBook(rule, 'approved', 'timed').sv).toBe(
      'Breven har inte gått ut än. Den som är född 1942–1946 ska få ett brev med dag, tid och plats.',
    )
    expect(whoMayBook(rule, 'running', 'timed').sv).toBe(
      'Den som är född 1942–1946 får ett brev med dag, tid och plats och behöver inte boka själv. ' +
        'Den som är utan brev kan ringa och få en ledig tid. ' +
        'Den som bor ihop med någon av dem väntar på sin egen tur.',
    )
    expect(whoMayBook(rule, 'paused', 'timed').sv).toBe(
      'Utskicket är pausat. Tider som redan är sagda i brev gäller. Den som är utan brev får vänta.',
    )
    expect(whoMayBook(rule, 'finished', 'timed').sv).toBe(
      'Alla brev har gått ut. Tiden i brevet gäller. Ingen annan får en tid nu.',
    )
    expect(whoMayBook(rule, 'cancelled', 'timed').sv).toBe(
      'Utskicket är avbrutet. Tider som redan är sagda i brev gäller. Ingen får en ny tid nu.',
    )
  })

  it('turns ages on New Year’s Eve into birth years, and says other days as ages', () => {
    const age = { from: 75, to: 79 }
    expect(whoMayBook({ age: { on: '2021-12-31', ...age } }, 'running', 'open').en).toMatch(
      /^Anyone born between 1942 and 1946 can book now/,
    )
    expect(whoMayBook({ age: { on: '2021-04-01', ...age } }, 'running', 'open').sv).toMatch(
      /^Den som är 75–79 år den 2021-04-01 kan boka nu/,
    )
  })

  it('does not promise a time to all of an age when the rule asks for more', () => {
    expect(
      whoMayBook({ born: { from: 1960 }, group: 'personal-ambulans' }, 'running', 'open').sv,
    ).toMatch(/^Den som är född 1960 eller senare och hör till dem som kallas kan boka nu/)
    expect(whoMayBook({ group: 'personal-ambulans' }, 'running', 'open').sv).toMatch(
      /^Den som hör till dem som kallas kan boka nu/,
    )
  })
})
