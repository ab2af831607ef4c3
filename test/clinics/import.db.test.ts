import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { insertAppointments } from '../../src/ledger/appointments.ts'
import { importClinics, importSlots, readAnySlots } from '../../src/clinics/import.ts'
import { readClinics } from '../../src/clinics/read-clinics.ts'
import { readSource } from '../../src/clinics/source.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const clock = new MovableClock(new Date('2021-03-08T08:00:00Z'))
const safe = { dryRun: false, force: false }
let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const text = (content: string) => ({
  name: 'given.csv',
  bytes: new TextEncoder().encode(content),
  follow: () => Promise.reject(new Error('leads nowhere')),
})
const clinics = (phone = '031-390 06 01') =>
  text(
    `hsa_id,name,municipality,area,street,postcode,town,phone\nSE2321000180-1001,A,2080,falun,Gatan 1,79131,Falun,${phone}\nSE2321000180-1002,B,2081,borlange,Gatan 2,78431,Borlänge,031-390 06 02\n`,
  )
const slots = (capacity: number) =>
  text(
    `clinic,starts_at,capacity,overbooking\nSE2321000180-1001,2031-03-17 08:00,${capacity},1\nSE2321000180-1002,2031-03-17 08:00,5,0\n`,
  )
const putClinics = (source: ReturnType<typeof text>, options = safe) =>
  importClinics(db.pool, clock, source, readClinics(source.name, source.bytes), options)
const putSlots = async (source: ReturnType<typeof text>, options = safe) =>
  importSlots(db.pool, clock, source, await readAnySlots(db.pool, clock, source), options)
const everything = async () => [
  await rows(db.pool, 'select * from clinic order by id'),
  await rows(db.pool, 'select * from slot order by id'),
  await rows(db.pool, 'select * from import order by id'),
]

