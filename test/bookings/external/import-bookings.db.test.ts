import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bookByCode } from '../../../src/bookings/book.ts'
import { cancelByCode } from '../../../src/bookings/cancel.ts'
import { openConflicts } from '../../../src/bookings/external/conflicts.ts'
import { importBookings, takeOutside } from '../../../src/bookings/external/import-bookings.ts'
import { readBookings } from '../../../src/bookings/external/read-bookings.ts'
import type { Rejected } from '../../../src/clinics/rejected.ts'
import { MovableClock } from '../../../src/clock.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'
import { invite } from '../../support/invited.ts'

const clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
const clinic = 'SE2321000180-1'
const numbers = ['194401019809', '194401029808', '194401039807', '194401049806', '194401059805']
let db: TestDatabase
let folder: string
beforeEach(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'bookings-'))
  await invite(db.pool, 5, [1, 2, 2])
  for (const [i, number] of numbers.entries())
    await run(db.pool, 'update person set identity_number = $2 where id = $1', [i + 1, number])
})
afterEach(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})

/** A line of a clinic's file: times are 08:05, 08:10, 08:15 for slots 1, 2, 3. */
const line = (reference: string, person: number, slot: number, status = 'bokad') =>
  `${reference};${numbers[person - 1]};${clinic};2021-03-15 08:${slot === 1 ? '05' : slot * 5};${status}`
const takeIn = async (
  lines: string[],
  options: { dryRun?: boolean; force?: boolean; header?: string; purpose?: string | null } = {},
) => {
  const path = join(folder, 'bookings.csv')
  await writeFile(
    path,
    [options.header ?? 'Bokningsnummer;Personnummer;HSA-id;Starttid;Status', ...lines].join('\n'),
  )
  const rejected: Rejected[] = []
  const purpose = options.purpose === undefined ? 'covid-19/dose-1' : options.purpose
  const read = async function* () {
    yield* (await readBookings(path, purpose, '2021-03-11')).rows
  }
  const result = await importBookings(
    { pool: db.pool, clock },
    { name: 'bookings.csv', sha256: 'x' },
    read,
    {
      dryRun: options.dryRun ?? false,
      force: options.force ?? true,
      reject: (r) => void rejected.push(r),
    },
  )
  return { ...result, rejectedRows: rejected.map((r) => `${r.row} ${r.column} ${r.code}`) }
}
const appointments = () =>
  rows(
    db.pool,
    'select person_id as person, slot_id as slot, state, made_by as by from appointment order by id',
  )

