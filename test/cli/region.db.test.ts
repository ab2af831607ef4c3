import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importClinics, importSlots, readAnySlots } from '../../src/clinics/import.ts'
import { readClinics } from '../../src/clinics/read-clinics.ts'
import { readSource } from '../../src/clinics/source.ts'
import { slotsForWeek, writeRegion, type RegionFiles } from '../../src/demo/region.ts'
import { MovableClock } from '../../src/clock.ts'
import { cohortAudience, type CohortAudience } from '../../src/cohorts/audience.ts'
import { row } from '../../src/db/pool.ts'
import { importPeople, type ImportResult } from '../../src/people/import/import.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const clock = new MovableClock(new Date('2021-03-08T06:00:00Z'))
const all = { dryRun: false, force: false }
let db: TestDatabase
let folder: string
let files: RegionFiles
let imported: ImportResult
let preview: CohortAudience
beforeAll(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'region-'))
  files = await writeRegion(folder, { seed: 1 })
  const clinics = await readSource(files.clinics)
  await importClinics(db.pool, clock, clinics, readClinics(clinics.name, clinics.bytes), all)
  imported = await importPeople({ pool: db.pool, clock }, { path: files.people })
  preview = await cohortAudience(db.pool, { born: { from: 1942, to: 1946 } }, '2021-03-08')
})
afterAll(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})

const share = (n: number) => n / 17_500
const count = async (where: string) =>
  (await row<{ n: number }>(
    db.pool,
    `select count(*)::int as n from person where same_as is null and (${where})`,
  ))!.n

describe('the synthetic region', () => {
  it('is 17 500 people, every one of whom can be imported', async () => {
    expect(imported).toMatchObject({ rejected: 0, leftOut: 0, ignored: [] })
    expect(preview.total).toBe(17_500)
    expect(
      (await cohortAudience(db.pool, { age: { on: '2021-12-31', from: 75, to: 79 } }, '2021-03-08'))
        .total,
    ).toBe(17_500)
    expect(await count(`substr(identity_number, 9, 3) not between '980' and '989'`)).toBe(0)
  })

  it('lives in the fifteen municipalities, most in Falun and Borlänge', () => {
    const { unknown, ...municipalities } = preview.municipality
    expect(Object.keys(municipalities)).toHaveLength(15)
    expect(share(unknown!)).toBeLessThan(0.01)
    expect(
      Object.entries(municipalities)
        .sort((a, b) => b[1] - a[1])
        .slice(0, 2)
        .map(([code]) => code),
    ).toEqual(['2080', '2081'])
    expect(Object.keys(preview.clinic).length).toBeGreaterThanOrEqual(27)
  })

  it('has eight languages, nine in ten Swedish', () => {
    expect(Object.keys(preview.language).sort()).toEqual([
      'ar',
      'bs',
      'en',
      'fa',
      'fi',
      'pl',
      'so',
      'sv',
    ])
    expect(share(preview.language['sv']!)).toBeCloseTo(0.94, 1)
  })

  it.each([
    ['an e-mail address', 'email is not null', 0.4, 0.02],
    ['a mobile', `phone like '+4670%'`, 0.7, 0.02],
    ['neither', 'email is null and phone is null', 0.09, 0.02],
    ['somebody to live with', 'household is not null', 0.45, 0.02],
    ['protection', `protection <> 'none'`, 0.01, 0.003],
    ['died', 'deceased_on is not null', 0.01, 0.003],
    ['an address abroad', 'foreign_address is not null', 0.01, 0.003],
    ['opted out', 'opted_out', 0.005, 0.002],
    ['easy Swedish', 'easy_read', 0.03, 0.005],
    ['large print', 'large_print', 0.02, 0.005],
    ['home care', `'home-care' = any(needs)`, 0.08, 0.01],
    ['anaphylaxis', `'anaphylaxis' = any(needs)`, 0.005, 0.002],
  ])('has those with %s in the share that is meant', async (_, where, meant, by) => {
    expect(Math.abs(share(await count(where)) - meant)).toBeLessThan(by)
  })

  it('has people with an earlier record, who count once', async () => {
    const linked = await row<{ n: number }>(
      db.pool,
      'select count(*)::int as n from person where same_as is not null',
    )
    expect(linked!.n).toBeGreaterThan(10)
    expect(imported.rows).toBe(17_500 + linked!.n)
  })

  it('has about 3 000 places a week, at every clinic', async () => {
    const source = await readSource(files.slots)
    const result = await importSlots(
      db.pool,
      clock,
      source,
      await readAnySlots(db.pool, clock, source),
      all,
    )
    expect(result.rejected).toBe(0)
    expect(Math.abs(result.places - 3000)).toBeLessThan(150)
    expect(
      await row(
        db.pool,
        "select count(distinct clinic_id)::int as clinics, count(distinct (starts_at at time zone 'Europe/Stockholm')::date)::int as days from slot",
      ),
    ).toEqual({ clinics: 30, days: 5 })
    const next = await slotsForWeek(1, '2021-03-29') // after the clock goes forward: still from eight
    expect(next[0]!.startsAt.getUTCHours()).toBe(6)
  })

  it('is the same for the same seed, and another for another', async () => {
    const sha = async (file: string) =>
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex')
    const [same, other] = [
      await writeRegion(join(folder, 'same'), { seed: 1 }),
      await writeRegion(join(folder, 'other'), { seed: 2 }),
    ]
    expect(await sha(same.people)).toBe(await sha(files.people))
    expect(await sha(same.slots)).toBe(await sha(files.slots))
    expect(await sha(other.people)).not.toBe(await sha(files.people))
  })
})
