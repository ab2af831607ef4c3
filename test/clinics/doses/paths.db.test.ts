import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../../src/allocation/assign.ts'
import { improvePlan } from '../../../src/allocation/improve-plan.ts'
import { subjectByCode } from '../../../src/bookings/booking-subject.ts'
import { bookTime, cancelTime, moveTime, type Desk } from '../../../src/bookings/desk.ts'
import { clinicsWithTimes, freeTimes, timesOnDay, type Search } from '../../../src/bookings/find.ts'
import { addDoseEvent, recountForToday } from '../../../src/clinics/doses/store.ts'
import { overdueDeliveries, shortages } from '../../../src/clinics/supply-store.ts'
import { row, rows, run, transaction } from '../../../src/db/pool.ts'
import { Refused } from '../../../src/errors.ts'
import { approveReissue, proposeReissue } from '../../../src/reissue/reissue.ts'
import { placesAreFree } from '../../../src/reissue/write.ts'
import { answerOffer } from '../../../src/reserve/answer-offer.ts'
import { openRound } from '../../../src/reserve/round.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { deliver, doseless, miscounted } from '../../support/doses.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

// Provkliniken has six places at nine o'clock from Monday 15 to Friday 19 March; slots 1 to 5. It is Monday the 8th.
const [mon, tue, wed, thu, fri] = [1, 2, 3, 4, 5] as const
const at = (slot: number) => `2021-03-${14 + slot}`

let s: Sending
let desk: Desk
beforeEach(async () => {
  s = await sending({ people: 30, places: 6 })
  desk = { pool: s.db.pool, clock: s.clock, jobs: () => Promise.resolve(s.jobs) }
})
afterEach(async () => {
  try {
    expect(await miscounted(s.db.pool)).toEqual([])
  } finally {
    await s.close()
  }
})

/** Everybody is invited and may book. @returns the codes */
async function invited(): Promise<string[]> {
  const campaign = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
  await run(
    s.db.pool,
    `update invitation set state = 'released', wave_id = (select min(id) from wave) where state = 'planned'`,
  )
  return (
    await rows<{ code: string }>(s.db.pool, 'select code from invitation order by person_id')
  ).map(({ code }) => code)
}
const subject = async (code: string) => (await subjectByCode(s.db.pool, code, null))!
const book = async (code: string, slot: number) =>
  bookTime(desk, await subject(code), slot, 'person')
const move = async (code: string, slot: number) =>
  moveTime(desk, await subject(code), slot, 'person')
const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )
const booked = async () =>
  (
    await rows<{ booked: number }>(s.db.pool, 'select booked from slot where id <= 5 order by id')
  ).map((slot) => slot.booked)
const search: Search = {
  area: 'falun',
  from: new Date('2021-03-08T08:00:00+01:00'),
  firstDay: null,
  lastDay: null,
  listedClinic: null,
  noCentral: false,
}
const said = (kind: 'discarded' | 'counted' | 'found', doses: number) =>
  transaction(s.db.pool, (tx) =>
    addDoseEvent(
      tx,
      1,
      { day: '2021-03-08', kind, doses, vials: null, reason: 'fridge' },
      'anna',
      s.clock.now(),
    ),
  )