describe('bookings from another system', () => {
  it('become appointments, and their invitations are answered; the same file twice changes nothing', async () => {
    const lines = [line('b1', 1, 1), line('b2', 2, 2), line('b3', 3, 2, 'avbokad')]
    expect(await takeIn(lines)).toMatchObject({
      rows: 3,
      new: 2,
      unchanged: 1,
      rejected: 0,
      conflicts: 0,
    })
    const before = await appointments()
    expect(before).toEqual([
      { person: 1, slot: 1, state: 'booked', by: 'import' },
      { person: 2, slot: 2, state: 'booked', by: 'import' },
    ])
    expect(await takeIn(lines)).toMatchObject({
      new: 0,
      moved: 0,
      cancelled: 0,
      unchanged: 3,
      conflicts: 0,
    })
    expect(await appointments()).toEqual(before)
    expect(
      await row(
        db.pool,
        'select state, appointment_id is not null as has from invitation where person_id = 1',
      ),
    ).toEqual({ state: 'answered', has: true })
    expect(await rows(db.pool, 'select booked from slot order by id')).toEqual([
      { booked: 1 },
      { booked: 1 },
      { booked: 0 },
    ])
  })

  it('with --dry-run only say what would change', async () => {
    expect(await takeIn([line('b1', 1, 1)], { dryRun: true })).toMatchObject({ new: 1 })
    expect(await appointments()).toEqual([])
    expect(await rows(db.pool, 'select from outside_booking')).toEqual([])
  })

  it('are moved, cancelled and done as they are there', async () => {
    await takeIn([line('b1', 1, 1), line('b2', 2, 2), line('b3', 3, 2), line('b4', 4, 3)])
    expect(
      await takeIn([
        line('b1', 1, 3),
        line('b2', 2, 2, 'avbokad'),
        line('b3', 3, 2, 'genomförd'),
        line('b4', 4, 3, 'uteblev'),
      ]),
    ).toMatchObject({ moved: 1, cancelled: 1, attended: 1, noShow: 1 })
    expect(
      await rows(
        db.pool,
        'select person_id as person, slot_id as slot, state from appointment order by person_id, id',
      ),
    ).toEqual([
      { person: 1, slot: 1, state: 'moved' },
      { person: 1, slot: 3, state: 'booked' },
      { person: 2, slot: 2, state: 'cancelled' },
      { person: 3, slot: 2, state: 'attended' },
      { person: 4, slot: 3, state: 'no-show' },
    ])
    expect(await rows(db.pool, 'select state from invitation order by person_id')).toEqual(
      ['answered', 'released', 'answered', 'answered', 'released'].map((state) => ({ state })),
    )
    expect(await takeIn([line('b2', 2, 3)])).toMatchObject({ moved: 1 })
    expect((await appointments()).at(-1)).toEqual({
      person: 2,
      slot: 3,
      state: 'booked',
      by: 'import',
    })
  })

  it('are known as our own when they come back from the clinic', async () => {
    await bookByCode(db.pool, clock, 'C1', 2, 'person')
    expect(await takeIn([line('k1', 1, 2)])).toMatchObject({ new: 1, conflicts: 0 })
    expect(await appointments()).toEqual([{ person: 1, slot: 2, state: 'booked', by: 'person' }])
    expect(await openConflicts(db.pool)).toEqual([])
  })

  it('are flagged with both sides when the person has another time, and neither is lost', async () => {
    await bookByCode(db.pool, clock, 'C1', 2, 'person')
    expect(await takeIn([line('b1', 1, 3)])).toMatchObject({ new: 1, conflicts: 1 })
    expect(await takeIn([line('b1', 1, 3)])).toMatchObject({ unchanged: 1, conflicts: 0 })
    expect(await openConflicts(db.pool)).toMatchObject([
      {
        kind: 'second-booking',
        person: 1,
        ours: {
          clinic: 'Älvmottagningen',
          startsAt: new Date('2021-03-15T07:10:00Z'),
          madeBy: 'person',
        },
        outside: { reference: `${clinic}|b1`, startsAt: new Date('2021-03-15T07:15:00Z') },
      },
    ])
    // When ours ends, theirs is what the person has.
    await cancelByCode(db.pool, clock, 'C1')
    expect(await openConflicts(db.pool)).toEqual([])
    await takeIn([line('b1', 1, 3)])
    expect((await appointments()).at(-1)).toEqual({
      person: 1,
      slot: 3,
      state: 'booked',
      by: 'import',
    })
  })

  it('say so when what ended with us is still booked there', async () => {
    await takeIn([line('b1', 1, 1)])
    await cancelByCode(db.pool, clock, 'C1')
    expect(await takeIn([line('b1', 1, 1)])).toMatchObject({ conflicts: 1 })
    expect(await openConflicts(db.pool)).toMatchObject([
      { kind: 'ended-with-us', ours: { state: 'cancelled' } },
    ])
    await takeIn([line('b1', 1, 1, 'avbokad')])
    expect(await openConflicts(db.pool)).toEqual([])
  })

  it('of one person twice in one file are one appointment and a conflict', async () => {
    expect(await takeIn([line('b1', 1, 1), line('b2', 1, 3)])).toMatchObject({
      new: 2,
      conflicts: 1,
    })
    expect(await appointments()).toEqual([{ person: 1, slot: 1, state: 'booked', by: 'import' }])
  })

  it('are taken in above what fits, because they are so; then nobody is added', async () => {
    expect(await takeIn([line('b1', 1, 1), line('b2', 2, 1), line('b3', 3, 1)])).toMatchObject({
      new: 3,
    })
    expect(await row(db.pool, 'select booked, overbooked from slot where id = 1')).toEqual({
      booked: 3,
      overbooked: 2,
    })
    await expect(bookByCode(db.pool, clock, 'C4', 1, 'person')).rejects.toMatchObject({
      code: 'slot-full',
    })
  })

  it("are left out with the reason: nobody known, no such slot, the wrong age group, another's number", async () => {
    await run(
      db.pool,
      `update invitation set state = 'withdrawn', reason = 'not-concerned', state_since = now() where person_id = 5`,
    )
    await takeIn([line('b1', 1, 1)])
    const result = await takeIn([
      line('b1', 2, 2),
      `b9;198001019804;${clinic};2021-03-15 08:05;bokad`,
      line('b5', 5, 2),
      `b6;${numbers[2]};${clinic};2021-03-15 09:00;bokad`,
      `b7;${numbers[2]};SE2321000180-99;2021-03-15 08:05;`,
      `b8;${numbers[2]};${clinic};2021-03-28 02:30;bokad`,
      `;${numbers[2]};${clinic};2021-03-15 08:05;kanske`,
    ])
    expect(result.rejectedRows).toEqual([
      '7 starts_at no-such-time',
      '8 status bad-status',
      '8 reference no-reference',
      '2 reference another-booking',
      '3 identity_number unknown-person',
      '4 identity_number no-campaign',
      '5 starts_at unknown-slot',
      '6 clinic unknown-clinic',
    ])
    expect(result).toMatchObject({ rows: 7, rejected: 7, new: 0 })
    expect(await appointments()).toHaveLength(1)
  })

  it("are refused as a whole when much of the file can't be read", async () => {
    await expect(takeIn([line('b1', 1, 1), 'b2;x;y;z;'], { force: false })).rejects.toMatchObject({
      code: 'too-many-bad-rows',
    })
    expect(await appointments()).toEqual([])
  })

  it('by many files and clicks at once leave each person with one time, and each slot with what it counts', async () => {
    const fromUs = [1, 2, 3, 4, 5].map((n) =>
      bookByCode(db.pool, clock, `C${n}`, (n % 3) + 1, 'person').catch(() => undefined),
    )
    const fromThem = [1, 2, 3, 4, 5].map((n) =>
      takeOutside(
        { pool: db.pool, clock },
        {
          reference: `x|${n}`,
          identityNumber: numbers[n - 1]!,
          purpose: 'covid-19/dose-1',
          hsaId: clinic,
          startsAt: new Date('2021-03-15T07:15:00Z'),
          state: 'booked',
        },
      ),
    )
    await Promise.all([...fromUs, ...fromThem])
    expect(
      await rows(
        db.pool,
        `select person_id from appointment where state = 'booked' group by 1 having count(*) <> 1`,
      ),
    ).toEqual([])
    expect(
      await row(db.pool, `select count(*)::int as n from appointment where state = 'booked'`),
    ).toEqual({ n: 5 })
    expect(
      await rows(
        db.pool,
        `select id from slot s where booked <> (select count(*) from appointment a where a.slot_id = s.id and a.state = 'booked')`,
      ),
    ).toEqual([])
    expect(
      await row(
        db.pool,
        `select count(*)::int as n from outside_booking o where (appointment_id is null) <> exists (select from open_booking_conflict k where k.outside_booking_id = o.id)`,
      ),
    ).toEqual({ n: 0 })
  })
})

