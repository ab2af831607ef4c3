import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../../src/clock.ts'
import { row, rows } from '../../../src/db/pool.ts'
import { reconcile } from '../../../src/messages/print/reconcile.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'
import { printedCampaign, type PrintedLetter } from '../support/printed.ts'

const people = 17_500
const sha256 = 'b'.repeat(64)

let db: TestDatabase
let folder: string
let letters: PrintedLetter[]
beforeAll(async () => {
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'kallelse-reconcile-'))
  letters = await printedCampaign(db.pool, people)
}, 300_000)
afterAll(async () => {
  await db.drop()
  rmSync(folder, { recursive: true })
})

const clock = new MovableClock(new Date('2021-03-10T12:00:00+01:00'))
const give = (name: string, lines: object[], over: { dryRun?: boolean } = {}, on = db) => {
  const path = join(folder, name)
  const counts = Map.groupBy(lines as { batch: string }[], (line) => line.batch)
  const totals = [...counts].map(([batch, its]) => ({
    batch,
    event: 'total',
    copies: its.length,
    sha256,
  }))
  writeFileSync(path, [...lines, ...totals].map((line) => `${JSON.stringify(line)}\n`).join(''))
  return reconcile({ pool: on.pool, clock }, path, { folder, ...over })
}
const printed = (some: PrintedLetter[], time: string, event = 'printed') =>
  some.map(({ batch, id, sha256 }) => ({
    batch,
    id,
    event,
    at: time,
    ...(event === 'printed' ? { sha256 } : {}),
  }))
const affected = async (id: number) =>
  (
    await rows<{ person: number }>(
      db.pool,
      'select person_id as person from reconciliation_affected where reconciliation_id = $1 order by 1',
      [id],
    )
  ).map((a) => a.person)

describe('Dalarna: a thousand of 17 500 letters went out twice', () => {
  const doubled = () => letters.filter((_, i) => i % 17 === 3).slice(0, 1000)
  const receipt = () => [
    ...printed(letters, '2021-03-10T08:00:00+01:00'),
    ...printed(doubled(), '2021-03-10T09:00:00+01:00'),
  ]

  it('is shown by a dry run that records nothing', async () => {
    const result = await give('dry.ndjson', receipt(), { dryRun: true })
    expect(result).toMatchObject({ id: null, found: { doubled: 1000 }, affected: 1000 })
    expect(
      await row(
        db.pool,
        'select (select count(*)::int from receipt) as receipts, (select count(*)::int from reconciliation) as files',
      ),
    ).toEqual({ receipts: 0, files: 0 })
  })

  it('is found within two seconds, before posting, and the correction is aimed at exactly those people', async () => {
    const seconds: number[] = []
    const timed = async (dryRun: boolean) => {
      const started = performance.now()
      const result = await give('printed.ndjson', receipt(), { dryRun })
      seconds.push((performance.now() - started) / 1000)
      return result
    }
    // A dry run does the same work. The best of several: other programs run beside.
    for (let tries = 0; tries < 10 && !(Math.min(...seconds) < 2); tries++) await timed(true)
    const result = await timed(false)
    process.stderr.write(
      `${people} letters with ${doubled().length} doubles reconciled in ${seconds.map((n) => n.toFixed(2)).join(', ')} s\n`,
    )
    expect(result).toMatchObject({
      found: { doubled: 1000 },
      affected: 1000,
      beforePosting: true,
      lines: people + 1000 + 18,
    })
    expect(await affected(result.id!)).toEqual(doubled().map((l) => l.personId))
    const hold = readFileSync(result.holdFile!, 'utf8').trimEnd().split('\n').slice(1)
    expect(hold.map((line) => line.split(',')[1]).sort()).toEqual(
      doubled()
        .map((l) => l.id)
        .sort(),
    )
    expect(Math.min(...seconds)).toBeLessThan(2)
  }, 300_000)

  it('is not shown again for what was held: only those that were posted twice', async () => {
    const slipped = doubled().slice(0, 30)
    const posted = [
      ...printed(letters, '2021-03-10T15:00:00+01:00', 'posted'),
      ...printed(slipped, '2021-03-10T15:30:00+01:00', 'posted'),
    ]
    const result = await give('posted.ndjson', posted)
    expect(result).toMatchObject({ found: { doubled: 30 }, affected: 30, beforePosting: false })
    expect(result.holdFile).toBeUndefined()
    expect(await affected(result.id!)).toEqual(slipped.map((l) => l.personId))
    // A later file about the same letters, with one line more, does not aim a second correction at them.
    const more = await give('posted-more.ndjson', [
      ...posted,
      ...printed(letters.slice(0, 1), '2021-03-10T16:00:00+01:00', 'inserted'),
    ])
    expect(more.found).toEqual({})
  })
})

describe('letters that were damaged', () => {
  it('and printed again count as one; not printed again they are missing', async () => {
    const small = await testDatabase()
    try {
      const [again, not, ...rest] = await printedCampaign(small.pool, 5)
      const lines = [
        ...printed([again!, not!, ...rest], '2021-03-10T08:00:00+01:00'),
        ...printed([again!, not!], '2021-03-10T08:10:00+01:00', 'damaged'),
        ...printed([again!], '2021-03-10T08:20:00+01:00'),
      ]
      const result = await give('damaged.ndjson', lines, {}, small)
      expect(result.found).toEqual({ missing: 1 })
      expect(readFileSync(result.findingsFile!, 'utf8')).toContain(
        `${not!.id},p${not!.personId},missing,1,0,0,1,damaged and not printed again`,
      )
    } finally {
      await small.drop()
    }
  })
})