describe('booking', () => {
  it('is limited by places where nothing is known of deliveries', async () => {
    const codes = await invited()
    for (const code of codes.slice(0, 6)) expect(await outcome(book(code, mon))).toBe('done')
    expect(await outcome(book(codes[6]!, mon))).toBe('slot-full')
  })

  it('gives no time before the first delivery, nor more than have come by its day', async () => {
    const [a, b, c, d] = await invited()
    await deliver(s.db.pool, s.clock, { day: at(tue), doses: 2 }, { day: at(thu), doses: 1 })
    expect(await outcome(book(a!, mon))).toBe('no-doses')
    expect(await outcome(book(a!, tue))).toBe('done')
    expect(await outcome(book(b!, wed))).toBe('done')
    expect(await outcome(book(c!, tue))).toBe('no-doses')
    expect(await outcome(book(c!, fri))).toBe('done')
    expect(await outcome(book(d!, fri))).toBe('no-doses')
    expect(await doseless(s.db.pool)).toBe(0)
  })

  it('of many at once gives no more times than doses', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 7 })
    const came = await Promise.all(codes.map((code, n) => outcome(book(code, 1 + (n % 5)))))
    expect(came.filter((said) => said === 'done')).toHaveLength(7)
    expect(came.filter((said) => said === 'no-doses')).toHaveLength(23)
    expect(await doseless(s.db.pool)).toBe(0)
  })

  it('while the delivery is being halved gives no more than what is left', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 20 })
    const [came] = await Promise.all([
      Promise.all(codes.map((code, n) => outcome(book(code, 1 + (n % 5))))),
      deliver(s.db.pool, s.clock, { day: at(mon), doses: 10 }),
    ])
    const given = came.filter((said) => said === 'done').length
    expect(given).toBeLessThanOrEqual(20)
    expect(await doseless(s.db.pool)).toBe(Math.max(0, given - 10))
  })

  it('shows no time without a dose, and the time again when somebody cancels', async () => {
    const [a, b] = await invited()
    await deliver(s.db.pool, s.clock, { day: at(tue), doses: 1 }, { day: at(thu), doses: 1 })
    await book(a!, wed)
    const days = async () =>
      (await freeTimes(s.db.pool, { area: 'falun', from: search.from, limit: 9 })).map(
        (time) => time.slotId,
      )
    expect(await days()).toEqual([thu, fri])
    expect((await timesOnDay(s.db.pool, search, 1, at(wed))).times).toEqual([])
    expect(await clinicsWithTimes(s.db.pool, search)).toMatchObject([
      { firstTime: new Date(`${at(thu)}T09:00:00+01:00`) },
    ])
    await book(b!, thu)
    expect(await clinicsWithTimes(s.db.pool, search)).toEqual([])
    await cancelTime(desk, await subject(a!))
    expect(await days()).toEqual([tue, wed, thu, fri])
  })

  it('moves a time within the same doses, and not to a day that has none', async () => {
    const [a, b] = await invited()
    await deliver(s.db.pool, s.clock, { day: at(tue), doses: 2 })
    await book(a!, tue)
    await book(b!, wed)
    expect(await outcome(move(a!, thu))).toBe('done')
    expect(await outcome(move(a!, mon))).toBe('no-doses')
    expect(await booked()).toEqual([0, 0, 1, 1, 0])
  })

  it('follows what the clinic throws away, finds and counts', async () => {
    const [a, b, c] = await invited()
    await deliver(s.db.pool, s.clock, { day: '2021-03-08', doses: 3 })
    await said('discarded', 3)
    expect(await outcome(book(a!, mon))).toBe('no-doses')
    await said('found', 1)
    expect(await outcome(book(a!, mon))).toBe('done')
    await said('counted', 2)
    expect(await outcome(book(b!, mon))).toBe('done')
    expect(await outcome(book(c!, mon))).toBe('no-doses')
  })
})

describe('fixed times', () => {
  const timed = {
    name: 'timed',
    way: 'timed',
    channels: [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
      },
    ],
  }
  const by = () => ({ pool: s.db.pool, clock: s.clock })

  it('are no more than the doses of their days, in the first plan and in an improved one', async () => {
    await deliver(s.db.pool, s.clock, { day: at(tue), doses: 4 }, { day: at(thu), doses: 5 })
    const campaign = await s.started(openSpec(timed))
    expect(await assignTimes(by(), campaign)).toBe(9)
    const [first, ...later] = await booked()
    expect(first).toBe(0)
    expect(later[0]! + later[1]!).toBe(4)
    await improvePlan(by(), 'timed', 'anna')
    expect(await doseless(s.db.pool)).toBe(0)
    expect(await assignTimes(by(), campaign)).toBe(0)
  })

  it('are given beside people who book, and never beyond the doses', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 12 })
    const campaign = await s.started(
      openSpec({ ...timed, reissueOf: { campaign: 'open-campaign', who: 'not-booked' } }),
    )
    await Promise.all([
      assignTimes(by(), campaign),
      ...codes.slice(20).map((code, n) => outcome(book(code, 1 + (n % 5)))),
    ])
    await assignTimes(by(), campaign)
    expect((await booked()).reduce((sum, n) => sum + n)).toBe(12)
    expect(await doseless(s.db.pool)).toBe(0)
  })
})

