import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { asAttacker } from '../support/attacker.ts'
import { MovableClock } from '../../src/clock.ts'
import { rows, run } from '../../src/db/pool.ts'
import { clinicDay } from '../../src/visits/day-list.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { invite } from '../support/invited.ts'

let db: TestDatabase
let deps: { pool: TestDatabase['pool']; clock: MovableClock }
let hsaId: string
let day: string
beforeAll(async () => {
  db = await testDatabase()
  deps = { pool: db.pool, clock: new MovableClock(new Date('2021-03-15T07:00:00+01:00')) }
  await invite(db.pool, 4, [10])
  await run(
    db.pool,
    `insert into appointment (person_id, purpose, slot_id, made_by, made_at)
     select id, 'covid-19/dose-1', 1, 'person', now() from person where id <= 3 order by id`,
  )
  await run(db.pool, `update person set needs = '{interpreter}', language = 'fi' where id = 1`)
  await run(db.pool, `update person set same_as = 1, needs = '{anaphylaxis}' where id = 4`)
  await run(db.pool, `update person set protection = 'sekretessmarkering' where id = 2`)
  await run(
    db.pool,
    `update appointment set state = 'cancelled', ended_at = now() where person_id = 3`,
  )
  const [slot] = await rows<{ hsaId: string; day: string }>(
    db.pool,
    `select c.hsa_id as "hsaId", (s.starts_at at time zone 'Europe/Stockholm')::date::text as day
       from slot s join clinic c on c.id = s.clinic_id where s.id = 1`,
  )
  hsaId = slot!.hsaId
  day = slot!.day
})
afterAll(() => db.drop())

describe("a clinic's day", () => {
  it('has those who come, with language and the needs that any record of theirs says', async () => {
    const { visitors } = await clinicDay(deps, hsaId, day, 'anna')
    expect(visitors).toHaveLength(2)
    expect(visitors[0]!.person).toMatchObject({ language: 'fi' })
    expect(visitors[0]!.person!.needs.sort()).toEqual(['anaphylaxis', 'interpreter'])
    expect(visitors[0]).toMatchObject({ state: 'booked', reply: null })
  })

  it('has people with protected identity without anything of them', async () => {
    const { visitors } = await clinicDay(deps, hsaId, day, 'anna')
    expect(visitors[1]!.person).toBeNull()
  })

  it('is noted in the access log, person by person', async () => {
    await asAttacker(db.pool, 'delete from access_log')
    await clinicDay(deps, hsaId, day, 'anna')
    expect(
      await rows(
        db.pool,
        'select actor, unit, action, person_id as person from access_log order by person_id',
      ),
    ).toEqual([
      { actor: 'anna', unit: hsaId, action: 'day list', person: 1 },
      { actor: 'anna', unit: hsaId, action: 'day list', person: 2 },
    ])
  })

  it('is empty on another day, and refused for a clinic that is not there', async () => {
    expect((await clinicDay(deps, hsaId, '2030-01-01', 'anna')).visitors).toEqual([])
    await expect(clinicDay(deps, 'SE0000000000-NONE', day, 'anna')).rejects.toMatchObject({
      code: 'unknown-clinic',
    })
  })
})
