import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { MovableClock } from '../../src/clock.ts'
import { compileCohort } from '../../src/cohorts/compile.ts'
import { cohortAudience } from '../../src/cohorts/audience.ts'
import type { CohortRule, Condition } from '../../src/cohorts/rule.ts'
import { cohortById, saveCohort } from '../../src/cohorts/store.ts'
import { rows, run } from '../../src/db/pool.ts'
import type { Need } from '../../src/purposes/purpose.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const purposes = ['covid-19/dose-1', 'covid-19/dose-2']
const needs: Need[] = ['home-care', 'sabo', 'anaphylaxis']
const clinics = ['SE2321000180-1', 'SE2321000180-2', 'SE2321000180-3']
const groupNames = ['staff', 'risk']
const municipalities = ['2080', '2081', '2062']

interface Model {
  id: number
  leader: number
  birthDate: string | null
  sex: 'female' | 'male' | null
  municipality: string | null
  clinic: string | null
  needs: Need[]
  household: string | null
  given: string[]
  booked: string[]
}

/** Days of a record on each list; computed on 8 March 2021, so that three of the five kinds are in it. */
const onList = (id: number, group: string): [string, string | null] | undefined =>
  (
    [
      ['2021-01-01', null],
      ['2021-03-08', '2021-03-08'],
      ['2021-01-01', '2021-03-07'],
      ['2021-03-09', null],
      ['2020-01-01', '2021-12-31'],
    ] as const
  )[(id * 3 + group.length) % 17] as [string, string | null] | undefined

/** The same meaning, said plainly: one person at a time, over all that is known of them on any of their records. */
function holds(rule: Condition, person: Model, records: Model[]): boolean {
  const given = records.flatMap((r) => r.given)
  const booked = records.flatMap((r) => r.booked)
  const year = person.birthDate && Number(person.birthDate.slice(0, 4))
  const ageOn = (day: string): number => {
    const [birth, at] = [person.birthDate!, day].map(
      (d) => d.split('-').map(Number) as [number, number, number],
    ) as [[number, number, number], [number, number, number]]
    return at[0] - birth[0] - (at[1] < birth[1] || (at[1] === birth[1] && at[2] < birth[2]) ? 1 : 0)
  }
  const within = (n: number, range: { from?: number | undefined; to?: number | undefined }) =>
    n >= (range.from ?? -Infinity) && n <= (range.to ?? Infinity)
  return [
    !rule.born || (year !== null && within(year as number, rule.born)),
    !rule.age || (person.birthDate !== null && within(ageOn(rule.age.on), rule.age)),
    !rule.municipality ||
      (person.municipality !== null && rule.municipality.includes(person.municipality)),
    !rule.clinic || (person.clinic !== null && rule.clinic.includes(person.clinic)),
    !rule.needs?.any || rule.needs.any.some((n) => person.needs.includes(n)),
    !rule.needs?.none || !rule.needs.none.some((n) => person.needs.includes(n)),
    !rule.sex || person.sex === rule.sex,
    !rule.given || given.includes(rule.given),
    !rule.notGiven || !given.includes(rule.notGiven),
    !rule.booked || booked.includes(rule.booked),
    !rule.notBooked || !booked.includes(rule.notBooked),
    !rule.group ||
      records.some(({ id }) => {
        const [from, until] = (groupNames.includes(rule.group!) && onList(id, rule.group!)) || []
        return from !== undefined && from <= '2021-03-08' && (until ?? '9999') >= '2021-03-08'
      }),
    !rule.and || rule.and.every((inner) => holds(inner, person, records)),
    !rule.or || rule.or.some((inner) => holds(inner, person, records)),
    !rule.not || !holds(rule.not, person, records),
  ].every(Boolean)
}

function membersOf(rule: CohortRule, people: Model[]): number[] {
  const leading = people.filter((p) => p.leader === p.id)
  const matched = leading.filter((p) =>
    holds(
      rule,
      p,
      people.filter((r) => r.leader === p.id),
    ),
  )
  if (!rule.cohabitants) return matched.map((p) => p.id)
  const homes = new Set(matched.map((p) => p.household).filter((h) => h !== null))
  return leading
    .filter((p) => matched.includes(p) || (p.household !== null && homes.has(p.household)))
    .map((p) => p.id)
}

