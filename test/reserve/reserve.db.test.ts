import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { answerByCode, answerOffer } from '../../src/reserve/answer-offer.ts'
import { joinReserveList, leaveReserveList, reserveOrder } from '../../src/reserve/list.ts'
import {
  advanceRound,
  endRound,
  openRound,
  passOver,
  type RoundDeps,
} from '../../src/reserve/round.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { databaseWithJobs } from '../support/database.ts'
import { invite } from '../support/invited.ts'

const purpose = 'covid-19/dose-1'
const at = new Date('2021-03-11T16:30:00+01:00')
let db: Awaited<ReturnType<typeof databaseWithJobs>>
let clock: MovableClock
let deps: RoundDeps
beforeEach(async () => {
  db = await databaseWithJobs()
  clock = new MovableClock(new Date('2021-03-11T15:00:00+01:00'))
  deps = { pool: db.pool, clock, jobs: db.jobs, quiet: false }
})
afterEach(() => db.drop())

/** `people` on the list; the one invited last has the lowest priority number, so ids and ranks go opposite ways. */
async function onList(people: number): Promise<void> {
  await invite(db.pool, people, [1])
  await run(db.pool, `update person set phone = '+46701740' || (605 + id % 95)::text`)
  await run(db.pool, 'update invitation set priority = 1000 - person_id')
  await run(
    db.pool,
    `insert into reserve_list (person_id, purpose, area, said_by, since) select id, $1, 'falun', 'clinic', $2 from person`,
    [purpose, clock.now()],
  )
}
const open = (places: number, burst?: number, minutes = 20) =>
  openRound(deps, { clinic: 'SE2321000180-1', purpose, places, at, minutes, burst }, 'anna')
const offers = () =>
  rows<{
    id: number
    rank: number
    person: number
    state: string
    place: number | null
    why: string | null
  }>(
    db.pool,
    'select id, rank, person_id as person, state, place, passed_over_why as why from offer order by rank',
  )
const states = async () =>
  Object.fromEntries(
    (
      await rows<{ state: string; n: number }>(
        db.pool,
        'select state, count(*)::int as n from offer group by 1',
      )
    ).map((s) => [s.state, s.n]),
  )
const asked = async () =>
  (await offers()).filter((offer) => offer.state === 'offered').map((offer) => offer.rank)
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )
const answer = async (rank: number, said: 'yes' | 'no') =>
  answerOffer(deps, (await offers())[rank - 1]!.id, said, 'person')

