import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { DateTime } from 'luxon'
import { MovableClock } from '../../../src/clock.ts'
import { rows, run } from '../../../src/db/pool.ts'
import { removeGoal, setGoals } from '../../../src/goals/set.ts'
import { allGoals, goalNamed, goalsInForce } from '../../../src/goals/store.ts'
import { goalCoverage } from '../../../src/reports/goals/coverage.ts'
import { coverageCsv } from '../../../src/reports/goals/csv.ts'
import { dimensions, readCoverage, type Cell } from '../../../src/reports/goals/read.ts'
import { isSmall } from '../../../src/reports/goals/small-numbers.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'

const purpose = 'covid-19/dose-1'
const today = '2021-04-10'
const clock = new MovableClock(new Date(`${today}T10:00:00+02:00`))
const adults = {
  name: 'adults',
  purpose,
  who: 'Alla som är 18 år eller äldre',
  cohort: { age: { on: today, from: 18 } },
  share: '70 %',
  by: '2021-08-15',
}
let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await region()
  await setGoals({ pool: db.pool, clock }, adults, 'anna')
})
afterAll(() => db.drop())

/**
 * 2 000 records. Every 40th is another record of the one before it; some are dead, abroad or gone; a third has a dose of
 * ours, from elsewhere or both, others a visit without a dose, here or in another system.
 */
async function region(): Promise<void> {
  await run(
    db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
     select 'SE2321000180-' || n, 'Mottagning ' || n, (array['2080', '2081', '2062'])[n],
            (array['Falun', 'Borlänge', 'Mora'])[n], 'Gatan 1', '79131', 'Falun', '+46846500401'
       from generate_series(1, 3) n`,
  )
  await run(
    db.pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select 1 + n % 3, timestamptz '2021-03-01 23:30+01' + n * interval '1 day', 1000
       from generate_series(0, 44) n`,
  )
  await run(
    db.pool,
    `insert into person (identity_number, identity_kind, same_as, birth_date, sex, given_name, family_name,
                         municipality, language, easy_read, listed_clinic, deceased_on, emigrated_on, gone_since)
     select lpad(n::text, 8, '0') || '0000', 'personnummer', case when n % 40 = 0 then n - 1 end,
            case when n % 97 > 0 then date '1925-01-01' + n * 17 end,
            case n % 51 when 0 then null when 1 then 'male' else (array['female', 'male'])[1 + n % 2] end,
            'A', 'B', (array['2080', '2081', '2062', '1440', null])[1 + n % 5],
            (array['sv', 'sv', 'sv', 'ar', 'en', 'fi'])[1 + n % 6], n % 12 = 0,
            case n % 7 when 1 then 'SE2321000180-' || 1 + n % 3 end,
            case when n % 60 = 0 then date '2021-02-01' end, case when n % 71 = 0 then date '2021-02-01' end,
            case when n % 73 = 0 then date '2021-02-01' end
       from generate_series(1, 2000) n`,
  )
  await run(
    db.pool,
    `insert into dose (person_id, purpose, given_on, given_at)
     select n, $1, date '2021-02-20' + n % 50, 'annan region'
       from generate_series(1, 2000) n
      where n % 3 = 0 or (n % 40 = 0 and n % 3 = 1)`,
    [purpose],
  )
  await run(
    db.pool,
    `insert into dose (person_id, purpose, given_on)
     select n, 'covid-19/dose-2', date '2021-04-01'
       from generate_series(1, 2000, 2) n`,
  )
  await run(
    db.pool,
    `insert into appointment (person_id, purpose, slot_id, state, made_by, made_at)
     select n, $1, 1 + n % 45, case n % 4 when 0 then 'attended' when 1 then 'no-show' else 'booked' end, 'person',
            '2021-03-01'
       from generate_series(1, 2000) n
      where n % 9 in (1, 2) and n % 40 > 0`,
    [purpose],
  )
  await run(
    db.pool,
    `insert into outside_booking (reference, person_id, purpose, slot_id, state, made_at, changed_at)
     select 'x|' || n, n, $1, 1 + n % 45, case n % 2 when 0 then 'attended' else 'booked' end, '2021-03-01', '2021-03-01'
       from generate_series(5, 2000, 11) n`,
    [purpose],
  )
  await run(
    db.pool,
    `insert into person_group (name, answers, imported_at)
     values ('skolan', 'Rektor', '2021-03-01'), ('de-fyra', 'Chefen', '2021-03-01')`,
  )
  await run(
    db.pool,
    `insert into group_member (group_id, identity_number, valid_from, valid_until)
     select case when n < 400 then 1 else 2 end, lpad(n::text, 8, '0') || '0000', '2021-01-01',
            case when n % 10 = 0 then date '2021-04-09' when n % 10 = 1 then date '2021-04-10' end
       from generate_series(37, 403) n`,
  )
  await run(db.pool, 'analyze')
}