// Few values and days around birthdays and 29 February, so that edges are met often.
const birthDate = fc.constantFrom(
  '1943-12-31',
  '1944-01-01',
  '1944-02-28',
  '1944-02-29',
  '1944-03-01',
  '1945-03-08',
  '1945-03-09',
  '1946-12-31',
  null,
)
const day = fc.constantFrom('2021-02-28', '2021-03-01', '2020-02-29', '2021-03-08', '2021-12-31')
const range = (low: number, high: number) =>
  fc
    .tuple(
      fc.option(fc.integer({ min: low, max: high }), { nil: undefined }),
      fc.integer({ min: 0, max: 2 }),
      fc.boolean(),
    )
    .map(([from, more, open]) => ({
      from: from ?? undefined,
      to: from === undefined ? high - more : open ? undefined : from + more,
    }))
const some = <T>(values: T[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 })
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  range(1943, 1946).map((born) => ({ born })),
  fc.tuple(day, range(74, 77)).map(([on, r]) => ({ age: { on, ...r } })),
  some(municipalities).map((municipality) => ({ municipality })),
  some(clinics).map((clinic) => ({ clinic })),
  some(needs).map((any) => ({ needs: { any } })),
  some(needs).map((none) => ({ needs: { none } })),
  fc.constantFrom<Condition>({ sex: 'female' }, { sex: 'male' }),
  fc.constantFrom(...groupNames, 'nobody').map((group) => ({ group })),
  fc
    .tuple(
      fc.constantFrom('given', 'notGiven', 'booked', 'notBooked'),
      fc.constantFrom(...purposes),
    )
    .map(([key, p]) => ({ [key]: p })),
)
const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.tuple(leaf, leaf).map(([a, b]) => ({ ...a, ...b })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((or) => ({ or })),
    fc.tuple(leaf, tie('tree')).map(([a, not]) => ({ ...a, not })),
  ),
}))
const rule: fc.Arbitrary<CohortRule> = fc
  .tuple(tree, fc.option(fc.boolean(), { nil: undefined }))
  .map(([t, cohabitants]) => ({ ...t, cohabitants }))

let db: TestDatabase
let people: Model[]
const sample = fc.record({
  birthDate,
  sex: fc.constantFrom('female' as const, 'male' as const, null),
  municipality: fc.constantFrom(...municipalities, null),
  clinic: fc.constantFrom(...clinics, null),
  needs: fc.uniqueArray(fc.constantFrom(...needs), { maxLength: 2 }),
  household: fc.option(
    fc.integer({ min: 1, max: 60 }).map((n) => `h${n}`),
    { nil: null },
  ),
  given: fc.uniqueArray(fc.constantFrom(...purposes), { maxLength: 1 }),
  booked: fc.uniqueArray(fc.constantFrom(...purposes), { maxLength: 1 }),
  linked: fc.integer({ min: 0, max: 9 }),
})

beforeAll(async () => {
  db = await testDatabase()
  await run(
    db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone) values ('SE2321000180-1', 'A', '2080', 'falun', 'B', '79131', 'Falun', '+46231234567')`,
  )
  await run(
    db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-15 09:00+01', 1000)`,
  )
  // Random people, made once: 400 records, one in ten linked to the leading record before it.
  people = fc
    .sample(sample, { numRuns: 400, seed: 7 })
    .map(({ linked: _, ...p }, i) => ({ id: i + 1, leader: i + 1, ...p }))
  const links = fc.sample(sample, { numRuns: 400, seed: 7 }).map((p) => p.linked === 0)
  people.forEach((p, i) => {
    const before = people[i - 1]
    if (before && links[i] && before.leader === before.id) p.leader = before.id
  })
  for (const p of people) {
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name, birth_date, sex, municipality, listed_clinic, needs, household, language, phone, email, registered_address)
      values ($1, 'personnummer', 'A', 'B', $2, $3, $4, $5, $6, $7, $8, $9, $10, '{}')`,
      [
        `19440101${String(p.id).padStart(4, '0')}`,
        p.birthDate,
        p.sex,
        p.municipality,
        p.clinic,
        p.needs,
        p.household,
        p.id % 9 ? 'sv' : 'fi',
        p.id % 3 ? '+46701740605' : '+46231234567',
        p.id % 2 ? `p${p.id}@post.example` : null,
      ],
    )
    await run(db.pool, `insert into dose select $1, unnest($2::text[]), '2021-03-01'`, [
      p.id,
      p.given,
    ])
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) select $1, unnest($2::text[]), 1, 'person', '2021-03-01'`,
      [p.id, p.booked],
    )
  }
  await run(
    db.pool,
    `insert into person_group (name, answers, imported_at)
     select n, 'HR', now()
       from unnest($1::text[]) n`,
    [groupNames],
  )
  for (const p of people)
    for (const [i, group] of groupNames.entries()) {
      const days = onList(p.id, group)
      if (days)
        await run(
          db.pool,
          `insert into group_member (group_id, identity_number, valid_from, valid_until)
           select $1, identity_number, $3, $4
             from person
            where id = $2`,
          [i + 1, p.id, ...days],
        )
    }
  for (const p of people)
    if (p.leader !== p.id)
      await run(db.pool, 'update person set same_as = $2 where id = $1', [p.id, p.leader])
})
afterAll(() => db.drop())

