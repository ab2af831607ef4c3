import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { rows, run } from '../../src/db/pool.ts'
import { importDoses } from '../../src/visits/doses/import-doses.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { invite } from '../support/invited.ts'

const clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
const sample = 'samples/doses/vaccination-history.xml'
let db: TestDatabase
let folder: string
beforeEach(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'history-'))
  await invite(db.pool, 2, [2])
  await run(db.pool, `update person set identity_number = '194401019809' where id = 1`)
})
afterEach(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})

/** Takes in the sample as a changed copy. */
async function takeIn(
  change: (xml: string) => string = (xml) => xml,
  options: { disease?: string; purpose?: string | null } = {},
) {
  const path = join(folder, 'answer.xml')
  await writeFile(path, change(await readFile(sample, 'utf8')))
  const result = await importDoses({ pool: db.pool, clock }, path, {
    purpose: 'covid-19/dose-{n}',
    disease: 'J07BN',
    dryRun: false,
    force: true,
    ...options,
  })
  const rejected = result.rejectedFile ? await readFile(result.rejectedFile, 'utf8') : ''
  return { ...result, rejected: result.rejected, why: rejected }
}
const doses = () =>
  rows(
    db.pool,
    'select person_id as person, purpose, given_on as "on", vaccine, given_at as at from dose order by 1',
  )

it('takes the doses of one disease from a saved answer, by their number, and the same answer once', async () => {
  expect(await takeIn()).toMatchObject({ rows: 1, new: 1, rejected: 0 })
  expect(await takeIn()).toMatchObject({ rows: 1, new: 0, unchanged: 1 })
  expect(await doses()).toEqual([
    {
      person: 1,
      purpose: 'covid-19/dose-1',
      on: '2021-01-27',
      vaccine: 'Comirnaty',
      at: 'Särskilt boende, Falun',
    },
  ])
})

it('passes over what was nullified, and other diseases whatever they are called', async () => {
  expect(
    await takeIn((xml) => xml.replace('<a:nullified>false', '<a:nullified>true')),
  ).toMatchObject({ rows: 0, new: 0 })
  expect(await takeIn(undefined, { disease: 'covid-19' })).toMatchObject({ rows: 0, new: 0 })
})

it.each([
  ['not-complete', ['<a:isDoseComplete>true', '<a:isDoseComplete>false']],
  ['no-number', ['<a:doseOrdinalNumber>1', '<a:doseOrdinalNumber>']],
  ['in-future', ['20210127', '20210312']],
  ['bad-identity-number', ['194401019809', '194401019800']],
] as const)('leaves out a dose with the reason: %s', async (code, [from, to]) => {
  const result = await takeIn((xml) => xml.replace(from, to))
  expect(result).toMatchObject({ rows: 1, new: 0, rejected: 1 })
  expect(result.why).toContain(code)
  expect(await doses()).toEqual([])
})

it.each([
  ['failed-answer', (xml: string) => xml.replace('>OK<', '>ERROR<')],
  ['not-xml', (xml: string) => xml.slice(0, -40)],
  ['not-xml', (xml: string) => xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')],
])('is refused as a whole: %s', async (code, change) => {
  await expect(takeIn(change)).rejects.toMatchObject({ code })
  expect(await doses()).toEqual([])
})

it('must be told which doses are meant', async () => {
  await expect(takeIn(undefined, { purpose: null })).rejects.toMatchObject({ code: 'which-doses' })
})
