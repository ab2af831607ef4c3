import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { cohortAudience } from '../../src/cohorts/audience.ts'
import { importGroup, type ImportGroup } from '../../src/cohorts/groups/import-group.ts'
import { groups } from '../../src/cohorts/groups/store.ts'
import { readRule } from '../../src/cohorts/rule.ts'
import { rows, run } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { databaseWithJobs, testDatabase, type TestDatabase } from '../support/database.ts'
import { openSpec, smallRegion } from '../support/region.ts'
import { started } from '../support/started.ts'

const [anna, bertil, cecilia, david] = [
  '194401019809',
  '194401029808',
  '194401039807',
  '194401049806',
] as const
const stranger = '194401059805'
let clock: MovableClock
let db: TestDatabase
let folder: string
beforeEach(async () => {
  clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'groups-'))
  await run(
    db.pool,
    `insert into person (identity_number, identity_kind, given_name, family_name)
     select n, 'personnummer', 'A', 'B'
       from unnest($1::text[]) n`,
    [[anna, bertil, cecilia, david]],
  )
})
afterEach(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})

const takeIn = async (lines: string[], options: Partial<ImportGroup> = {}, pool = db.pool) => {
  const path = join(folder, 'group.csv')
  await writeFile(path, ['Personnummer;Från;Till', ...lines].join('\n'))
  return importGroup({ pool, clock }, 'personal-ambulans', path, {
    answers: 'Ambulanssjukvården',
    part: false,
    dryRun: false,
    force: false,
    ...options,
  })
}
const on = (day: string) =>
  cohortAudience(db.pool, { group: 'personal-ambulans' }, day).then(({ total }) => total)
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )

describe('the list of a group', () => {
  it('says who is in the group, from when and until when; the same again changes nothing', async () => {
    const list = [`${anna};;`, `${bertil};2021-03-15;`, `${cecilia};20210101;2021-03-12`]
    expect(await takeIn(list)).toMatchObject({ new: 3, changed: 0, ended: 0, unknown: 0 })
    clock.moveTo(new Date('2021-03-12T08:00:00Z'))
    expect(await takeIn(list)).toMatchObject({ new: 0, changed: 0, unchanged: 3, ended: 0 })
    expect([
      await on('2021-03-10'), // Cecilia
      await on('2021-03-11'), // and Anna, from the day of the list
      await on('2021-03-13'), // Anna
      await on('2021-03-15'), // and Bertil
    ]).toEqual([1, 2, 1, 2])
  })

  it('ends for people who are not on it any more, and begins again when they come back', async () => {
    await takeIn([`${anna};;`, `${bertil};;`, `${cecilia};;`])
    clock.moveTo(new Date('2021-03-20T08:00:00Z'))
    expect(await takeIn([`${anna};;`, `${bertil};;`])).toMatchObject({ unchanged: 2, ended: 1 })
    expect([await on('2021-03-19'), await on('2021-03-20')]).toEqual([3, 2])
    clock.moveTo(new Date('2021-04-01T08:00:00Z'))
    expect(await takeIn([`${cecilia};;`], { part: true })).toMatchObject({ changed: 1, ended: 0 })
    expect([await on('2021-03-31'), await on('2021-04-01')]).toEqual([2, 3])
  })

  it('that came by mistake leaves no trace of people who are gone the same day', async () => {
    await takeIn([`${anna};;`, `${bertil};;`, `${david};;`])
    expect(await takeIn([`${anna};;`, `${bertil};;`])).toMatchObject({ ended: 1 })
    expect(await rows(db.pool, 'select from group_member')).toHaveLength(2)
  })

  it('is refused when half of the group would leave, unless that is meant', async () => {
    await takeIn([`${anna};;`, `${bertil};;`, `${cecilia};;`])
    expect(await codeOf(takeIn([`${anna};;`]))).toBe('half-would-leave')
    expect(await on('2021-03-11')).toBe(3)
    expect(await takeIn([`${anna};;`], { force: true })).toMatchObject({ ended: 2 })
  })

  it('counts people who are not in the register yet when they come', async () => {
    expect(await takeIn([`${anna};;`, `${stranger};;`])).toMatchObject({ new: 2, unknown: 1 })
    expect(await groups(db.pool, '2021-03-11')).toMatchObject([
      { name: 'personal-ambulans', answers: 'Ambulanssjukvården', members: 2, known: 1 },
    ])
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name)
       values ($1, 'personnummer', 'Ny', 'Inflyttad')`,
      [stranger],
    )
    expect(await on('2021-03-11')).toBe(2)
  })

  it('counts somebody once, whichever of the linked records is on it', async () => {
    await run(
      db.pool,
      `update person set same_as = (select id from person where identity_number = $1)
        where identity_number = $2`,
      [anna, bertil],
    )
    await takeIn([`${anna};;`, `${bertil};;`])
    expect(await on('2021-03-11')).toBe(1)
  })

  it('changes nothing with a dry run', async () => {
    expect(await takeIn([`${anna};;`], { dryRun: true })).toMatchObject({ new: 1 })
    expect(await groups(db.pool, '2021-03-11')).toEqual([])
  })

  it('has somebody who answers for it, and a name that rules can use', async () => {
    const path = join(folder, 'x.csv')
    await writeFile(path, `Personnummer\n${anna}\n`)
    const nobody = { part: false, dryRun: false, force: false }
    const deps = { pool: db.pool, clock }
    expect(await codeOf(importGroup(deps, 'ny-grupp', path, nobody))).toBe('who-answers')
    expect(await codeOf(importGroup(deps, 'Ny grupp', path, nobody))).toBe('bad-group-name')
    await importGroup(deps, 'ny-grupp', path, { ...nobody, answers: 'HR' })
    expect(await importGroup(deps, 'ny-grupp', path, nobody)).toMatchObject({ unchanged: 1 })
  })

  it('leaves rows out with row, column and why', async () => {
    const result = await takeIn(
      ['x;;', `${anna};2021-02-30;`, `${bertil};2021-03-10;2021-03-01`, `${cecilia};;`],
      { force: true },
    )
    expect(result).toMatchObject({ rows: 4, rejected: 3, new: 1 })
    const report = await readFile(result.rejectedFile!, 'utf8')
    expect(
      report
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(',').slice(0, 3).join(' ')),
    ).toEqual([
      '2 identity_number bad-identity-number',
      '3 valid_from bad-date',
      '4 valid_until ends-before-it-begins',
    ])
  })
})

describe('a campaign to a group', () => {
  it('invites those who are in it when it is planned, and others no more', async () => {
    const region = await databaseWithJobs()
    const now = await smallRegion(region.pool, { people: 3 })
    clock = now
    await run(region.pool, 'update person set identity_number = $1 where id = 2', [anna])
    await takeIn([`${anna};2021-03-01;2021-03-31`], {}, region.pool)
    const rule = readRule({ group: 'personal-ambulans' })
    await started(
      { pool: region.pool, clock: now, jobs: region.jobs },
      openSpec({ cohort: { name: 'ambulans', rule } }),
    )
    expect(await rows(region.pool, 'select person_id as person, state from invitation')).toEqual([
      { person: 2, state: 'planned' },
    ])
    await region.drop()
  })
})
