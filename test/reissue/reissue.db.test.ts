import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { cancelByCode } from '../../src/bookings/cancel.ts'
import { approveReissue, proposeReissue, type ReissueRequest } from '../../src/reissue/reissue.ts'
import { campaignStatus } from '../../src/reports/status.ts'
import type { StatedSlot } from '../../src/clinics/read-slots.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { keptMessages } from '../support/kept.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

const letters = [
  {
    route: 'post',
    needs: ['address'],
    steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
  },
]
const hsaId = 'SE2321000180-PROV'

let s: Sending
beforeEach(async () => {
  s = await sending({ people: 12, places: 2 })
})
afterEach(() => s.close())

const propose = (over: Partial<ReissueRequest> = {}) =>
  proposeReissue(
    { pool: s.db.pool, clock: s.clock },
    {
      hsaId,
      from: '2021-03-15',
      to: '2021-03-19',
      slots: null,
      chains: false,
      withinDays: 28,
      by: 'anna',
      dryRun: false,
      ...over,
    },
  )
const approve = (id: number, by = 'bertil') =>
  approveReissue({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id, by)
const cut = (to: number) =>
  run(s.db.pool, `update slot set capacity = $1, overbooked = greatest(0, booked - $1)`, [to])
const states = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select k.name || ' ' || i.state as k, count(*)::int as n from invitation i join campaign k on k.id = i.campaign_id group by 1 order by 1`,
      )
    ).map((r) => [r.k, r.n]),
  )
const booked = async () =>
  Object.fromEntries(
    (
      await rows<{ p: number; slot: number; by: string }>(
        s.db.pool,
        `select person_id as p, slot_id as slot, made_by as by from appointment where state = 'booked' order by person_id`,
      )
    ).map((a) => [a.p, a.slot]),
  )
const handedOver = () =>
  readdirSync(join(s.folder, 'print'))
    .filter((f) => f.endsWith('.ndjson'))
    .sort()
    .map((f) =>
      readFileSync(join(s.folder, 'print', f), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l) as { person?: string; firstPage?: number })
        .filter((l) => l.firstPage !== undefined)
        .map((l) => l.person),
    )

/** Ten people assigned to the ten places of the week, two a day, and told by letter. */
async function timed(told = true): Promise<number> {
  const id = await s.started(openSpec({ name: 'fixed', way: 'timed', channels: letters }))
  expect(await assignTimes({ pool: s.db.pool, clock: s.clock }, id)).toBe(10)
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  if (told) expect(await printLetters(s.printDeps(), id)).toBe(10)
  return id
}
const another = (free: number) =>
  run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-22 09:00+01', $1)`,
    [free],
  )