describe('200 offers racing for 20 places', () => {
  it('20 are taken in order, 180 thanked, each told once', async () => {
    await onList(200)
    await open(20, 200)
    const all = await offers()
    expect(all.map((offer) => [offer.rank, offer.person])).toEqual(
      Array.from({ length: 200 }, (_, i) => [i + 1, 200 - i]),
    )
    const said = await Promise.all(
      [...all]
        .reverse()
        .map(async ({ id }) => ({ id, outcome: await answerOffer(deps, id, 'yes', 'person') })),
    )
    expect(said.filter((s) => s.outcome === 'taken')).toHaveLength(20)
    expect(said.filter((s) => s.outcome === 'thanked')).toHaveLength(180)
    expect(await states()).toEqual({ accepted: 20, thanked: 180 })
    const taken = await rows<{ place: number; person: number }>(
      db.pool,
      `select o.place, a.person_id as person from offer o join appointment a on a.id = o.appointment_id where o.state = 'accepted' and a.person_id = o.person_id order by o.answered_at, o.place`,
    )
    expect(taken.map((t) => t.place)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    expect(
      await row(db.pool, 'select capacity, booked from slot where starts_at = $1', [at]),
    ).toEqual({ capacity: 20, booked: 20 })
    expect(
      await rows(
        db.pool,
        `select split_part(step, ':', 1) as kind, count(*)::int as n, count(distinct person_id)::int as people from message group by 1 order by 1`,
      ),
    ).toEqual([
      { kind: 'reserve-confirmed', n: 20, people: 20 },
      { kind: 'reserve-offer', n: 200, people: 200 },
      { kind: 'reserve-thanks', n: 180, people: 180 },
    ])
    expect(await row(db.pool, 'select closed_why as why from reserve_round')).toEqual({
      why: 'filled',
    })
    expect(
      await row(db.pool, `select count(*)::int as n from reserve_list where left_at is null`),
    ).toEqual({ n: 180 })
    // The same answers once more change nothing.
    const again = await Promise.all(
      said.map(
        async ({ id, outcome }) => (await answerOffer(deps, id, 'yes', 'person')) === outcome,
      ),
    )
    expect(again).not.toContain(false)
    expect(await row(db.pool, 'select count(*)::int as n from appointment')).toEqual({ n: 20 })
  }, 60_000)

  it('with no more offers than places the first 20 by priority who say yes get them, whoever is quickest', async () => {
    await onList(60)
    await open(20)
    for (;;) {
      const now = (await offers()).filter((offer) => offer.state === 'offered')
      if (!now.length) break
      await Promise.all(
        now
          .reverse()
          .map(({ id, rank }) => answerOffer(deps, id, rank % 3 === 0 ? 'no' : 'yes', 'person')),
      )
    }
    const accepted = (await offers())
      .filter((offer) => offer.state === 'accepted')
      .map((offer) => offer.rank)
    expect(accepted).toEqual(
      Array.from({ length: 60 }, (_, i) => i + 1)
        .filter((rank) => rank % 3 !== 0)
        .slice(0, 20),
    )
    expect((await states())['thanked']).toBeUndefined()
  }, 60_000)
})

describe('a round', () => {
  it("asks one after the other: a no, or no answer in time, and it is the next one's turn", async () => {
    await onList(5)
    await open(1, 1)
    expect(await asked()).toEqual([1])
    expect(await answer(1, 'no')).toBe('declined')
    expect(await asked()).toEqual([2])
    clock.moveTo(new Date(clock.now().getTime() + 20 * 60_000))
    expect(await answer(2, 'yes')).toBe('too-late')
    await Promise.all([advanceRound(deps, 1), advanceRound(deps, 1)])
    expect(await asked()).toEqual([3])
    expect(await answer(3, 'yes')).toBe('taken')
    expect(await states()).toEqual({ declined: 1, expired: 1, accepted: 1, 'not-needed': 2 })
  })

  it("passes over who can't be asked any more, with the reason, and asks nobody else out of order", async () => {
    await onList(7)
    await run(db.pool, `update person set deceased_on = '2021-03-10' where id = 7`)
    await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 6`)
    await run(db.pool, `update person set phone = null where id = 5`)
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (4, $1, 1, 'person', now())`,
      [purpose],
    )
    await open(1, 1)
    expect(
      (await offers()).filter((o) => o.state === 'passed-over').map((o) => [o.rank, o.why]),
    ).toEqual([
      [1, 'deceased'],
      [2, 'protected'],
      [3, 'no-mobile'],
      [4, 'already-booked'],
    ])
    expect(await asked()).toEqual([5])
    await leaveReserveList(deps, 2, purpose, 'asked-to')
    await passOver(deps, 1, 7, 'is at the clinic already')
    expect(await answer(5, 'no')).toBe('declined')
    expect((await offers()).slice(5).map((o) => o.why)).toEqual([
      'left-the-list',
      'is at the clinic already',
    ])
    expect(await row(db.pool, 'select closed_why as why from reserve_round')).toEqual({
      why: 'list-empty',
    })
  })

  it('the database refuses two for one place, a place too many, an offer out of order, and passing over without a reason', async () => {
    await onList(4)
    await open(2, 1)
    await expect(
      run(
        db.pool,
        `update offer set state = 'offered', code = '9999', offered_at = now(), expires_at = now() where rank = 3`,
      ),
    ).rejects.toThrow('out of order')
    await expect(
      run(db.pool, `update offer set state = 'passed-over' where rank = 2`),
    ).rejects.toThrow('offer_passed_over_says_why')
    await answer(1, 'yes')
    const take = (place: number) =>
      run(
        db.pool,
        `with a as (insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (3, 'x', 1, 'person', now()) returning id)
                    update offer set state = 'accepted', place = $1, appointment_id = a.id, answered_at = now(), answered_by = 'person' from a where rank = 2`,
        [place],
      )
    await expect(take(1)).rejects.toThrow('offer_one_a_place')
    await expect(take(3)).rejects.toThrow('offer_place_exists')
  })

  it('nobody else can book what is being offered; a yes after another booking changes nothing', async () => {
    await onList(2)
    await open(1, 2)
    expect(
      await row(db.pool, 'select capacity, booked from slot where starts_at = $1', [at]),
    ).toEqual({ capacity: 0, booked: 0 })
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (2, $1, 1, 'person', now())`,
      [purpose],
    )
    expect(await answer(1, 'yes')).toBe('already-booked')
    expect(await answer(2, 'yes')).toBe('taken')
  })

  it('is refused in quiet hours, twice at a clinic, for nobody, and for a time that is past', async () => {
    await onList(2)
    expect(
      await codeOf(
        openRound(
          { ...deps, quiet: true },
          { clinic: 'SE2321000180-1', purpose, places: 1, at, minutes: 20 },
          'anna',
        ),
      ),
    ).toBe('quiet-hours')
    expect(
      await codeOf(
        openRound(
          deps,
          { clinic: 'SE2321000180-1', purpose: 'other', places: 1, at, minutes: 20 },
          'anna',
        ),
      ),
    ).toBe('empty-reserve-list')
    expect(
      await codeOf(
        openRound(
          deps,
          { clinic: 'SE2321000180-1', purpose, places: 1, at: clock.now(), minutes: 20 },
          'anna',
        ),
      ),
    ).toBe('bad-time')
    expect(await codeOf(open(0))).toBe('bad-number')
    expect(await row(db.pool, 'select count(*)::int as n from reserve_round')).toEqual({ n: 0 })
    await open(1)
    expect(await codeOf(open(1))).toBe('round-exists')
  })

  it('waits through quiet hours, and ends when the time to come is there', async () => {
    await onList(3)
    await open(1, 1)
    clock.moveTo(new Date(clock.now().getTime() + 20 * 60_000))
    await advanceRound({ ...deps, quiet: true }, 1)
    expect(await asked()).toEqual([])
    await advanceRound(deps, 1)
    expect(await asked()).toEqual([2])
    clock.moveTo(at)
    await advanceRound(deps, 1)
    expect(await row(db.pool, 'select closed_why as why from reserve_round')).toEqual({
      why: 'too-late',
    })
  })

  it('can be ended: who has an offer open is thanked', async () => {
    await onList(3)
    await open(2, 2)
    await endRound(deps, 1, 'the doses were spoilt')
    expect(await states()).toEqual({ thanked: 2, 'not-needed': 1 })
    expect(await codeOf(endRound(deps, 1, 'again'))).toBe('round-finished')
  })

  it('takes the answer of somebody who calls and says the code, and notes who entered it', async () => {
    await onList(1)
    await open(1)
    const { code } = (await row<{ code: string }>(db.pool, 'select code from offer'))!
    expect(await answerByCode(deps, code, 'yes', 'anna')).toBe('taken')
    expect(
      await row(
        db.pool,
        'select o.answered_by as by, a.made_by as made from offer o join appointment a on a.id = o.appointment_id',
      ),
    ).toEqual({ by: 'anna', made: 'clinic' })
    expect(await codeOf(answerByCode(deps, code, 'yes', 'anna'))).toBe('unknown-code')
  })
})

describe('being on the list', () => {
  it('is for those who would be asked: nobody dead, gone, opted out or vaccinated; a linked record counts', async () => {
    await invite(db.pool, 6, [1])
    await run(db.pool, `update person set phone = '+46701740605'`)
    await run(db.pool, `update person set deceased_on = '2021-03-10' where id = 1`)
    await run(db.pool, `update person set gone_since = '2021-03-10' where id = 2`)
    await run(db.pool, `update person set opted_out = true where id = 3`)
    await run(db.pool, `update person set same_as = 4 where id = 5`)
    await run(
      db.pool,
      `insert into dose (person_id, purpose, given_on) values (5, $1, '2021-03-01')`,
      [purpose],
    )
    const join = (personId: number) =>
      codeOf(joinReserveList(deps, { personId, purpose, saidBy: 'person' }))
    expect([
      await join(1),
      await join(2),
      await join(3),
      await join(4),
      await join(5),
      await join(99),
    ]).toEqual([
      'deceased',
      'gone-from-register',
      'opted-out',
      'already-vaccinated',
      'already-vaccinated',
      'not-invited',
    ])
    expect(await join(6)).toBe('done')
  })

  it('needs an invitation, a mobile, no time and no protection; again it only moves to another area', async () => {
    await invite(db.pool, 5, [5])
    await run(db.pool, `update person set phone = '+46701740605' where id <> 2`)
    await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 3`)
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values (4, $1, 1, 'person', now())`,
      [purpose],
    )
    const join = (personId: number, more: object = {}) =>
      joinReserveList(deps, { personId, purpose, saidBy: 'clinic', ...more })
    expect(await join(1)).toEqual(await join(1))
    expect([
      await codeOf(join(2)),
      await codeOf(join(3)),
      await codeOf(join(4)),
      await codeOf(join(5, { purpose: 'other' })),
      await codeOf(join(5, { area: 'nowhere' })),
    ]).toEqual(['no-mobile', 'protected', 'already-booked', 'not-invited', 'unknown-area'])
    expect(await reserveOrder(db.pool, purpose, 'falun', 10)).toEqual([{ rank: 1, personId: 1 }])
    await leaveReserveList(deps, 1, purpose, 'asked-to')
    expect(await codeOf(leaveReserveList(deps, 1, purpose, 'asked-to'))).toBe('not-on-reserve-list')
  })
})
