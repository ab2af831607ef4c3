import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { migrate } from '../../src/db/migrate.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await run(
    db.pool,
    `insert into person (identity_number, identity_kind, given_name, family_name)
    select '19440101' || lpad(n::text, 4, '0'), 'personnummer', 'A', 'B' from generate_series(1, 5) n`,
  )
  await run(
    db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone) values ('SE2321000180-T1', 'Testkliniken', '2080', 'falun', 'Gatan 1', '79131', 'Falun', '+46231234567')`,
  )
  await run(
    db.pool,
    `insert into slot (clinic_id, starts_at, capacity, overbooking) values (1, '2021-03-15 09:00+01', 2, 1)`,
  )
})
afterAll(() => db.drop())

const book = (person: number) =>
  run(
    db.pool,
    `insert into appointment (person_id, purpose, slot_id, made_by, made_at) values ($1, 'covid-19/dose-1', 1, 'person', now())`,
    [person],
  )

describe('the schema', () => {
  it('has nothing to do when it is up to date', async () => {
    expect(await migrate(db.pool)).toEqual([])
  })

  it('refuses an appointment above capacity plus overbooking, and counts a cancelled place as free', async () => {
    await book(1)
    await book(2)
    await book(3)
    await expect(book(4)).rejects.toThrow('slot_never_more_than_fits')
    await run(
      db.pool,
      `update appointment set state = 'cancelled', ended_at = now() where person_id = 2`,
    )
    await book(4)
    expect(await row(db.pool, 'select booked from slot where id = 1')).toEqual({ booked: 3 })
  })

  it('refuses a second live appointment for the same person and purpose', async () => {
    await run(db.pool, 'update slot set capacity = 100')
    await expect(book(1)).rejects.toThrow('appointment_one_live')
  })

  it('links a record only to a leading record', async () => {
    await run(db.pool, 'update person set same_as = 1 where id = 2')
    await expect(run(db.pool, 'update person set same_as = 2 where id = 3')).rejects.toThrow(
      'leading record',
    )
    await expect(run(db.pool, 'update person set same_as = 3 where id = 1')).rejects.toThrow(
      'leading record',
    )
  })

  it('says by lead_id who is the same person, and follows the links', async () => {
    const leads = () =>
      rows(db.pool, 'select id, lead_id from person where id in (4, 5) order by id')
    await run(db.pool, 'update person set same_as = 4 where id = 5')
    expect(await leads()).toEqual([
      { id: 4, lead_id: 4 },
      { id: 5, lead_id: 4 },
    ])
    await run(db.pool, 'update person set same_as = null where id = 5')
    expect(await leads()).toEqual([
      { id: 4, lead_id: 4 },
      { id: 5, lead_id: 5 },
    ])
  })

  it('makes codes that never meet, that people can read out, and that do not follow one another', async () => {
    const codes = (
      await rows<{ code: string }>(
        db.pool,
        'select new_code() as code from generate_series(1, 20000)',
      )
    ).map((r) => r.code)
    expect(new Set(codes).size).toBe(20_000)
    expect(codes.every((code) => /^[0-9A-HJKMNP-TV-Z]{8}$/.test(code))).toBe(true)
    // Neighbours agree in a place as often as chance has it: once in 32.
    const agreeing =
      codes
        .slice(1)
        .reduce((n, code, i) => n + [...code].filter((c, at) => codes[i]![at] === c).length, 0) /
      (8 * 19_999)
    expect(agreeing).toBeGreaterThan(0.029)
    expect(agreeing).toBeLessThan(0.034)
  })

  it('gives a number the code it has always had, or a new one could meet one that is on paper', async () => {
    const codes = await rows<{ code: string }>(
      db.pool,
      `select code_of(n, decode(repeat('00', 32), 'hex')) as code
         from unnest(array[1, 2, 1048576, 1099511627775]) n`,
    )
    // as new_code() of the third migration made them
    expect(codes.map((c) => c.code)).toEqual(['E58STRTM', 'MP46VXVH', 'VCFZ7XPD', '29MC2WG3'])
  })
})
