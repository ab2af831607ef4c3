import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { linkPeople } from '../../src/people/link.ts'
import { asAttacker } from '../support/attacker.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())
// Ten records: 0–3 have a personnummer, 4–6 a samordningsnummer, 7–9 a reserve number. The checks are made elsewhere.
const number = (i: number) => `19440101000${i}`
beforeEach(async () => {
  await asAttacker(db.pool, 'truncate person restart identity cascade')
  await run(
    db.pool,
    `insert into person (identity_number, identity_kind, given_name, family_name)
     select '19440101000' || i, case when i < 4 then 'personnummer' when i < 7 then 'samordningsnummer' else 'reserve-vgr' end, 'A', 'B' from generate_series(0, 9) i order by i`,
  )
})
const link = (...pairs: [number, number][]) =>
  transaction(db.pool, (tx) =>
    linkPeople(
      tx,
      pairs.map(([used, earlier]) => [number(used), number(earlier)] as const),
    ),
  )
const links = async () =>
  Object.fromEntries(
    (
      await rows<{ a: string; b: string }>(
        db.pool,
        'select right(p.identity_number, 1) a, right(l.identity_number, 1) b from person p join person l on l.id = p.same_as order by p.id',
      )
    ).map(({ a, b }) => [a, b]),
  )

describe('linking', () => {
  it('lets the personnummer lead, then the samordningsnummer', async () => {
    await link([7, 4], [5, 8], [9, 0])
    expect(await links()).toEqual({ 7: '4', 8: '5', 9: '0' })
  })
  it('lets the one used now lead among equals', async () => {
    await link([2, 1])
    expect(await links()).toEqual({ 1: '2' })
  })
  it('brings along what was linked before', async () => {
    await link([4, 7], [5, 8])
    expect(await link([5, 4])).toEqual([
      { id: 5, leading_id: 6 },
      { id: 8, leading_id: 6 },
    ])
    expect(await links()).toEqual({ 4: '5', 7: '5', 8: '5' })
    await link([0, 8])
    expect(await links()).toEqual({ 4: '0', 5: '0', 7: '0', 8: '0' })
  })
  it('again changes nothing, and unknown numbers are passed over', async () => {
    await link([0, 7])
    expect(await link([0, 7])).toEqual([])
    expect(
      await transaction(db.pool, (tx) => linkPeople(tx, [[number(0), '991981000010']])),
    ).toEqual([])
    expect(await link()).toEqual([])
  })
  it('in any order and number keeps one leading record a human being, of the best kind, one step away', async () => {
    const pair = fc.tuple(fc.nat(9), fc.nat(9))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(pair, { maxLength: 4 }), { maxLength: 4 }),
        async (batches) => {
          await run(db.pool, 'update person set same_as = null')
          const group = Array.from({ length: 10 }, (_, i) => i)
          for (const batch of batches) {
            await link(...batch)
            for (const [a, b] of batch) {
              const [from, to] = [group[a]!, group[b]!]
              for (let i = 0; i < 10; i++) if (group[i] === from) group[i] = to
            }
          }
          const found = await links()
          for (let i = 0; i < 10; i++) {
            const members = group.flatMap((g, j) => (g === group[i] ? [j] : []))
            const leaders = new Set(members.map((m) => found[m] ?? String(m)))
            expect(leaders.size).toBe(1)
            const rank = (m: number) => (m < 4 ? 0 : m < 7 ? 1 : 2)
            expect(rank(Number([...leaders][0]))).toBe(Math.min(...members.map(rank)))
          }
        },
      ),
      { numRuns: 40 },
    )
  })
  it('of many pairs is a few statements', async () => {
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name) select '195' || lpad(i::text, 9, '0'), 'personnummer', 'A', 'B' from generate_series(1, 20000) i`,
    )
    const pairs = Array.from(
      { length: 10000 },
      (_, i) =>
        [
          `195${String(2 * i + 1).padStart(9, '0')}`,
          `195${String(2 * i + 2).padStart(9, '0')}`,
        ] as const,
    )
    expect(await transaction(db.pool, (tx) => linkPeople(tx, pairs))).toHaveLength(10000)
    expect(
      (await row<{ n: number }>(
        db.pool,
        'select count(*) as n from person where same_as is not null',
      ))!.n,
    ).toBe(10000)
  })
})