describe('a reissue of a halved week', () => {
  it('moves half, tells each once that the letter is replaced, and leaves the others as they were', async () => {
    await timed()
    const before = await booked()
    await cut(1)
    await another(3)
    const proposed = await propose()
    expect(proposed).toMatchObject({ overflow: 5, kept: 5, moved: 3, queued: 2, byHand: 0 })
    expect(proposed.lines).toHaveLength(5)
    expect(await booked()).toEqual(before) // nothing is done yet

    const done = await approve(proposed.id!)
    expect(done).toMatchObject({
      moved: 3,
      queued: 2,
      beforeTold: 0,
      campaigns: ['fixed-reissue-1'],
    })
    const { id } = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'fixed-reissue-1'`,
    ))!
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
    expect(await states()).toEqual({
      'fixed released': 5,
      'fixed superseded': 5,
      'fixed waiting': 2,
      'fixed-reissue-1 released': 3,
      'fixed-reissue-1 waiting': 2,
    })
    expect(await rows(s.db.pool, 'select booked, overbooked from slot order by starts_at')).toEqual(
      [
        ...Array.from({ length: 5 }, () => ({ booked: 1, overbooked: 0 })),
        { booked: 3, overbooked: 0 },
      ],
    )
    expect(await printLetters(s.printDeps(), id)).toBe(5)
    const texts = await keptMessages(s.db.pool, 'm.campaign_id = $1 order by m.template', [id])
    expect(texts.map((t) => t.template)).toEqual([
      'moved-queue',
      'moved-queue',
      'moved-time',
      'moved-time',
      'moved-time',
    ])
    for (const { text } of texts) {
      expect(text).toContain('8 mars 2021') // the letter it replaces
      expect(text).toMatch(
        /Du har haft en tid hos oss: \p{L}+ \d+ mars 2021 kl. [\d.]+, Provkliniken\./u,
      )
    }
    expect(await campaignStatus(s.db.pool, 'fixed-reissue-1')).toMatchObject({
      state: 'running',
      cohortSize: 5,
      approvals: ['anna', 'bertil'],
    })
  })

  it('gives those in the queue their time when there is one, with a letter of its own', async () => {
    await timed()
    await cut(1)
    const { id } = await propose()
    await approve(id!)
    const campaign = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'fixed-reissue-1'`,
    ))!.id
    expect(await printLetters(s.printDeps(), campaign)).toBe(5)
    await another(5)
    expect(await assignTimes({ pool: s.db.pool, clock: s.clock }, campaign)).toBe(5)
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
    expect(await printLetters(s.printDeps(), campaign)).toBe(5)
    const each = await rows<{ t: string[] }>(
      s.db.pool,
      'select array_agg(template order by m.sent_at, m.generation, m.step desc) as t from message m where person_id in (select person_id from invitation where campaign_id = $1) group by person_id',
      [campaign],
    )
    expect(each.map((e) => e.t)).toEqual(
      Array.from({ length: 5 }, () => ['invitation-timed', 'moved-queue', 'moved-time']),
    )
  })

  it('says nothing of the queue to one who has got a time before the message left', async () => {
    await timed()
    await cut(1)
    await approve((await propose()).id!)
    const campaign = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'fixed-reissue-1'`,
    ))!.id
    await another(5)
    await assignTimes({ pool: s.db.pool, clock: s.clock }, campaign)
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
    expect(await printLetters(s.printDeps(), campaign)).toBe(5)
    expect(
      await rows(
        s.db.pool,
        'select template, state, count(*)::int as n from message where campaign_id = $1 group by 1, 2 order by 1',
        [campaign],
      ),
    ).toEqual([
      { template: 'moved-queue', state: 'suppressed', n: 5 },
      { template: 'moved-time', state: 'sent', n: 5 },
    ])
  })
})

describe('a second reissue', () => {
  it('moves people of the first campaign and of the first reissue, each replaced by a campaign of its own, and spares those moved before', async () => {
    await timed()
    await cut(1)
    await another(5)
    await approve((await propose()).id!)
    const first = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'fixed-reissue-1'`,
    ))!.id
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, first)
    await printLetters(s.printDeps(), first)
    await run(s.db.pool, 'update slot set capacity = 0, overbooked = booked')
    await run(
      s.db.pool,
      `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-23 09:00+01', 10)`,
    )
    const done = await approve((await propose({ to: '2021-03-22' })).id!)
    expect(done).toMatchObject({
      moved: 10,
      queued: 0,
      beforeTold: 0,
      campaigns: ['fixed-reissue-2', 'fixed-reissue-2-2'],
    })
    expect(
      await rows(
        s.db.pool,
        `select generation, count(*)::int as n from invitation where state = 'planned' group by 1 order by 1`,
      ),
    ).toEqual([
      { generation: 2, n: 5 },
      { generation: 3, n: 5 },
    ])
  })
})

describe('letters that have not left', () => {
  it('say the new time instead of the old one: one letter each, and no new campaign', async () => {
    const campaign = await timed(false)
    await cut(1)
    await another(5)
    const { id } = await propose()
    expect(await approve(id!)).toMatchObject({ moved: 5, queued: 0, beforeTold: 5, campaigns: [] })
    expect(await printLetters(s.printDeps(), campaign)).toBe(10)
    const texts = await keptMessages(s.db.pool, `m.state = 'sent'`)
    expect(texts.filter((t) => t.text.includes('22 mars 2021'))).toHaveLength(5)
  })

  it('are taken out of a sealed batch, and the others in it leave with the bytes they had', async () => {
    const campaign = await timed(false)
    await run(
      s.db.pool,
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    )
    await run(
      s.db.pool,
      `create trigger die before update of state on batch for each row when (new.state = 'handing-over') execute function die()`,
    )
    await expect(printLetters(s.printDeps(), campaign)).rejects.toThrow('killed')
    await run(s.db.pool, 'drop trigger die on batch')
    const bytes = await rows<{ id: string; sha: string }>(
      s.db.pool,
      'select id, content_sha256 as sha from message order by id',
    )
    await cut(1)
    await another(4)
    expect(await approve((await propose()).id!)).toMatchObject({
      moved: 4,
      queued: 1,
      beforeTold: 4,
      campaigns: ['fixed-reissue-1'],
    })
    expect(await printLetters(s.printDeps(), campaign)).toBe(9)
    expect(handedOver().flat()).toHaveLength(9)
    const after = new Map(
      (
        await rows<{ id: string; sha: string }>(
          s.db.pool,
          `select id, content_sha256 as sha from message where state = 'sent'`,
        )
      ).map((m) => [m.id, m.sha]),
    )
    expect(bytes.filter((b) => after.get(b.id) === b.sha)).toHaveLength(5)
    // One lost the time before the letter left: it is recalled, no word of a queue is sent, and the first letter will
    // come with the time.
    expect(await rows(s.db.pool, `select reason from message where state = 'recalled'`)).toEqual([
      { reason: 'superseded' },
    ])
    expect(
      await rows(s.db.pool, `select route, state from invitation where campaign_id <> $1`, [
        campaign,
      ]),
    ).toEqual([{ route: 'post-first', state: 'waiting' }])
    expect(
      await rows(s.db.pool, `select from message where campaign_id <> $1`, [campaign]),
    ).toEqual([])
  })
})