interface Someone {
  id: number
  lead: number
  born: string | null
  sex: string | null
  area: string | null
  language: string
  out: boolean
  groups: string[]
  days: string[]
}

/** The same from the tables as they are, person by person, in plain sight. */
async function naive(): Promise<Someone[]> {
  const all = <T extends object>(sql: string) => rows<T>(db.pool, sql)
  const clinics = await all<{ hsa_id: string; municipality: string; area: string }>(
    'select * from clinic',
  )
  const slots = new Map(
    (await all<{ id: number; starts_at: Date }>('select * from slot')).map((slot) => [
      slot.id,
      DateTime.fromJSDate(slot.starts_at, { zone: 'Europe/Stockholm' }).toISODate()!,
    ]),
  )
  const doses = await all<{ person_id: number; purpose: string; given_on: string }>(
    `select * from dose where purpose = '${purpose}'`,
  )
  const dosed = new Set(doses.map((dose) => dose.person_id))
  const given = [
    ...doses,
    ...[
      ...(await all<Visit>(`select * from appointment where state = 'attended'`)),
      ...(await all<Visit>(`select * from outside_booking where state = 'attended'`)),
    ]
      .filter((visit) => !dosed.has(visit.person_id))
      .map((visit) => ({ ...visit, given_on: slots.get(visit.slot_id)! })),
  ].filter((dose) => dose.purpose === purpose && dose.given_on <= today)
  const members = await all<{ name: string; identity_number: string }>(
    `select * from group_member m join person_group g on g.id = m.group_id
      where not coalesce(m.valid_until < '${today}', false)`,
  )
  const records = await all<Record<string, string | null> & { id: number; same_as: number | null }>(
    'select * from person',
  )
  const byLead = Map.groupBy(records, (record) => record.same_as ?? record.id)
  return records
    .filter((record) => record.same_as === null)
    .map((record) => {
      const own = byLead.get(record.id)!
      return {
        id: record.id,
        lead: record.id,
        born: record['birth_date']!,
        sex: record['sex']!,
        area:
          clinics.find((clinic) => clinic.hsa_id === record['listed_clinic'])?.area ??
          clinics.find((clinic) => clinic.municipality === record['municipality'])?.area ??
          null,
        language:
          record['language'] === 'sv' && record['easy_read'] ? 'sv-simple' : record['language']!,
        out:
          own.some((other) => other['deceased_on']) ||
          Boolean(record['emigrated_on'] ?? record['gone_since']),
        groups: members
          .filter((m) => own.some((other) => other['identity_number'] === m.identity_number))
          .map((m) => m.name),
        days: given
          .filter((dose) => own.some((other) => other.id === dose.person_id))
          .map((dose) => dose.given_on)
          .sort(),
      }
    })
}
interface Visit {
  person_id: number
  purpose: string
  slot_id: number
}

const ageOf = (born: string): number =>
  Math.floor(DateTime.fromISO(today).diff(DateTime.fromISO(born), 'years').years)
const bands = [0, 12, 16, 18, 30, 40, 50, 60, 65, 70, 75, 80, 90]