describe('files of FHIR Appointments', () => {
  const resource = (id: string, person: number) => ({
    resourceType: 'Appointment',
    id,
    status: 'booked',
    start: '2021-03-15T08:10:00+01:00',
    end: '2021-03-15T08:15:00+01:00',
    participant: [
      {
        actor: {
          type: 'Patient',
          identifier: { system: 'urn:oid:1.2.752.129.2.1.3.1', value: numbers[person - 1] },
        },
      },
      { actor: { type: 'Location', identifier: { value: clinic } } },
    ],
  })
  it.each([
    [
      'one a line',
      () =>
        [resource('a', 1), { resourceType: 'Patient', id: 'p' }, resource('b', 2)]
          .map((r) => JSON.stringify(r))
          .join('\n'),
    ],
    [
      'in a Bundle',
      () =>
        JSON.stringify(
          {
            resourceType: 'Bundle',
            type: 'collection',
            entry: [{ resource: resource('a', 1) }, { resource: resource('b', 2) }],
          },
          null,
          2,
        ),
    ],
  ])('are read %s', async (_how, text) => {
    const path = join(folder, 'bookings.json')
    await writeFile(path, text())
    const read = async function* () {
      yield* (await readBookings(path, 'covid-19/dose-1', '2021-03-11')).rows
    }
    expect(
      await importBookings({ pool: db.pool, clock }, { name: 'f', sha256: 'x' }, read, {
        dryRun: false,
        force: false,
        reject: () => undefined,
      }),
    ).toMatchObject({ rows: 2, new: 2 })
    expect(await rows(db.pool, 'select reference from outside_booking order by 1')).toEqual([
      { reference: `${clinic}|a` },
      { reference: `${clinic}|b` },
    ])
  })
})
