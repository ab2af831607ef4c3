import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { createInterface } from 'node:readline'
import { releaseAdvise } from '../../../src/cli/release.ts'
import { advise, freshState, type AdviceState } from '../../../src/release/model/advise.ts'
import { formatDay, isWorkingDay } from '../../../src/release/model/calendar.ts'
import { policies } from '../../../src/release/model/policy.ts'
import {
  lineOutSchema,
  protocolSchema,
  type ErrorOut,
  type LineOut,
} from '../../../src/release/model/protocol.ts'
import { iso, today } from './days.ts'

const issueExample =
  `{"date":"2021-03-10","working":true,"phone":{"capacity":700,"callsYesterday":312},"areas":[{"id":"falun","remaining":1200,
 "free":{"2021-03-15":120,"2021-03-16":80},"planned":{"2021-03-22":{"expected":150,"publishedOn":"2021-03-17"}},"waiting":3,"displaced":0}],
 "events":[{"area":"falun","released":"2021-03-08","on":"2021-03-09","booked":34,"failedSearches":2,"declined":1}],"settings":{"policy":"steady"},"new":{"key":1}}`.replaceAll(
    '\n',
    '',
  )

const line = (day: number, more: object = {}, area: object = {}) =>
  JSON.stringify({
    date: formatDay(day),
    areas: [
      {
        id: 'a',
        remaining: 3000,
        free: { [formatDay(day + 3)]: 300, [formatDay(day + 5)]: 300 },
        ...area,
      },
    ],
    ...more,
  })
const ok = (out: LineOut | ErrorOut): LineOut => {
  if ('error' in out) throw new Error(out.error.message)
  return out
}

describe('release advise', () => {
  it('answers the line of the protocol', () => {
    const out = ok(advise(freshState, issueExample).out)
    expect(out).toMatchObject({ date: '2021-03-10', paused: null, areas: [{ id: 'falun' }] })
    expect(out.areas[0]?.invite).toBeGreaterThan(0)
    expect(Object.keys(out.areas[0]?.expected ?? {})[0]).toBe('2021-03-10')
    expect(lineOutSchema.safeParse(out).success).toBe(true)
  })

  it('has the schema that docs/ shows (release advise --schema writes it)', () => {
    const shown: unknown = JSON.parse(
      readFileSync(new URL('../../../docs/release-advise.schema.json', import.meta.url), 'utf8'),
    )
    expect(JSON.parse(JSON.stringify(protocolSchema()))).toEqual(shown)
  })

  it.each([
    '{',
    '[]',
    '3',
    'null',
    '"x"',
    '{}',
    '{"date":"2021-02-30","areas":[{"id":"a","remaining":1}]}',
    '{"date":"2021-03-10","areas":[]}',
    '{"date":"2021-03-10","areas":[{"id":"a","remaining":-1}]}',
    '{"date":"2021-03-10","areas":[{"id":"a","remaining":1},{"id":"a","remaining":1}]}',
    '{"date":"2021-03-10","areas":[{"id":"a","remaining":1,"free":{"soon":1}}]}',
    '{"date":"2021-03-10","areas":[{"id":"a","remaining":1}],"settings":{"policy":"wild"}}',
  ])('refuses %s with a code and a message, and keeps its state', (text) => {
    const before = advise(freshState, issueExample).state
    const { state, out } = advise(before, text)
    expect(out).toHaveProperty('error.code')
    expect(out).toHaveProperty('error.message')
    expect(state).toBe(before)
  })

  it('refuses a day that is already decided', () => {
    const { state } = advise(freshState, line(today))
    expect(advise(state, line(today)).out).toHaveProperty('error.code', 'out-of-order')
  })

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) =>
        expect(advise(freshState, text).out).toBeDefined(),
      ),
    )
  })

  it('keeps the policy it was told once', () => {
    const told = advise(freshState, line(today, { settings: { policy: 'strict' } }))
    expect(ok(told.out).areas[0]).toMatchObject({ invite: 600, bound: 'hard' })
    expect(
      ok(advise(told.state, line(today + 1, {}, { remaining: 2400 })).out).areas[0]?.invite,
    ).toBe(0)
  })

  it('sends nothing on Sundays and Good Friday when it isn’t told whether they are working days', () => {
    expect(
      ok(
        advise(
          freshState,
          '{"date":"2021-04-02","areas":[{"id":"a","remaining":9,"free":{"2021-04-09":9}}]}',
        ).out,
      ).areas[0],
    ).toMatchObject({ invite: 0, bound: 'not-working' })
  })
})