describe('who keeps the time', () => {
  it('is whoever booked it before whoever was assigned', async () => {
    const open = await s.started(
      openSpec({
        channels: [
          {
            route: 'post',
            needs: ['address'],
            steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
          },
        ],
      }),
    )
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, open)
    await printLetters(s.printDeps(), open)
    const last = await row<{ code: string; person: number }>(
      s.db.pool,
      `select code, person_id as person from invitation where state = 'released' order by priority desc limit 1`,
    )
    await bookByCode(s.db.pool, s.clock, last!.code, 1, 'person')
    const reissue = await s.started(
      openSpec({
        name: 'fixed',
        way: 'timed',
        channels: letters,
        reissueOf: { campaign: 'open-campaign', who: 'not-booked' },
      }),
    )
    await assignTimes({ pool: s.db.pool, clock: s.clock }, reissue)
    await cut(1)
    const { id } = await propose()
    await approve(id!)
    expect((await booked())[last!.person]).toBe(1)
    expect(await row(s.db.pool, 'select booked from slot where id = 1')).toEqual({ booked: 1 })
  })

  it('is whoever no message of ours can move: they are listed for the clinic, with the reason', async () => {
    await timed()
    await cut(0)
    await another(10)
    await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 1`)
    await run(s.db.pool, `update person set deceased_on = '2021-03-08' where id = 2`)
    const proposed = await propose()
    expect(proposed).toMatchObject({ overflow: 10, moved: 8, byHand: 2 })
    expect(
      proposed.lines.filter((l) => l.outcome === 'by-hand').map((l) => [l.person, l.reason]),
    ).toEqual([
      ['p1', 'protected'],
      ['p2', 'deceased'],
    ])
    const before = await booked()
    await approve(proposed.id!)
    const after = await booked()
    expect([after[1], after[2]]).toEqual([before[1], before[2]])
    expect(await row(s.db.pool, 'select sum(overbooked)::int as n from slot')).toEqual({ n: 2 })
  })
})

describe('the code of a letter that has been replaced', () => {
  it('cancels the time that came instead, whether that has been told or not', async () => {
    await timed()
    await cut(1)
    await another(5)
    await approve((await propose()).id!)
    const campaign = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'fixed-reissue-1'`,
    ))!.id
    const old = await rows<{ code: string; person: number }>(
      s.db.pool,
      `select code, person_id as person from invitation where state = 'superseded' order by person_id limit 2`,
    )
    await cancelByCode(s.db.pool, s.clock, old[0]!.code)
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
    await cancelByCode(s.db.pool, s.clock, old[1]!.code)
    expect(
      await rows(
        s.db.pool,
        'select state, reason, appointment_id from invitation where campaign_id = $1 and person_id = any($2) order by person_id',
        [campaign, old.map((o) => o.person)],
      ),
    ).toEqual([
      { state: 'waiting', reason: 'no-free-time', appointment_id: null },
      { state: 'released', reason: null, appointment_id: null },
    ])
    expect(await row(s.db.pool, `select booked from slot where starts_at > '2021-03-20'`)).toEqual({
      booked: 3,
    })
  })
})