describe('a reissue', () => {
  const propose = () =>
    proposeReissue(
      { pool: s.db.pool, clock: s.clock },
      {
        hsaId: 'SE2321000180-PROV',
        from: at(mon),
        to: at(fri),
        slots: null,
        chains: false,
        withinDays: 28,
        by: 'anna',
        dryRun: false,
      },
    )
  const approve = (id: number) =>
    approveReissue({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id, 'bertil')

  it('of a halved delivery moves as many as have no dose, to days that have', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 8 })
    for (const [n, code] of codes.slice(0, 8).entries()) await book(code, 1 + (n % 2))
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 4 }, { day: at(thu), doses: 2 })
    expect(await shortages(s.db.pool)).toEqual([
      {
        hsaId: 'SE2321000180-PROV',
        clinic: 'Provkliniken',
        area: 'falun',
        day: at(tue),
        booked: 8,
        doses: 4,
        by: 4,
      },
    ])
    const proposed = await propose()
    expect(proposed).toMatchObject({ overflow: 0, doseless: 4, kept: 4, moved: 2, queued: 2 })
    await approve(proposed.id!)
    expect(await booked()).toEqual([2, 2, 0, 2, 0])
    expect(await doseless(s.db.pool)).toBe(0)
    expect(await shortages(s.db.pool)).toEqual([])
  })

  it('is stale when the doses that it counts on are gone', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 4 }, { day: at(thu), doses: 2 })
    for (const code of codes.slice(0, 4)) await book(code, mon)
    await run(s.db.pool, 'update slot set capacity = 2, overbooked = 2 where id = $1', [mon])
    const proposed = await propose()
    expect(proposed).toMatchObject({ overflow: 2, doseless: 0, moved: 2 })
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 2 }, { day: at(thu), doses: 0 })
    expect(await outcome(approve(proposed.id!))).toBe('stale-proposal')
  })

  it('moves nobody to doses of which there are too few, also when as many leave them', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 4 })
    for (const code of codes.slice(0, 4)) await book(code, mon)
    const free = (doses: number) =>
      transaction(s.db.pool, async (tx) => {
        await deliver(s.db.pool, s.clock, { day: at(mon), doses })
        await run(
          tx,
          `create temporary table moving on commit drop as
           select min(id) as appointment_id, $1::bigint as to_slot_id from appointment`,
          [tue],
        )
        return placesAreFree(tx)
      })
    expect(await free(4)).toBe(true)
    expect(await free(3)).toBe(false)
  })
})

describe('left-over doses', () => {
  const round = (places: number) =>
    openRound(
      { pool: s.db.pool, clock: s.clock, jobs: s.jobs, quiet: false },
      {
        clinic: 'SE2321000180-PROV',
        purpose: 'covid-19/dose-1',
        places,
        at: new Date('2021-03-08T15:00:00+01:00'),
        minutes: 20,
        burst: 3,
      },
      'anna',
    )
  const yes = (rank: number) =>
    row<{ id: number }>(s.db.pool, 'select id from offer where rank = $1', [rank]).then((offer) =>
      answerOffer(
        { pool: s.db.pool, clock: s.clock, jobs: s.jobs, quiet: false },
        offer!.id,
        'yes',
        'person',
      ),
    )
  async function listed(): Promise<string[]> {
    const codes = await invited()
    await run(s.db.pool, `update person set phone = '+46701740605'`)
    await run(
      s.db.pool,
      `insert into reserve_list (person_id, purpose, area, said_by, since)
       select id, 'covid-19/dose-1', 'falun', 'clinic', $1 from person where id <= 5`,
      [s.clock.now()],
    )
    return codes
  }

  it('are doses also when we did not know of them', async () => {
    await listed()
    await deliver(s.db.pool, s.clock, { day: '2021-03-08', doses: 0 })
    await round(2)
    expect([await yes(1), await yes(2), await yes(3)]).toEqual(['taken', 'taken', 'thanked'])
    expect(await rows(s.db.pool, 'select kind, doses from dose_event')).toEqual([
      { kind: 'found', doses: 2 },
    ])
  })

  it('that somebody else was given end the round, and who was asked is thanked', async () => {
    const codes = await listed()
    await deliver(s.db.pool, s.clock, { day: '2021-03-08', doses: 2 })
    await round(2)
    await book(codes[10]!, mon)
    expect([await yes(1), await yes(2), await yes(3)]).toEqual(['taken', 'thanked', 'thanked'])
    expect(await row(s.db.pool, 'select closed_why from reserve_round')).toEqual({
      closed_why: 'no-doses',
    })
  })
})

describe('as days go by', () => {
  it('what was left is kept, and spans begin with today', async () => {
    const codes = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 3 })
    await book(codes[0]!, mon)
    s.clock.moveTo(new Date(`${at(tue)}T06:00:00+01:00`))
    await recountForToday(s.db.pool, s.clock.now())
    expect(await rows(s.db.pool, 'select doses, taken from dose_span')).toEqual([
      { doses: 2, taken: 0 },
    ])
  })

  it('a planned delivery that is not confirmed in time is told of, and is no dose', async () => {
    const [code] = await invited()
    await deliver(s.db.pool, s.clock, { day: at(mon), doses: 9, state: 'planned' })
    expect(await overdueDeliveries(s.db.pool, s.clock.now())).toEqual([])
    expect(await outcome(book(code!, tue))).toBe('no-doses')
    s.clock.moveTo(new Date('2021-03-09T06:00:00+01:00'))
    expect(await overdueDeliveries(s.db.pool, s.clock.now())).toMatchObject([
      { hsaId: 'SE2321000180-PROV', day: at(mon), confirmedBy: '2021-03-08', vials: 9 },
    ])
  })
})