describe('the hard bound over random events', () => {
  const policy = policies.steady
  const dayPart = fc.record({
    skip: fc.integer({ min: 1, max: 3 }),
    free: fc.array(fc.nat(200), { minLength: 3, maxLength: 3 }),
    planned: fc.nat(300),
    waiting: fc.nat(30),
    displaced: fc.nat(30),
    events: fc.array(
      fc.record({
        back: fc.nat(6),
        ago: fc.nat(2),
        booked: fc.nat(80),
        failedSearches: fc.nat(20),
        declined: fc.nat(10),
      }),
      { maxLength: 5 },
    ),
    calls: fc.nat(900),
  })

  it('live letters that are counted independently never exceed it after a release', () => {
    fc.assert(
      fc.property(fc.array(dayPart, { minLength: 2, maxLength: 12 }), (days) => {
        let state: AdviceState = freshState
        let day = today
        const sent = new Map<number, number>()
        const answered = new Map<number, number>()
        let remaining = 20_000
        for (const part of days) {
          day += part.skip
          const free = Object.fromEntries(part.free.map((n, i) => [formatDay(day + 2 + i), n]))
          const events = part.events.map((e) => ({
            area: 'a',
            released: formatDay(day - e.back - 1),
            on: formatDay(day - Math.min(e.ago, e.back) - 1),
            booked: e.booked,
            failedSearches: e.failedSearches,
            declined: e.declined,
          }))
          for (const e of part.events)
            answered.set(
              day - e.back - 1,
              (answered.get(day - e.back - 1) ?? 0) + e.booked + e.failedSearches + e.declined,
            )
          const step = advise(
            state,
            JSON.stringify({
              date: formatDay(day),
              working: true,
              phone: { capacity: 900, callsYesterday: part.calls },
              areas: [
                {
                  id: 'a',
                  remaining,
                  free,
                  planned: {
                    [formatDay(day + 9)]: {
                      expected: part.planned,
                      publishedOn: formatDay(day + 3),
                    },
                  },
                  waiting: part.waiting,
                  displaced: part.displaced,
                },
              ],
              events,
            }),
          )
          state = step.state
          const n = ok(step.out).areas[0]?.invite ?? NaN
          expect(n).toBeGreaterThanOrEqual(0)
          if (n > 0) {
            // At most everyone who is said to have answered has; so this is the least that can be live.
            let live = n
            for (const [on, letters] of sent)
              if (day - on <= policy.liveDays)
                live += Math.max(0, letters - (answered.get(on) ?? 0))
            const places = part.free.reduce((a, b) => a + b, 0) + policy.plannedShare * part.planned
            expect(live).toBeLessThanOrEqual(policy.hardFactor * places)
          }
          sent.set(day, n)
          remaining -= n
        }
      }),
      { numRuns: 30 },
    )
  })
})

describe('brakes', () => {
  /** Ten days of an ordinary flow: 60 % answer within two days. */
  function flowing(): { state: AdviceState; day: number } {
    let state = advise(freshState, line(today)).state
    const sent: [number, number][] = [[today, 0]]
    let day = today
    for (let i = 0; i < 9; i++) {
      day++
      if (!isWorkingDay(day)) continue
      const events = sent
        .filter(([on]) => day - on <= 4)
        .map(([on, n]) => ({
          area: 'a',
          released: formatDay(on),
          on: formatDay(day - 1),
          booked: Math.round(n * 0.2),
        }))
      const step = advise(
        state,
        line(day, { events, phone: { capacity: 2000, callsYesterday: 20 } }),
      )
      state = step.state
      sent.push([day, ok(step.out).areas[0]?.invite ?? 0])
    }
    return { state, day }
  }

  it('stops for the day on many failed searches and lifts by itself', () => {
    const { state, day } = flowing()
    const event = {
      area: 'a',
      released: formatDay(day),
      on: formatDay(day),
      booked: 100,
      failedSearches: 40,
    }
    const stopped = advise(state, line(day + 1, { events: [event], working: true }))
    expect(ok(stopped.out)).toMatchObject({
      paused: 'failed-searches',
      areas: [{ invite: 0, bound: 'paused' }],
    })
    const next = advise(
      stopped.state,
      line(day + 2, { working: true, events: [{ ...event, failedSearches: 0, booked: 5 }] }),
    )
    expect(ok(next.out).paused).toBeNull()
  })

  it('holds until resumed when told so', () => {
    const { state, day } = flowing()
    const event = {
      area: 'a',
      released: formatDay(day),
      on: formatDay(day),
      booked: 100,
      failedSearches: 40,
    }
    const held = advise(
      state,
      line(day + 1, { events: [event], working: true, settings: { pauses: 'hold' } }),
    )
    const still = advise(
      held.state,
      line(day + 2, { working: true, events: [{ ...event, failedSearches: 0 }] }),
    )
    expect(ok(still.out).paused).toBe('failed-searches')
    expect(
      ok(advise(still.state, line(day + 3, { working: true, settings: { resume: true } })).out)
        .paused,
    ).toBeNull()
  })

  it('stops when supply is cut', () => {
    const { state, day } = flowing()
    expect(
      ok(
        advise(
          state,
          line(
            day + 1,
            {
              working: true,
              events: [{ area: 'a', released: formatDay(day), on: formatDay(day), booked: 1 }],
            },
            { free: { [formatDay(day + 5)]: 60 } },
          ),
        ).out,
      ).paused,
    ).toBe('supply-cut')
  })

  it('stops by hand', () => {
    expect(ok(advise(freshState, line(today, { settings: { pause: true } })).out).paused).toBe(
      'by-hand',
    )
  })
})

describe('the stream', () => {
  it('answers each line before the next is sent, survives garbage and ends with its input', async () => {
    const input = new PassThrough()
    const output = new PassThrough()
    const done = releaseAdvise(input, output)
    const answers = createInterface({ input: output })[Symbol.asyncIterator]()
    const ask = async (text: string): Promise<LineOut & ErrorOut> => {
      input.write(`${text}\n`)
      return JSON.parse((await answers.next()).value as string) as LineOut & ErrorOut
    }
    expect((await ask(line(today))).date).toBe(iso(0))
    expect((await ask('{"date":')).error.code).toBe('not-json')
    expect((await ask(line(today + 1))).date).toBe(iso(1))
    input.write(line(today + 2).slice(0, 40))
    input.end(line(today + 2).slice(40))
    expect((JSON.parse((await answers.next()).value as string) as LineOut).date).toBe(iso(2))
    await done
  })
})