describe('importing clinics and slots', () => {
  it('changes nothing in a dry run, and says what it would', async () => {
    const before = await everything()
    expect(await putClinics(clinics(), { dryRun: true, force: false })).toMatchObject({
      rows: 2,
      rejected: 0,
      new: 2,
      changed: 0,
      unchanged: 0,
    })
    expect(await everything()).toEqual(before)
  })

  it('adds, then changes nothing for the same file, then changes what changed', async () => {
    expect(await putClinics(clinics())).toMatchObject({ new: 2, changed: 0, unchanged: 0 })
    expect(await putClinics(clinics())).toMatchObject({ new: 0, changed: 0, unchanged: 2 })
    expect(await putClinics(clinics('031-390 06 09'))).toMatchObject({
      new: 0,
      changed: 1,
      unchanged: 1,
    })
    expect(
      await row(db.pool, `select phone, name from clinic where hsa_id = 'SE2321000180-1001'`),
    ).toEqual({ phone: '+46313900609', name: 'A' })
    expect(await putSlots(slots(3))).toEqual({
      rows: 2,
      rejected: 0,
      new: 2,
      changed: 0,
      unchanged: 0,
      closed: 0,
      places: 9,
      overbooked: [],
    })
    const before = await rows(db.pool, 'select * from slot order by id')
    expect(await putSlots(slots(3))).toMatchObject({ new: 0, changed: 0, unchanged: 2 })
    expect(await rows(db.pool, 'select * from slot order by id')).toEqual(before)
    expect(
      await rows(db.pool, 'select kind, rows, rejected, changeset from import order by id'),
    ).toHaveLength(5)
  })

  it('keeps the times of those who have booked when capacity falls below, and says how many are too many', async () => {
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name) select '1944' || lpad(n::text, 8, '0'), 'personnummer', 'A', 'B' from generate_series(1, 4) n`,
    )
    await insertAppointments(
      db.pool,
      clock,
      [1, 2, 3, 4].map((personId) => ({ personId, purpose: 'p', slotId: 1 })),
      'clinic',
    )
    const result = await putSlots(slots(1))
    expect(result.overbooked).toEqual([
      { hsaId: 'SE2321000180-1001', startsAt: new Date('2031-03-17T07:00:00Z'), by: 2 },
    ])
    expect(
      await row(db.pool, 'select capacity, overbooking, booked, overbooked from slot where id = 1'),
    ).toEqual({ capacity: 1, overbooking: 1, booked: 4, overbooked: 2 })
    expect(await putSlots(slots(1))).toMatchObject({ changed: 0, unchanged: 2 })
    expect((await putSlots(slots(8))).overbooked).toEqual([])
    expect(
      await row(db.pool, 'select capacity, booked, overbooked from slot where id = 1'),
    ).toEqual({ capacity: 8, booked: 4, overbooked: 0 })
  })

  it('counts places that a feed calls taken as ours as far as we have appointments there', async () => {
    const feed = await readSource('samples/slots/$bulk-publish')
    const put = async () =>
      importSlots(db.pool, clock, feed, await readAnySlots(db.pool, clock, feed), safe)
    expect(await put()).toMatchObject({ rows: 8, new: 1, changed: 2, overbooked: [] }) // 3 free + 2 of 2 taken are ours: 5 for the 4 booked
    expect(
      await row(db.pool, 'select capacity, booked, booking_url from slot where id = 1'),
    ).toEqual({ capacity: 5, booked: 4, booking_url: 'https://boka.example/slots/1' })
    expect(await put()).toMatchObject({ new: 0, changed: 0, unchanged: 3 })
  })

  it('imports nothing of a file that is mostly bad, unless forced', async () => {
    const bad = text(
      'clinic,starts_at,capacity\nSE2321000180-1001,2031-03-18 08:00,1\nSE2321000180-1001,nonsense,1\n',
    )
    const before = await everything()
    await expect(putSlots(bad)).rejects.toThrow('1 of 2 rows are bad')
    expect(await everything()).toEqual(before)
    expect(await putSlots(bad, { dryRun: false, force: true })).toMatchObject({
      rows: 2,
      rejected: 1,
      new: 1,
    })
  })

  it('takes 50 000 slots in seconds', async () => {
    const lines = Array.from(
      { length: 50_000 },
      (_, i) => `SE2321000180-1001,${new Date(Date.UTC(2022, 0, 1) + i * 300_000).toISOString()},3`,
    )
    const started = performance.now()
    expect(await putSlots(text(`clinic,starts_at,capacity\n${lines.join('\n')}\n`))).toMatchObject({
      new: 50_000,
    })
    expect(performance.now() - started).toBeLessThan(15_000)
  })

  it('refuses a new slot in the past by its line, while those that were there come back in silence', async () => {
    const line = (hour: number) => `SE2321000180-1002,2031-04-07 ${`${hour}`.padStart(2, '0')}:00,2`
    const file = (...lines: string[]) => text(`clinic,starts_at,capacity\n${lines.join('\n')}\n`)
    const week = Array.from({ length: 20 }, (_, i) => line(4 + i))
    await putSlots(file(...week.slice(1)))
    clock.moveTo(new Date('2031-04-07T12:00:00+02:00'))
    const read = await readAnySlots(db.pool, clock, file(...week))
    expect(read.rejected).toEqual([
      {
        row: 2,
        column: 'starts_at',
        code: 'time-has-passed',
        message:
          '2031-04-07 04:00 has passed, and SE2321000180-1002 had no such time before. Is the date right?',
      },
    ])
    expect(await putSlots(file(...week))).toMatchObject({ rejected: 1, new: 0, unchanged: 19 })
    await expect(putSlots(file('SE2321000180-1002,2021-04-07 08:00,2'))).rejects.toThrow(
      '1 of 1 rows are bad, so nothing was imported. The first is row 2, starts_at: 2021-04-07 08:00 has passed',
    )
    clock.moveTo(new Date('2032-01-01T12:00:00+01:00'))
    const feed = await readSource('samples/slots/$bulk-publish')
    expect((await readAnySlots(db.pool, clock, feed)).rejected).toEqual([])
    const follow = async (link: string) => {
      const file = await feed.follow(link)
      return text(new TextDecoder().decode(file.bytes).replaceAll('2031-03-17', '2031-03-19'))
    }
    const { rejected } = await readAnySlots(db.pool, clock, { ...feed, follow })
    expect(rejected.map(({ row, code }) => `${row} ${code}`)).toEqual([
      '1 time-has-passed',
      '3 time-has-passed',
      '4 time-has-passed',
    ])
  })

  describe('a publication of SMART Scheduling Links', () => {
    type Given = Record<string, string>
    const published = (files: Given, request = 'https://feed.example/$bulk-publish') => ({
      name: '$bulk-publish',
      bytes: new TextEncoder().encode(
        JSON.stringify({
          request,
          output: Object.keys(files).map((url) => ({ type: url.split('-')[0], url })),
        }),
      ),
      follow: (url: string) =>
        Promise.resolve({
          name: url,
          bytes: new TextEncoder().encode(files[url]),
          follow: () => Promise.reject(new Error()),
        }),
    })
    const places = {
      Location: '{"resourceType":"Location","id":"SE2321000180-1002"}',
      Schedule:
        '{"resourceType":"Schedule","id":"s","actor":[{"reference":"Location/SE2321000180-1002"}]}',
    }
    const slot = (id: string, hour: string, status = 'free') =>
      JSON.stringify({
        resourceType: 'Slot',
        id,
        schedule: { reference: 'Schedule/s' },
        status,
        start: `2033-05-02T${hour}:00:00+02:00`,
        end: `2033-05-02T${hour}:05:00+02:00`,
      })
    const put = async (files: Given, request?: string) => {
      const source = published(files, request)
      return importSlots(db.pool, clock, source, await readAnySlots(db.pool, clock, source), {
        dryRun: false,
        force: true,
      })
    }
    const open = () =>
      rows<{ hour: number; capacity: number }>(
        db.pool,
        `select extract(hour from starts_at at time zone 'Europe/Stockholm')::int as hour, capacity
           from slot where starts_at > '2033-05-01' order by starts_at`,
      ).then((all) => all.map(({ hour, capacity }) => `${hour}: ${capacity}`))

    it('counts a Slot once however many files name it, and replaces the earlier one', async () => {
      await putSlots(text('clinic,starts_at,capacity\nSE2321000180-1002,2033-05-02 12:00,4\n'))
      const first = {
        ...places,
        'Slot-a': [slot('a', '08'), slot('b', '09')].join('\n'),
        'Slot-b': [slot('a', '08'), slot('c', '10')].join('\n'),
      }
      expect(await put(first)).toMatchObject({ new: 3, closed: 0 })
      expect(await open()).toEqual(['8: 1', '9: 1', '10: 1', '12: 4'])
      const nine = await row<{ id: number }>(
        db.pool,
        `select id from slot where starts_at = '2033-05-02T09:00:00+02:00'`,
      )
      await insertAppointments(
        db.pool,
        clock,
        [{ personId: 1, purpose: 'q', slotId: nine!.id }],
        'clinic',
      )
      const second = { ...places, Slot: [slot('a', '08'), slot('c', '10', 'busy')].join('\n') }
      expect(await put(second)).toMatchObject({
        closed: 1,
        overbooked: [{ hsaId: 'SE2321000180-1002', by: 1 }],
      })
      expect(await open()).toEqual(['8: 1', '9: 0', '10: 0', '12: 4'])
      expect(await put(second)).toMatchObject({ new: 0, changed: 0, closed: 0 })
    })

    it('lets nothing be gone for a row that could not be read', async () => {
      expect(await put({ ...places, Slot: '{"resourceType":"Slot","id":"a"' })).toMatchObject({
        closed: 0,
        rejected: 1,
      })
      expect(await open()).toEqual(['8: 1', '9: 0', '10: 0', '12: 4'])
    })

    it('closes the slots of a clinic that its own feed no longer names, and nobody else does', async () => {
      const other = { Location: places.Location.replace('1002', '1001') }
      expect(await put(other, 'another feed')).toMatchObject({ closed: 0 })
      expect(await put(other)).toMatchObject({ closed: 1 })
      expect(await open()).toEqual(['8: 0', '9: 0', '10: 0', '12: 4'])
    })
  })
})