describe('the coverage', () => {
  it('is what counting person by person gives, whole and in every part', async () => {
    const goal = (await goalNamed(db.pool, 'adults'))!
    const people = (await naive()).filter((p) => !p.out && p.born !== null && ageOf(p.born) >= 18)
    const count = (some: Someone[]) => ({
      members: some.length,
      covered: some.filter((p) => p.days.length > 0).length,
      recent: some.filter((p) => p.days[0]! >= '2021-03-27' && p.days[0]! <= '2021-04-09').length,
    })
    const keys = {
      area: (p: Someone) => [p.area],
      age: (p: Someone) => [String(bands.findLast((from) => from <= ageOf(p.born!)))],
      sex: (p: Someone) => [p.sex],
      language: (p: Someone) => [p.language],
      group: (p: Someone) => p.groups,
    }

    const read = await readCoverage(db.pool, goal, today)

    expect(people.length).toBeGreaterThan(1000)
    expect(read.total).toEqual(count(people))
    expect(read.total.covered).toBeGreaterThan(500)
    expect(read.total.recent).toBeGreaterThan(100)
    for (const dimension of dimensions) {
      const expected = new Map<string | null, Someone[]>()
      for (const person of people)
        for (const key of keys[dimension](person))
          expected.set(key, [...(expected.get(key) ?? []), person])
      const sorted = (cells: Cell[]) => cells.toSorted((a, b) => (`${a.key}` < `${b.key}` ? -1 : 1))
      expect(sorted(read.by[dimension])).toEqual(
        sorted([...expected].map(([key, some]) => ({ key, ...count(some) }))),
      )
    }
    const firsts = people.flatMap((p) => p.days.slice(0, 1)).sort()
    expect(read.first).toBe(firsts[0])
    expect(read.days).toEqual(
      [...new Set(firsts)].map((day) => ({
        day,
        covered: firsts.filter((first) => first <= day).length,
      })),
    )
  })

  it('shows no part that is small, and none alone that is hidden', async () => {
    const goal = (await goalNamed(db.pool, 'adults'))!
    const shown = await goalCoverage(db.pool, goal, today)
    const raw = await readCoverage(db.pool, goal, today)
    const parts = dimensions.flatMap((dimension) => shown.parts[dimension])
    expect(parts.filter((part) => part.shown && isSmall(part.shown))).toEqual([])
    const [small, large] = shown.parts.group
    expect([small!.key, small!.shown, large!.key, large!.shown?.members]).toEqual([
      'de-fyra',
      null,
      'skolan',
      raw.by.group.find((cell) => cell.key === 'skolan')!.members,
    ])
    expect(raw.by.group[0]!.members).toBeLessThan(5)
    for (const dimension of dimensions.filter((d) => d !== 'group'))
      expect(shown.parts[dimension].filter((part) => !part.shown)).not.toHaveLength(1)
  })

  it('is a table for a spreadsheet, with what is not shown as two dots', async () => {
    const goal = (await goalNamed(db.pool, 'adults'))!
    const csv = coverageCsv([await goalCoverage(db.pool, goal, today)], 'group').split('\n')
    const { total } = await readCoverage(db.pool, goal, today)
    expect(csv[0]).toMatch(/^\uFEFFMål;Ärende;Vilka;Mål %;Senast;Räknat;Indelning;Del;Personer;/)
    expect(csv[1]).toMatch(
      new RegExp(
        `^adults;${purpose};Alla som är 18 år eller äldre;70;2021-08-15;${today};alla;;${total.members};`,
      ),
    )
    expect(csv[2]).toMatch(/;grupp;de-fyra(;\.\.){9}$/)
  })

  it('of a cohort of nobody is nobody', async () => {
    const { total } = await goalCoverage(
      db.pool,
      { ...(await goalNamed(db.pool, 'adults'))!, cohort: { group: 'no-such-group' } },
      today,
    )
    expect(total).toMatchObject({ members: 0, share: null, colour: null, why: 'nobody' })
  })
})

describe('goals', () => {
  const over65 = {
    ...adults,
    name: 'over-65',
    cohort: { age: { on: today, from: 65 } },
    share: 0.8,
  }
  const set = (given: unknown, by = 'anna', options = {}) =>
    setGoals({ pool: db.pool, clock }, given, by, options)

  it('are set, changed and removed, and what was said is kept with who said it', async () => {
    expect(await set([adults, over65])).toMatchObject({
      new: ['over-65'],
      changed: [],
      unchanged: ['adults'],
    })
    expect(await set(over65)).toMatchObject({ unchanged: ['over-65'] })
    expect(await set({ ...over65, share: 0.85 }, 'bertil', { dryRun: true })).toMatchObject({
      changed: ['over-65'],
      goals: [{ share: 0.85 }],
    })
    expect((await goalNamed(db.pool, 'over-65'))!.share).toBe(0.8)
    await set({ ...over65, share: 0.85 }, 'bertil')
    await removeGoal({ pool: db.pool, clock }, 'over-65', 'cecilia')
    const said = (await allGoals(db.pool)).filter((goal) => goal.name === 'over-65')
    expect(said.map(({ share, setBy, endedBy }) => [share, setBy, endedBy])).toEqual([
      [0.8, 'anna', 'bertil'],
      [0.85, 'bertil', 'cecilia'],
    ])
    expect((await goalsInForce(db.pool)).map((goal) => goal.name)).toEqual(['adults'])
  })

  it('are of purposes that there are, and known by name', async () => {
    await expect(set({ ...adults, purpose: 'covid-19/dos-1' })).rejects.toMatchObject({
      code: 'unknown-purpose',
    })
    await expect(removeGoal({ pool: db.pool, clock }, 'adult', 'anna')).rejects.toThrow(
      'There is no goal adult. Did you mean adults?',
    )
  })

  it.each([
    [
      'two of a name',
      `insert into goal (name, purpose, who, cohort_id, share, by_day, set_by, set_at)
                       select name, purpose, who, cohort_id, share, by_day, set_by, set_at from goal where ended_at is null`,
      'goal_in_force',
    ],
    ['more than all', `update goal set share = 1.01`, 'goal_share_check'],
    ['nothing', `update goal set share = 0`, 'goal_share_check'],
    [
      'an end by nobody',
      `update goal set ended_at = '2022-01-01', ended_by = null`,
      'goal_ended_by_somebody',
    ],
  ])('can not be %s, also not by hand', async (_title, sql, constraint) => {
    await expect(run(db.pool, sql)).rejects.toMatchObject({ constraint })
  })
})
