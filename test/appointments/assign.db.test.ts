import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { allocationPeople } from '../../src/appointments/allocation-store.ts'
import { assignTimes } from '../../src/appointments/assign.ts'
import { readHomePositions, saveHomePositions } from '../../src/appointments/home-positions.ts'
import { rows, run } from '../../src/db/pool.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
let campaign: number
beforeAll(async () => {
  s = await sending({ people: 3, places: 0 })
  await run(s.db.pool, `update clinic set accessible = false, latitude = 60.6, longitude = 15.6`)
  await run(s.db.pool, `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, latitude, longitude) values ('SE2321000180-ANNAN', 'Andra kliniken', '2080', 'falun', 'Provgatan 3', '79131', 'Falun', '+46846500402', 60.7, 15.7)`)
  await run(s.db.pool, `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-15 09:10+01', 5), (2, '2021-03-15 08:00+01', 1), (2, '2021-03-15 11:00+01', 5)`)
  await run(s.db.pool, `update person set needs = '{wheelchair}', listed_clinic = 'SE2321000180-PROV' where id = 1`)
  await run(s.db.pool, `update person set can_come = '{"from": "10:00", "weekdays": [1]}' where id = 2`)
  campaign = await s.started(openSpec({ name: 'timed', way: 'timed', channels: [{ route: 'post', needs: ['address'], steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }] }] }))
})
afterAll(() => s.close())

describe('people as the allocation sees them', () => {
  it('live where their postcode area is, else their municipality, else in the middle of its clinics', async () => {
    const homes = async () => (await allocationPeople(s.db.pool, campaign, 'waiting', s.clock.now())).map((p) => p.home)
    expect((await homes())[0]!.latitude).toBeCloseTo(60.65)
    const sample = readHomePositions(await readFile('samples/geo/dalarna.csv', 'utf8'))
    expect(await saveHomePositions(s.db.pool, sample.filter((p) => p.code.length === 4).map((p) => ({ ...p, latitude: 60 })))).toBe(15)
    expect((await homes())[0]!.latitude).toBe(60)
    expect(await saveHomePositions(s.db.pool, sample)).toBe(sample.length)
    expect(await saveHomePositions(s.db.pool, sample)).toBe(0)
    expect((await homes())[0]).toEqual({ latitude: 60.61, longitude: 15.64 })
  })

  it('are refused whole when a line has no position', () => {
    expect(() => readHomePositions('code,name,latitude,longitude\n2080,Falun,60.6,15.6\n2081,Borlänge,,\n')).toThrow('Line 3')
  })
})

describe('fixed times', () => {
  it('spare a wheelchair the stairs, and come at hours the person can', async () => {
    expect(await assignTimes({ pool: s.db.pool, clock: s.clock }, campaign)).toBe(3)
    const got = await rows<{ person: number; clinic: number; at: string }>(s.db.pool, `select a.person_id as person, s.clinic_id as clinic, to_char(s.starts_at at time zone 'Europe/Stockholm', 'HH24:MI') as at from appointment a join slot s on s.id = a.slot_id order by 1`)
    expect(got[0]).toEqual({ person: 1, clinic: 2, at: '08:00' })
    expect(got[1]).toEqual({ person: 2, clinic: 2, at: '11:00' })
  })
})