describe('a cohort', () => {
  it('has the same members in the database as by the plain meaning of its rule, for random rules and people', async () => {
    await fc.assert(
      fc.asyncProperty(rule, async (given) => {
        const { sql, values } = compileCohort(given, '2021-03-08')
        const found = await rows<{ id: number }>(
          db.pool,
          `select id from (${sql}) m order by id`,
          values,
        )
        expect(found.map((r) => r.id)).toEqual(membersOf(given, people))
      }),
      { numRuns: 400 },
    )
  })

  it('does not count a cancelled appointment as booked', async () => {
    const had = (await cohortAudience(db.pool, { booked: purposes[0] }, '2021-03-08')).total
    const person = people.find(
      (p) =>
        p.leader === p.id &&
        p.booked.includes(purposes[0]!) &&
        !people.some((r) => r.id !== p.id && r.leader === p.id),
    )!
    await run(
      db.pool,
      `update appointment set state = 'cancelled', ended_at = now() where person_id = $1`,
      [person.id],
    )
    expect((await cohortAudience(db.pool, { booked: purposes[0] }, '2021-03-08')).total).toBe(
      had - 1,
    )
    await run(
      db.pool,
      `update appointment set state = 'booked', ended_at = null where person_id = $1`,
      [person.id],
    )
  })

  it('is the same version while the rule is the same, whatever the order of its lines, and the next when it changes', async () => {
    const clock = new MovableClock(new Date('2021-03-08T08:00:00Z'))
    const first = await saveCohort(db.pool, clock, 'dalarna', {
      born: { from: 1942, to: 1946 },
      sex: 'female',
    })
    expect(first.version).toBe(1)
    expect(
      await saveCohort(db.pool, clock, 'dalarna', {
        sex: 'female',
        born: { to: 1946, from: 1942 },
      }),
    ).toEqual(first)
    const next = await saveCohort(db.pool, clock, 'dalarna', { born: { from: 1942, to: 1947 } })
    expect(next.version).toBe(2)
    expect((await saveCohort(db.pool, clock, 'another', { born: { from: 1942 } })).version).toBe(1)
    expect(await cohortById(db.pool, next.id)).toEqual({
      name: 'dalarna',
      version: 2,
      rule: { born: { from: 1942, to: 1947 } },
    })
  })

  it('is saved once when ten save it at the same time', async () => {
    const clock = new MovableClock(new Date('2021-03-08T08:00:00Z'))
    const all = await Promise.all(
      Array.from({ length: 10 }, () =>
        saveCohort(db.pool, clock, 'together', { born: { from: 1942 } }),
      ),
    )
    expect(new Set(all.map((saved) => `${saved.id}/${saved.version}`)).size).toBe(1)
  })

  it('is previewed by views that each add up to the total', async () => {
    const given: CohortRule = { born: { from: 1943, to: 1946 }, cohabitants: true }
    const preview = await cohortAudience(db.pool, given, '2021-03-08')
    expect(preview.total).toBe(membersOf(given, people).length)
    const { total, ...views } = preview
    for (const view of Object.values(views))
      expect(Object.values(view as Record<string, number>).reduce((a, b) => a + b, 0)).toBe(total)
    const members = people.filter((p) => membersOf(given, people).includes(p.id))
    expect(preview.municipality['2080']).toBe(
      members.filter((p) => p.municipality === '2080').length,
    )
    expect(preview.channel['email+mobile']).toBe(members.filter((p) => p.id % 2 && p.id % 3).length)
    expect(preview.channel.letter).toBe(
      members.filter((p) => p.id % 2 === 0 && p.id % 3 === 0).length,
    )
    expect(preview.age['unknown']).toBe(members.filter((p) => p.birthDate === null).length)
  })
})
