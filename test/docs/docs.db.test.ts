import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { rows } from '../../src/db/pool.ts'
import { word, type WordKind } from '../../src/reports/words.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

const machines = ['campaign', 'invitation', 'message', 'batch', 'offer', 'ordination'] as const

/** The text about one machine in docs/developer/states.md: its heading is the machine's name. */
const section = async (machine: string): Promise<string> =>
  (await readFile('docs/developer/states.md', 'utf8'))
    .split('\n## ')
    .find((part) => part.toLowerCase().startsWith(`${machine}\n`)) ?? ''

describe('docs/developer/states.md', () => {
  it.each(machines)(
    'draws the very transitions of %s that the database allows',
    async (machine) => {
      // In mermaid a name has no hyphen: in_doubt stands for in-doubt.
      const drawn = [...(await section(machine)).matchAll(/^ {2}(\w+) --> (\w+)$/gm)].map((arrow) =>
        `${arrow[1]} → ${arrow[2]}`.replaceAll('_', '-'),
      )
      const allowed = await rows<{ arrow: string }>(
        db.pool,
        `select from_state || ' → ' || to_state as arrow from transition where machine = $1`,
        [machine],
      )
      expect(drawn.sort()).toEqual(allowed.map((t) => t.arrow).sort())
    },
  )

  it.each(machines)(
    'explains every state of %s, and the report has a word for it',
    async (machine) => {
      const [check] = await rows<{ definition: string }>(
        db.pool,
        `select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1`,
        [`${machine}_state_check`],
      )
      const states = [...check!.definition.matchAll(/'([a-z-]+)'::text/g)].map((state) => state[1]!)
      const told = [...(await section(machine)).matchAll(/^\| `([a-z-]+)` *\|/gm)].map(
        (line) => line[1]!,
      )
      expect(told.sort()).toEqual(states.sort())
      const kinds: WordKind[] =
        machine === 'invitation' ? ['invitation-open', 'invitation-timed'] : [machine]
      for (const kind of kinds)
        expect(states.filter((state) => word(kind, state) === state)).toEqual([])
    },
  )

  it('has a section for each machine', async () => {
    expect(
      (
        await rows<{ machine: string }>(
          db.pool,
          'select distinct machine from transition order by 1',
        )
      ).map((t) => t.machine),
    ).toEqual([...machines].sort())
  })
})

describe('docs/developer/flow.md', () => {
  it('names only constraints, indexes and triggers that there are', async () => {
    const promises = (await readFile('docs/developer/flow.md', 'utf8')).split(
      '## Where each promise',
    )[1]!
    const named = [...promises.matchAll(/^\| \d+\. [^|]*\| ([^|]*)\|/gm)].flatMap((line) =>
      [...line[1]!.matchAll(/`([a-z0-9_]+)`/g)].map((name) => name[1]!),
    )
    const there = await rows<{ name: string }>(
      db.pool,
      `select conname as name from pg_constraint union select relname from pg_class where relkind = 'i' union select tgname from pg_trigger`,
    )
    expect(named.length).toBeGreaterThan(15)
    expect(named.filter((name) => !there.some((t) => t.name === name))).toEqual([])
  })
})
