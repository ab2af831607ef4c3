import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { doseSpans, type DoseEvent, type Lot } from '../../../src/clinics/doses/spans.ts'

const first = 10
const day = (n: number) => `2021-03-${String(n).padStart(2, '0')}`
const lot = (from: number, doses: number, useBy: number | null = null): Lot => ({
  day: day(from),
  doses,
  useBy: useBy === null ? null : day(useBy),
  perVial: 5,
})
const said = (n: number, kind: DoseEvent['kind'], doses: number, vials: number | null = null) => ({
  day: day(n),
  kind,
  doses,
  vials,
})
const spansOf = (
  lots: readonly Lot[],
  events: readonly DoseEvent[] = [],
  booked: [number, number][] = [],
) => doseSpans({ lots, events, booked: new Map(booked.map(([n, p]) => [day(n), p])) }, day(first))

/** Whether each of these people can be given a dose: the day's people get what goes soonest, day by day. */
function suffice(lots: readonly Lot[], people: readonly number[]): boolean {
  const left = lots.map((l) => ({ ...l }))
  return people.every((n, at) => {
    const today = day(first + at)
    const usable = left
      .filter((l) => l.day <= today && (l.useBy ?? '9999') >= today)
      .sort((a, b) => ((a.useBy ?? '9999') < (b.useBy ?? '9999') ? -1 : 1))
    for (let i = 0; i < n; i++) {
      const next = usable.find((l) => l.doses > 0)
      if (!next) return false
      next.doses -= 1
    }
    return true
  })
}

const allows = (spans: ReturnType<typeof doseSpans>, people: readonly number[]): boolean =>
  spans.every(
    ({ from, until, doses }) =>
      people.reduce((sum, n, at) => {
        const on = day(first + at)
        return on >= from && on < (until ?? '9999') ? sum + n : sum
      }, 0) <= doses,
  )

const people = fc.array(fc.nat(4), { minLength: 8, maxLength: 8 })
const lots = (usable: fc.Arbitrary<number | null>) =>
  fc.array(
    fc
      .tuple(fc.integer({ min: first, max: first + 7 }), fc.nat(6), usable)
      .map(([from, doses, days]) => lot(from, doses, days === null ? null : from + days)),
    { maxLength: 4 },
  )

describe('how many people doses suffice for', () => {
  it('is exactly what giving them day by day shows, when no lot goes before an older one', () => {
    fc.assert(
      fc.property(lots(fc.constantFrom(null)), people, (given, booked) => {
        expect(allows(spansOf(given), booked)).toBe(suffice(given, booked))
      }),
    )
    fc.assert(
      fc.property(lots(fc.constant(3)), people, (given, booked) => {
        expect(allows(spansOf(given), booked)).toBe(suffice(given, booked))
      }),
    )
  })

  it('never allows somebody without a dose, whatever goes first', () => {
    const some = fc.option(fc.nat(6), { nil: null })
    fc.assert(
      fc.property(lots(some), people, (given, booked) => {
        if (allows(spansOf(given), booked)) expect(suffice(given, booked)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the spans of a clinic', () => {
  it('are none before a delivery, what has come until the next, and all of it after', () => {
    expect(spansOf([lot(12, 20), lot(15, 30)])).toEqual([
      { from: day(10), until: day(12), doses: 0 },
      { from: day(10), until: day(15), doses: 20 },
      { from: day(10), until: null, doses: 50 },
    ])
  })

  it('end with the last day on which doses can be used', () => {
    expect(spansOf([lot(8, 20, 12), lot(11, 30)])).toEqual([
      { from: day(10), until: day(11), doses: 20 },
      { from: day(10), until: null, doses: 50 },
      { from: day(13), until: null, doses: 30 },
    ])
  })

  it('have what people of the days before left', () => {
    const come = [lot(8, 20)]
    expect(
      spansOf(
        come,
        [],
        [
          [8, 5],
          [9, 7],
        ],
      ),
    ).toEqual([{ from: day(10), until: null, doses: 8 }])
  })

  it('owe nothing for days on which more people had a time than there were doses', () => {
    const come = [lot(7, 5), lot(9, 10)]
    expect(
      spansOf(
        come,
        [],
        [
          [7, 12],
          [9, 4],
        ],
      ),
    ).toEqual([{ from: day(10), until: null, doses: 6 }])
  })

  it('follow what is thrown away, drawn, found and counted', () => {
    const come = [lot(8, 20)]
    const doses = (...events: DoseEvent[]) => spansOf(come, events)[0]!.doses
    expect(doses(said(9, 'discarded', 6))).toBe(14)
    expect(doses(said(9, 'discarded', 26))).toBe(0)
    expect(doses(said(9, 'drawn', 12, 2))).toBe(22) // 12 out of two vials that were counted as 5 each
    expect(doses(said(10, 'found', 3))).toBe(23)
    expect(doses(said(9, 'counted', 11))).toBe(11)
    expect(doses(said(9, 'counted', 11), said(9, 'discarded', 1))).toBe(10)
  })
})
