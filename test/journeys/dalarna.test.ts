import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { recordFailedSearch } from '../../src/bookings/cancel.ts'
import { freeTimes } from '../../src/bookings/find.ts'
import { fixedTimesSpec } from '../../src/reissue/campaign-spec.ts'
import { campaignNamed } from '../../src/campaigns/store.ts'
import type { StatedSlot } from '../../src/clinics/read-slots.ts'
import { upsertSlots } from '../../src/clinics/store.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { keptMessages } from '../support/kept.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// March 2021: a letter tells everybody that they can book; then fewer doses come than were promised. Whoever got a time
// keeps it, all others are given one, and each is told once, by what replaces the earlier letter.
let s: Sending
beforeAll(async () => {
  s = await sending({ people: 24, places: 5 })
})
afterAll(() => s.close())

const deps = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })
const slot = (day: number, capacity: number): StatedSlot => ({
  hsaId: 'SE2321000180-PROV',
  startsAt: new Date(`2021-03-${day}T09:00:00+01:00`),
  minutes: 5,
  capacity,
  taken: 0,
  overbooking: 0,
  bookingUrl: null,
  bookingPhone: null,
})
const clinicSays = (...slots: StatedSlot[]) =>
  transaction(s.db.pool, (tx) => upsertSlots(tx, slots))

async function sendAll(campaign: number): Promise<void> {
  await printLetters(s.printDeps(), campaign)
  while ((await s.send('email')) > 0);
  while ((await s.send('sms')) > 0);
}

/** One who has got the letter looks for a time with the code. @returns the slot, or null when there was none */
async function looks(code: string): Promise<number | null> {
  const [time] = await freeTimes(s.db.pool, { area: 'falun', from: s.clock.now(), limit: 1 })
  if (!time) {
    await recordFailedSearch(s.db.pool, s.clock, code)
    return null
  }
  await bookByCode(s.db.pool, s.clock, code, time.slotId, 'person')
  return time.slotId
}

/**
 * What each person has got, in the order the world got it: letters from the print folder, mail and SMS from the
 * servers.
 */
async function mailboxes(): Promise<Map<number, string[]>> {
  const folder = join(s.folder, 'print')
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((l) => JSON.parse(l) as { id?: string; firstPage?: number }),
    )
  const taken = [
    ...lines.filter((l) => l.firstPage !== undefined).map((l) => l.id!),
    ...s.mails().map((m) => m.reference),
    ...s.texts().map((m) => m.reference),
  ]
  const all = await rows<{ id: string; person: number; what: string }>(
    s.db.pool,
    `select id, person_id as person, channel || ' ' || template as what from message where id = any($1::uuid[]) order by sent_at, generation, id`,
    [taken],
  )
  expect(all).toHaveLength(taken.length) // nothing was taken twice, nothing that we don't know of
  return new Map(
    [...Map.groupBy(all, (m) => m.person)].map(([person, got]) => [person, got.map((m) => m.what)]),
  )
}