describe('a proposal', () => {
  it('is done once, by another person than the one who made it', async () => {
    await timed()
    await cut(1)
    const { id } = await propose()
    await expect(approve(id!, 'anna')).rejects.toMatchObject({ code: 'same-person' })
    await approve(id!)
    await expect(approve(id!, 'carin')).rejects.toMatchObject({ code: 'already-approved' })
    await expect(approve(99)).rejects.toMatchObject({ code: 'unknown-proposal' })
    expect(await propose()).toMatchObject({ id: null, overflow: 0 })
    await expect(
      run(s.db.pool, `update reissue_proposal set approved_by = proposed_by, approved_at = now()`),
    ).rejects.toThrow('reissue_needs_two_people')
  })

  it.each<[string, () => Promise<unknown>]>([
    [
      'somebody cancels',
      async () =>
        cancelByCode(
          s.db.pool,
          s.clock,
          (await row<{ code: string }>(
            s.db.pool,
            `select code from invitation where appointment_id is not null limit 1`,
          ))!.code,
        ),
    ],
    ['the clinic takes more away', () => cut(0)],
    [
      'the clinic gives some back',
      () => run(s.db.pool, 'update slot set capacity = 2, overbooked = 0 where id = 3'),
    ],
    [
      'the new place is taken',
      () => run(s.db.pool, `update slot set capacity = 0 where starts_at > '2021-03-20'`),
    ],
    [
      'one who moves becomes protected',
      () =>
        run(
          s.db.pool,
          `update person set protection = 'sekretessmarkering' where id in (select person_id from appointment a join reissue_move m on m.appointment_id = a.id)`,
        ),
    ],
  ])('is refused, and nothing is done, when %s meanwhile', async (_what, change) => {
    await timed()
    await cut(1)
    await another(5)
    const { id } = await propose()
    await change()
    const before = [await booked(), await states()]
    await expect(approve(id!)).rejects.toMatchObject({ code: 'stale-proposal' })
    expect([await booked(), await states()]).toEqual(before)
    expect(await row(s.db.pool, 'select approved_by from reissue_proposal')).toEqual({
      approved_by: null,
    })
  })

  it('is good until the letter would come too late', async () => {
    await timed()
    await cut(1)
    await another(5)
    const { id } = await propose({ from: '2021-03-19' })
    s.clock.moveTo(new Date('2021-03-16T23:59:00+01:00')) // in the letterbox on Friday the 19th
    await expect(approve(id!)).resolves.toMatchObject({ moved: 1 })
  })

  it('is refused when the letter would come too late', async () => {
    await timed()
    await cut(1)
    await another(5)
    const { id } = await propose({ from: '2021-03-19' })
    s.clock.moveTo(new Date('2021-03-17T00:01:00+01:00')) // in the letterbox on the day itself: too late
    await expect(approve(id!)).rejects.toMatchObject({ code: 'stale-proposal' })
  })

  it('from a file of slots changes the slots only when it is approved, new ones too', async () => {
    await timed()
    const stated = (day: string, capacity: number): StatedSlot => ({
      hsaId,
      startsAt: new Date(`${day}T09:00:00+01:00`),
      minutes: 5,
      capacity,
      taken: 0,
      overbooking: 0,
      bookingUrl: null,
      bookingPhone: null,
    })
    const slots = [
      ...['15', '16', '17', '18', '19'].map((d) => stated(`2021-03-${d}`, 1)),
      stated('2021-03-22', 5),
    ]
    expect(await propose({ slots, dryRun: true })).toMatchObject({ id: null, moved: 5 })
    expect(await row(s.db.pool, 'select count(*)::int as n from reissue_proposal')).toEqual({
      n: 0,
    })
    const { id } = await propose({ slots })
    expect(
      await row(s.db.pool, 'select count(*)::int as n, sum(capacity)::int as places from slot'),
    ).toEqual({ n: 5, places: 10 })
    expect(await approve(id!)).toMatchObject({ moved: 5, queued: 0 })
    expect(
      await rows(s.db.pool, 'select capacity, booked, overbooked from slot order by starts_at'),
    ).toEqual([
      ...Array.from({ length: 5 }, () => ({ capacity: 1, booked: 1, overbooked: 0 })),
      { capacity: 5, booked: 5, overbooked: 0 },
    ])
  })

  it("is refused for a clinic or days that can't be", async () => {
    await expect(propose({ hsaId: 'SE2321000180-NONE' })).rejects.toMatchObject({
      code: 'unknown-clinic',
    })
    await expect(propose({ from: '2021-03-20' })).rejects.toMatchObject({ code: 'bad-days' })
  })
})
