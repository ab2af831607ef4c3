import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { allocationPeople } from '../../src/allocation/store.ts'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { readHomePositions, saveHomePositions } from '../../src/allocation/home-positions.ts'
import { rows, run } from '../../src/db/pool.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

/** Every route's people may have a time from then on. */
const firstOf = (earliest: Date) => [{ route: 'post', earliest }]

let s: Sending
let campaign: number
beforeAll(async () => {
  s = await sending({ people: 3, places: 0 })
  await run(s.db.pool, `update clinic set accessible = false, latitude = 60.6, longitude = 15.6`)
  await run(
    s.db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, latitude, longitude) values ('SE2321000180-ANNAN', 'Andra kliniken', '2080', 'falun', 'Provgatan 3', '79131', 'Falun', '+46846500402', 60.7, 15.7)`,
  )
  await run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-15 09:10+01', 5), (2, '2021-03-15 08:00+01', 1), (2, '2021-03-15 11:00+01', 5)`,
  )
  await run(
    s.db.pool,
    `update person set needs = '{wheelchair}', listed_clinic = 'SE2321000180-PROV' where id = 1`,
  )
  await run(
    s.db.pool,
    `update person set can_come = '{"from": "10:00", "weekdays": [1]}' where id = 2`,
  )
  campaign = await s.started(
    openSpec({
      name: 'timed',
      way: 'timed',
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
        },
      ],
    }),
  )
})
afterAll(() => s.close())

describe('people as the allocation sees them', () => {
  it('live where their postcode area is, else their municipality, else in the middle of its clinics', async () => {
    const homes = async () =>
      (await allocationPeople(s.db.pool, campaign, 'waiting', firstOf(s.clock.now()))).map(
        (p) => p.home,
      )
    expect((await homes())[0]!.latitude).toBeCloseTo(60.65)
    const sample = readHomePositions('dalarna.csv', await readFile('samples/geo/dalarna.csv'))
    expect(
      await saveHomePositions(
        s.db.pool,
        sample.filter((p) => p.code.length === 4).map((p) => ({ ...p, latitude: 60 })),
      ),
    ).toBe(15)
    expect((await homes())[0]!.latitude).toBe(60)
    expect(await saveHomePositions(s.db.pool, sample)).toBe(sample.length)
    expect(await saveHomePositions(s.db.pool, sample)).toBe(0)
    expect((await homes())[0]).toEqual({ latitude: 60.61, longitude: 15.64 })
  })

  it('are refused whole when a line has no position', () => {
    expect(() =>
      readHomePositions(
        'p.csv',
        Buffer.from('code,name,latitude,longitude\n2080,Falun,60.6,15.6\n2081,Borlänge,,\n'),
      ),
    ).toThrow('Line 3')
  })
})

describe('fixed times', () => {
  it('spare a wheelchair the stairs, and come at hours the person can', async () => {
    expect(await assignTimes({ pool: s.db.pool, clock: s.clock }, campaign)).toBe(3)
    const got = await rows<{ person: number; clinic: number; at: string }>(
      s.db.pool,
      `select a.person_id as person, s.clinic_id as clinic, to_char(s.starts_at at time zone 'Europe/Stockholm', 'HH24:MI') as at from appointment a join slot s on s.id = a.slot_id order by 1`,
    )
    expect(got[0]).toEqual({ person: 1, clinic: 2, at: '08:00' })
    expect(got[1]).toEqual({ person: 2, clinic: 2, at: '11:00' })
  })
})

describe('what stands elsewhere about a person', () => {
  it('counts too: a reaction on an earlier number, and the interval since an earlier dose', async () => {
    await run(
      s.db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name, same_as, needs) values ('194402299806', 'personnummer', 'A', 'B', 1, '{anaphylaxis}')`,
    )
    await run(
      s.db.pool,
      `insert into dose_interval (vaccine, purpose, next_purpose, version, valid_from, min_days, max_days, made_by, made_at) values ('comirnaty', 'covid-19/dose-0', 'covid-19/dose-1', 1, '2021-01-01', 21, 42, 'anna', now())`,
    )
    await run(
      s.db.pool,
      `insert into next_dose (person_id, purpose, earliest, latest, interval_id, planned_at) values (2, 'covid-19/dose-1', '2021-03-29', '2021-04-18', 1, now()), (3, 'covid-19/dose-1', '2021-01-29', '2021-02-18', 1, now())`,
    )
    const [one, two, three] = await allocationPeople(
      s.db.pool,
      campaign,
      'planned',
      firstOf(s.clock.now()),
    )
    expect([...one!.needs].sort()).toEqual(['anaphylaxis', 'wheelchair'])
    expect([two!.earliest, two!.latest]).toEqual([
      new Date('2021-03-29T00:00:00+02:00'),
      new Date('2021-04-18T23:59:59.999+02:00'),
    ])
    expect([three!.earliest, three!.latest]).toEqual([s.clock.now(), null]) // the interval is over: the sooner the better
  })

  it('keeps a person from a central reception whichever record says so, by whatever way they book', async () => {
    await run(s.db.pool, 'update clinic set central = true where id = 2')
    const { code } = (
      await rows<{ code: string }>(s.db.pool, 'select code from invitation where person_id = 1')
    )[0]!
    await run(
      s.db.pool,
      `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values ($1, 'falun', '2021-03-08', 1, 'remaining', '{}', now())`,
      [campaign],
    )
    await run(
      s.db.pool,
      `update appointment set state = 'cancelled', ended_at = now() where person_id = 1`,
    )
    await run(
      s.db.pool,
      `update invitation set state = 'released', appointment_id = null, wave_id = 1, released_at = now() where person_id = 1`,
    )
    const slot = (
      await rows<{ id: number }>(
        s.db.pool,
        'select id from slot where clinic_id = 2 and capacity = 5',
      )
    )[0]!
    await expect(bookByCode(s.db.pool, s.clock, code, slot.id, 'person')).rejects.toMatchObject({
      code: 'slot-central',
    })
  })
})
