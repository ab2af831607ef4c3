import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bookByCode } from '../../src/bookings/book.ts'
import { MovableClock } from '../../src/clock.ts'
import { rows, run } from '../../src/db/pool.ts'
import { recordAttendance } from '../../src/visits/attendance.ts'
import { importDoses, type ImportDoses } from '../../src/visits/doses/import-doses.ts'
import { databaseWithJobs, testDatabase, type TestDatabase } from '../support/database.ts'
import { invite } from '../support/invited.ts'
import { openSpec, smallRegion } from '../support/region.ts'
import { started } from '../support/started.ts'

const clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
const numbers = ['194401019809', '194401029808', '194401039807', '194401049806']
const stranger = '194401059805'
let db: TestDatabase
let folder: string
let slots: number[]
beforeEach(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'doses-'))
  slots = (await invite(db.pool, 4, [2, 2])).slots
  for (const [i, number] of numbers.entries())
    await run(db.pool, 'update person set identity_number = $2 where id = $1', [i + 1, number])
})
afterEach(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})

const dose = (number: string, on = '2021-01-27', more = ';;') =>
  `${number};${on};covid-19/dose-1${more}`
const takeIn = async (lines: string[], options: Partial<ImportDoses> = {}) => {
  const path = join(folder, 'doses.csv')
  await writeFile(path, ['Personnummer;Datum;Ärende;Vaccin;Plats', ...lines].join('\n'))
  return importDoses({ pool: db.pool, clock }, path, {
    purpose: null,
    dryRun: false,
    force: true,
    ...options,
  })
}
const doses = () =>
  rows(
    db.pool,
    `select person_id as person, given_on as "on", vaccine, given_at as at from dose order by person_id`,
  )
const none = { new: 0, changed: 0, unchanged: 0, waiting: 0, booked: 0, rejected: 0 }

describe('doses given elsewhere', () => {
  it('are taken in once; the same file again changes nothing, a corrected one what it corrects', async () => {
    const file = [
      dose(numbers[0]!, '2021-01-27', ';Comirnaty;Särskilt boende'),
      dose(numbers[1]!, '20210128'),
    ]
    expect(await takeIn(file)).toEqual({ ...none, rows: 2, new: 2 })
    expect(await takeIn(file)).toEqual({ ...none, rows: 2, unchanged: 2 })
    expect(await takeIn([file[0]!, dose(numbers[1]!, '2021-01-29', ';Comirnaty;')])).toEqual({
      ...none,
      rows: 2,
      unchanged: 1,
      changed: 1,
    })
    expect(await doses()).toEqual([
      { person: 1, on: '2021-01-27', vaccine: 'Comirnaty', at: 'Särskilt boende' },
      { person: 2, on: '2021-01-29', vaccine: 'Comirnaty', at: null },
    ])
  })

  it('change nothing with a dry run', async () => {
    expect(await takeIn([dose(numbers[0]!), dose(stranger)], { dryRun: true })).toMatchObject({
      new: 1,
      waiting: 1,
    })
    expect(await doses()).toEqual([])
    expect(await rows(db.pool, 'select from waiting_dose')).toEqual([])
    expect(await rows(db.pool, 'select from import')).toEqual([])
  })

  it('of people the register does not have wait, and are theirs when they come', async () => {
    expect(await takeIn([dose(stranger)])).toMatchObject({ new: 0, waiting: 1 })
    expect(await takeIn([dose(stranger)])).toMatchObject({ waiting: 0, unchanged: 1 })
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name)
       values ($1, 'personnummer', 'Ny', 'Inflyttad')`,
      [stranger],
    )
    expect(await doses()).toEqual([{ person: 5, on: '2021-01-27', vaccine: null, at: null }])
    expect(await rows(db.pool, 'select from waiting_dose')).toEqual([])
  })

  it('are known by whichever of the linked records they were reported for', async () => {
    await run(db.pool, 'update person set same_as = 1 where id = 2')
    await takeIn([dose(numbers[1]!)])
    expect(await doses()).toMatchObject([{ person: 1 }])
    expect(await takeIn([dose(numbers[0]!), dose(numbers[1]!)])).toMatchObject({ unchanged: 1 })
  })

  it('do not overrule what our own clinic recorded', async () => {
    const { appointmentId } = await bookByCode(db.pool, clock, 'C1', slots[0]!, 'person')
    const later = new MovableClock(new Date('2021-03-15T12:00:00Z'))
    await recordAttendance(
      { pool: db.pool, clock: later },
      appointmentId,
      'attended',
      'anna',
      'Comirnaty',
    )
    const result = await takeIn([dose(numbers[0]!, '2021-01-27', ';Vaxzevria;')])
    expect(result).toMatchObject({ changed: 0, rejected: 1 })
    expect(await readFile(result.rejectedFile!, 'utf8')).toContain('2,given_on,recorded-here')
    expect(await doses()).toMatchObject([{ on: '2021-03-15', vaccine: 'Comirnaty' }])
  })

  it('tell how many of the people have a time with us', async () => {
    await bookByCode(db.pool, clock, 'C1', slots[0]!, 'person')
    expect(await takeIn([dose(numbers[0]!), dose(numbers[1]!)])).toMatchObject({ booked: 1 })
  })

  it('are left out with row, column and why; more bad rows than one in twenty refuse the file', async () => {
    const bad = [
      dose('194401019800'),
      dose(numbers[0]!, '2021-02-30'),
      dose(numbers[1]!, '2021-03-12'),
      `${numbers[2]};2021-01-27;;;`,
      'only one cell',
    ]
    const result = await takeIn([...bad, dose(numbers[3]!)])
    expect(result).toMatchObject({ rows: 6, rejected: 5, new: 1 })
    const report = await readFile(result.rejectedFile!, 'utf8')
    expect(
      report
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(0, 3).join(' ')),
    ).toEqual([
      '2 identity_number bad-identity-number',
      '3 given_on bad-date',
      '4 given_on in-future',
      '5 purpose no-purpose',
      '6  column-count',
    ])
    for (const number of numbers) expect(report).not.toContain(number)
    await expect(takeIn([...bad, dose(numbers[3]!)], { force: false })).rejects.toMatchObject({
      code: 'too-many-bad-rows',
    })
    expect(existsSync(join(folder, 'doses.csv.rejected.csv'))).toBe(true)
  })
})

describe('somebody who has had the dose elsewhere', () => {
  it('is not invited for it', async () => {
    const region = await databaseWithJobs()
    const { pool } = region
    const now = await smallRegion(pool, { people: 3 })
    await run(pool, 'update person set identity_number = $1 where id = 2', [numbers[0]])
    const path = join(folder, 'elsewhere.csv')
    await writeFile(path, `Personnummer;Datum;Ärende\n${dose(numbers[0]!, '2021-01-27', '')}\n`)
    await importDoses({ pool, clock: now }, path, { purpose: null, dryRun: false, force: false })
    await started({ pool, clock: now, jobs: region.jobs }, openSpec())
    expect(
      await rows(pool, 'select person_id as person, state, reason from invitation order by 1'),
    ).toEqual([
      { person: 1, state: 'planned', reason: null },
      { person: 2, state: 'suppressed', reason: 'already-vaccinated' },
      { person: 3, state: 'planned', reason: null },
    ])
    await region.drop()
  })
})
