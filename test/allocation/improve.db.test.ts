import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { improvePlan } from '../../src/allocation/improve-plan.ts'
import { createCampaign } from '../../src/campaigns/actions.ts'
import type { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { databaseWithJobs } from '../support/database.ts'
import { openSpec, smallRegion } from '../support/region.ts'
import { anyText, started } from '../support/started.ts'

let db: Awaited<ReturnType<typeof databaseWithJobs>>
let clock: MovableClock
const timed = openSpec({
  name: 'timed',
  way: 'timed',
  channels: [
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
    },
  ],
})

beforeEach(async () => {
  db = await databaseWithJobs()
  clock = await smallRegion(db.pool, { people: 4, places: 1 })
  // A second clinic in the area; half of the people are listed at it, and each half has the other's times.
  await run(
    db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone) values ('SE2321000180-ANNAN', 'Andra kliniken', '2080', 'falun', 'Provgatan 3', '79131', 'Falun', '+46846500402')`,
  )
  await run(
    db.pool,
    `insert into slot (clinic_id, starts_at, capacity) select 2, timestamptz '2021-03-15 09:00+01' + d * interval '1 day', 1 from generate_series(0, 4) d`,
  )
  const by = { pool: db.pool, clock, jobs: db.jobs }
  const id = await started(by, timed)
  await run(
    db.pool,
    `update person set listed_clinic = case when id % 2 = 0 then 'SE2321000180-PROV' else 'SE2321000180-ANNAN' end`,
  )
  expect(await assignTimes(by, id)).toBe(4)
  await run(
    db.pool,
    `update person set listed_clinic = case when id % 2 = 1 then 'SE2321000180-PROV' else 'SE2321000180-ANNAN' end`,
  )
})
afterEach(() => db.drop())

const times = () =>
  rows<{ person: number; slot: number; state: string }>(
    db.pool,
    'select person_id as person, slot_id as slot, state from appointment order by person_id',
  )
const atListed = () =>
  row(
    db.pool,
    `select count(*)::int as n from appointment a join slot s on s.id = a.slot_id join clinic c on c.id = s.clinic_id join person p on p.id = a.person_id where c.hsa_id = p.listed_clinic and a.state = 'booked'`,
  )
const improveBy = (by: string | null) => improvePlan({ pool: db.pool, clock }, 'timed', by)

describe('improving a plan', () => {
  it('shows the gain and changes nothing', async () => {
    const before = await times()
    const shown = await improveBy(null)
    expect(shown).toMatchObject({
      people: 4,
      moved: 4,
      done: false,
      before: { listed: 0 },
      after: { listed: 4 },
    })
    expect(await times()).toEqual(before)
  })

  it("moves them, with each slot counted right and a line in the campaign's log", async () => {
    expect(await improveBy('anna')).toMatchObject({ moved: 4, done: true })
    expect(await atListed()).toEqual({ n: 4 })
    expect(
      await rows(
        db.pool,
        `select s.id from slot s where s.booked <> (select count(*) from appointment a where a.slot_id = s.id and a.state = 'booked') or s.booked > s.capacity`,
      ),
    ).toEqual([])
    expect(
      await row(
        db.pool,
        `select actor, (details->>'moved')::int as moved from campaign_event where event = 'improved'`,
      ),
    ).toEqual({ actor: 'anna', moved: 4 })
    expect(await improveBy('anna')).toMatchObject({ moved: 0, done: false })
  })

  it('leaves those who have been told their time', async () => {
    await run(
      db.pool,
      `with w as (insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values (1, 'falun', '2021-03-08', 4, 'remaining', '{}', $1) returning id)
      update invitation set state = 'released', wave_id = w.id, released_at = $1 from w`,
      [clock.now()],
    )
    const before = await times()
    expect(await improveBy('anna')).toMatchObject({ people: 0, moved: 0 })
    expect(await times()).toEqual(before)
  })

  it('is refused whole when somebody took a place while it was reckoned', async () => {
    // A trigger stands for the other: it fills a slot the moment the plan is written.
    await run(
      db.pool,
      `create function take() returns trigger language plpgsql as $$ begin update slot set capacity = 0, overbooked = booked where id = (select min(slot_id) from appointment); return null; end $$`,
    )
    await run(
      db.pool,
      'create trigger take after update of slot_id on appointment for each statement execute function take()',
    )
    const before = await times()
    await expect(improveBy('anna')).rejects.toMatchObject({ code: 'plan-changed' })
    expect(await times()).toEqual(before)
  })

  it('is refused for an open campaign and for one that has not started', async () => {
    const by = { pool: db.pool, clock, jobs: db.jobs, textGate: anyText }
    await createCampaign(by, openSpec(), 'anna')
    await createCampaign(by, { ...timed, name: 'later' }, 'anna')
    await expect(improvePlan(by, 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'not-timed',
    })
    await expect(improvePlan(by, 'later', 'anna')).rejects.toMatchObject({ code: 'not-planned' })
  })
})
