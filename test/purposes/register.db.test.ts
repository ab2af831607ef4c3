import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { createCampaign } from '../../src/campaigns/actions.ts'
import { MovableClock } from '../../src/clock.ts'
import { rows, run } from '../../src/db/pool.ts'
import { addPurposes } from '../../src/purposes/register.ts'
import { purposeLines } from '../../src/purposes/store.ts'
import { planNextDoses } from '../../src/visits/dose-interval.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { monday, openSpec } from '../support/region.ts'

let db: TestDatabase
const clock = new MovableClock(monday)
beforeEach(async () => {
  db = await testDatabase()
  await run(db.pool, 'delete from purpose')
})
afterEach(() => db.drop())

const deps = () => ({ pool: db.pool, clock })
const words = { sv: 'vaccination mot covid-19' }
const dose = (n: number | string, over: object = {}) => ({
  code: `covid-19/dose-${n}`,
  name: `Vaccination mot covid-19, dos ${n}`,
  words,
  ...over,
})
const add = (given: unknown, options = {}) => addPurposes(deps(), given, 'anna', options)
const codes = async () => (await purposeLines(db.pool)).map((line) => line.code)

describe('the register of purposes', () => {
  it('takes in a file once; the same again changes nothing, another one what differs', async () => {
    expect(await add([dose(1), dose(2)])).toEqual({
      new: ['covid-19/dose-1', 'covid-19/dose-2'],
      changed: [],
      unchanged: [],
    })
    expect(await add([dose(1), dose(2, { name: 'Den andra dosen' })])).toEqual({
      new: [],
      changed: ['covid-19/dose-2'],
      unchanged: ['covid-19/dose-1'],
    })
  })

  it('changes nothing on a dry run', async () => {
    expect(await add(dose(1), { dryRun: true })).toMatchObject({ new: ['covid-19/dose-1'] })
    expect(await codes()).toEqual([])
  })

  it('refuses a code that is nearly a known one, unless it is really new', async () => {
    await add(dose(1))
    const slip = dose(1, { code: 'covid-19/dos-1' })
    await expect(add(slip)).rejects.toMatchObject({
      code: 'purpose-like-another',
      details: { code: 'covid-19/dos-1', other: 'covid-19/dose-1' },
    })
    expect(await codes()).toEqual(['covid-19/dose-1'])
    expect(await add(slip, { reallyNew: true })).toMatchObject({ new: ['covid-19/dos-1'] })
  })

  it('finds a slip between two lines of one file', async () => {
    await expect(add([dose(1), dose(2, { code: 'covid19/dose-2' })])).rejects.toMatchObject({
      code: 'purpose-like-another',
    })
    expect(await codes()).toEqual([])
  })

  it('makes a version of a dose interval only when it differs, and doses are planned by it', async () => {
    const next = (minDays: number) => [
      { vaccine: 'comirnaty', purpose: 'covid-19/dose-2', minDays, maxDays: 49 },
    ]
    await add([dose(1, { next: next(21) }), dose(2)])
    await add(dose(1, { next: next(21) }))
    expect(await add(dose(1, { next: next(42) }))).toMatchObject({ changed: ['covid-19/dose-1'] })

    expect((await purposeLines(db.pool))[0]).toMatchObject({
      next: [{ vaccine: 'comirnaty', nextPurpose: 'covid-19/dose-2', version: 2, minDays: 42 }],
    })
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, birth_date, given_name, family_name)
       values ('194401019809', 'personnummer', '1944-01-01', 'Ann', 'Prov')`,
    )
    await run(db.pool, `insert into dose values (1, 'covid-19/dose-1', '2021-03-01', 'comirnaty')`)
    expect(await planNextDoses(deps(), 'covid-19/dose-1')).toBe(1)
  })

  it('refuses a next dose that is not in it', async () => {
    const next = [{ vaccine: 'x', purpose: 'covid-19/dose-2', minDays: 1, maxDays: 2 }]
    await expect(add(dose(1, { next }))).rejects.toMatchObject({ code: 'unknown-purpose' })
    expect(await codes()).toEqual([])
  })

  it('names each field that is wrong', async () => {
    const wrong = add({
      code: 'Dose 1',
      name: 'x',
      words: { en: 'vaccination' },
      routes: { sabo: 'home' },
    })
    await expect(wrong).rejects.toMatchObject({ code: 'bad-purpose' })
    for (const field of ['0.code', '0.name', '0.words', '0.routes.sabo'])
      await expect(wrong).rejects.toThrow(field)
  })

  it('reads the sample', async () => {
    const sample: unknown = parse(await readFile('samples/purposes/covid-19.yaml', 'utf8'))
    expect(await add(sample)).toMatchObject({ new: ['covid-19/dose-1', 'covid-19/dose-2'] })
  })
})

describe('a campaign', () => {
  const create = (over: object) => createCampaign(deps(), openSpec(over), 'anna')

  it('for an unknown purpose is refused with the nearest known', async () => {
    await add([dose(1), dose(2)])
    const made = create({ purpose: 'covid-19/dos-1' })
    await expect(made).rejects.toMatchObject({ code: 'unknown-purpose' })
    await expect(made).rejects.toThrow('Did you mean covid-19/dose-1?')
  })

  it('whose rule names an unknown purpose is refused too', async () => {
    await add(dose(1))
    const rule = { and: [{ born: { from: 1944 } }, { not: { given: 'covid-19/dose-0' } }] }
    await expect(create({ cohort: { name: 'c', rule } })).rejects.toThrow('covid-19/dose-0')
  })

  it('can only be made on the days that the purpose is valid', async () => {
    await add(dose(1, { validFrom: '2021-03-09', validUntil: '2021-03-10' }))
    await expect(create({})).rejects.toMatchObject({ code: 'purpose-not-valid' })
    await add(dose(1, { validFrom: '2021-03-08', validUntil: '2021-03-08' }))
    expect(await create({})).toMatchObject({ state: 'draft' })
  })

  it('has the words and the routes of its purpose where its file says none', async () => {
    await add(dose(1, { words: { sv: 'dosen' }, routes: { anaphylaxis: 'doctor' } }))
    const made = await create({ what: undefined })
    expect(made.spec).toMatchObject({ what: { sv: 'dosen' }, otherRouteFor: ['anaphylaxis'] })
  })

  it('can not get past the register, and a notice needs none', async () => {
    await run(
      db.pool,
      `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`,
    )
    const insert = (name: string, way: string) =>
      run(
        db.pool,
        `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at)
         values ($1, 'nothing', $2, 1, '{}', 'anna', now())`,
        [name, way],
      )
    await expect(insert('open', 'open')).rejects.toThrow('campaign_registered_purpose_fkey')
    await insert('notice', 'notice')
    expect(await rows(db.pool, 'select registered_purpose from campaign')).toEqual([
      { registered_purpose: null },
    ])
  })
})