describe('Dalarna', () => {
  let open: number
  let reissue: number
  let codes: { code: string; person: number }[]
  const bookedThemselves = new Map<number, number>()

  it('tells everybody that they can book, since the places are there', async () => {
    open = await s.started(openSpec())
    expect(await releaseWave(deps(), open)).toBe(24)
    await sendAll(open)
    codes = await rows(
      s.db.pool,
      `select code, person_id as person from invitation where campaign_id = $1 order by priority`,
      [open],
    )
    expect([...(await mailboxes()).values()].flat().sort()).toEqual([
      ...Array<string>(8).fill('email invitation-open'),
      ...Array<string>(16).fill('letter invitation-open'),
    ])
  })

  it('has too few places when the delivery is cut: ten find a time, six search in vain, eight wait', async () => {
    s.clock.moveTo(new Date('2021-03-10T09:00:00+01:00'))
    await clinicSays(...[15, 16, 17, 18, 19].map((day) => slot(day, 2)))
    for (const { code, person } of codes.slice(0, 16)) {
      const got = await looks(code)
      if (got !== null) bookedThemselves.set(person, got)
    }
    expect(bookedThemselves.size).toBe(10)
    expect(await row(s.db.pool, 'select count(*)::int as n from failed_search')).toEqual({ n: 6 })
  })

  it('gives fixed times to all but those who have booked, as far as there are places', async () => {
    s.clock.moveTo(new Date('2021-03-10T17:00:00+01:00'))
    await run(s.db.pool, `update person set deceased_on = '2021-03-10' where id = $1`, [
      codes[23]!.person,
    ])
    await clinicSays(slot(22, 6), slot(23, 6))
    const spec = fixedTimesSpec(
      (await campaignNamed(s.db.pool, 'open-campaign')).spec,
      'not-booked',
      {},
    )
    expect(spec).toMatchObject({
      name: 'open-campaign-fixed-times',
      way: 'timed',
      reissueOf: { campaign: 'open-campaign', who: 'not-booked' },
    })
    expect(
      spec.channels.flatMap((line) => line.steps.map((step) => `${step.channel} ${step.template}`)),
    ).toEqual(['email reissue-timed', 'letter reissue-timed'])
    reissue = await s.started(spec)
    expect(await assignTimes(deps(), reissue)).toBe(12)
    expect(await releaseWave(deps(), reissue)).toBe(12)
    // Another dies before the letter is printed: it does not leave, and the time goes to the one who was left without.
    const late = await row<{ person: number }>(
      s.db.pool,
      `select person_id as person from message where campaign_id = $1 and channel = 'letter' and state = 'queued' limit 1`,
      [reissue],
    )
    await run(s.db.pool, `update person set deceased_on = '2021-03-10' where id = $1`, [
      late!.person,
    ])
    await sendAll(reissue)
    expect(await withdrawUndelivered(s.db.pool, s.clock.now())).toBe(1)
    s.clock.moveTo(new Date('2021-03-11T09:00:00+01:00'))
    expect(await assignTimes(deps(), reissue)).toBe(1)
    expect(await releaseWave(deps(), reissue)).toBe(1)
    await sendAll(reissue)
  })

  it('leaves each person with one time or one stated reason', async () => {
    const ends = await rows<{ person: number; times: number; reason: string | null }>(
      s.db.pool,
      `select p.id as person, (select count(*)::int from appointment a where a.person_id = p.id and a.state = 'booked') as times,
              (select i.reason from invitation i where i.campaign_id = $1 and i.person_id = p.id) as reason from person p order by p.id`,
      [reissue],
    )
    expect(ends).toHaveLength(24)
    for (const { person, times, reason } of ends) {
      if (bookedThemselves.has(person)) expect([times, reason]).toEqual([1, 'already-booked'])
      else if (reason === null) expect(times).toBe(1)
      else expect([times, reason]).toEqual([0, 'deceased'])
    }
    expect(ends.filter((e) => e.reason === 'deceased')).toHaveLength(2)
    expect(
      await row(
        s.db.pool,
        'select sum(booked)::int as booked, sum(overbooked)::int as over from slot',
      ),
    ).toEqual({ booked: 22, over: 0 })
  })

  it('has let whoever booked keep the time', async () => {
    const now = await rows<{ person: number; slot: number }>(
      s.db.pool,
      `select person_id as person, slot_id as slot from appointment where made_by = 'person' and state = 'booked'`,
    )
    expect(new Map(now.map((a) => [a.person, a.slot]))).toEqual(bookedThemselves)
  })

  it('has put the right messages in each mailbox, in the right order, and no reminder to book', async () => {
    s.clock.moveTo(new Date('2021-03-12T09:00:00+01:00')) // the reminders of the first campaign would be due
    await sendAll(open)
    const got = await mailboxes()
    const dead = new Set(
      (
        await rows<{ id: number }>(s.db.pool, 'select id from person where deceased_on is not null')
      ).map((p) => p.id),
    )
    for (const { person } of codes) {
      const channel = person % 3 === 0 ? 'email' : 'letter'
      expect([person, got.get(person)]).toEqual([
        person,
        bookedThemselves.has(person) || dead.has(person)
          ? [`${channel} invitation-open`]
          : [`${channel} invitation-open`, `${channel} reissue-timed`],
      ])
    }
  })

  it('says in the second letter which one it replaces, and that the times did not suffice to those who searched in vain', async () => {
    const letters = await keptMessages(
      s.db.pool,
      `m.template = 'reissue-timed' and m.channel = 'letter' and m.state = 'sent'`,
    )
    expect(letters.length).toBeGreaterThan(5)
    for (const { text } of letters) {
      expect(text).toContain('ersätter vårt meddelande från 8 mars 2021')
    }
    const searched = new Set(
      (
        await rows<{ person: number }>(
          s.db.pool,
          `select i.person_id as person
             from failed_search f
             join invitation i on i.id = f.invitation_id`,
        )
      ).map(({ person }) => person),
    )
    const sorry = (letter: { text: string }) => letter.text.includes('men tiderna räckte inte')
    const told = new Set(letters.filter(sorry).map(({ personId }) => personId))
    expect(told.size).toBeGreaterThan(0)
    for (const { personId: person } of letters)
      expect([person, told.has(person)]).toEqual([person, searched.has(person)])
  })

  it('refuses the old code once its invitation is replaced, and says so', async () => {
    const replaced = await row<{ code: string }>(
      s.db.pool,
      `select code from invitation where state = 'superseded' limit 1`,
    )
    await expect(bookByCode(s.db.pool, s.clock, replaced!.code, 1, 'person')).rejects.toThrow(
      Refused,
    )
  })
})
