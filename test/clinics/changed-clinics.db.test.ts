import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { assignTimes } from '../../src/allocation/assign.ts'
import { importClinics } from '../../src/clinics/import.ts'
import { toTell } from '../../src/cli/import-clinics.ts'
import { readClinics } from '../../src/clinics/read-clinics.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { readWords } from '../../src/notices/correct-words.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { noticesIn } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// Six people have been told of a time at Provkliniken, Provgatan 2, two a day from Monday the 15th.
let s: Sending
let campaign: number
const sample = async () =>
  parse(await readFile('samples/corrections/clinic-moved.yaml', 'utf8')) as unknown
beforeAll(async () => {
  s = await sending({ people: 6, places: 2 })
  const deps = { pool: s.db.pool, clock: s.clock, jobs: s.jobs }
  campaign = await s.started(
    openSpec({
      name: 'fixed',
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
  await assignTimes(deps, campaign)
  await releaseWave(deps, campaign)
})
afterAll(() => s.close())

const put = (over: { name?: string; street?: string; phone?: string; hours?: string }) => {
  const {
    name = 'Provkliniken',
    street = 'Provgatan 2',
    phone = '08-465 004 01',
    hours = '',
  } = over
  const bytes = new TextEncoder().encode(
    'hsa_id;name;municipality;area;street;postcode;town;phone;phone_hours;opening_hours\n' +
      `SE2321000180-PROV;${name};2080;falun;${street};79131;Falun;${phone};kl. 8–16;${hours}\n`,
  )
  const source = { name: 'c.csv', bytes, follow: () => Promise.reject(new Error('leads nowhere')) }
  return importClinics(s.db.pool, s.clock, source, readClinics(source.name, bytes), {
    dryRun: true,
    force: false,
  })
}

it('says how many have a time there, what changes, and which campaign told them', async () => {
  expect((await put({ name: 'Nya kliniken', street: 'Nya gatan 5' })).booked).toEqual([
    {
      hsaId: 'SE2321000180-PROV',
      name: 'Nya kliniken',
      changes: ['name', 'address'],
      booked: 6,
      campaigns: [
        {
          name: 'fixed',
          purpose: 'covid-19/dose-1',
          people: 6,
          from: '2021-03-15',
          to: '2021-03-17',
        },
      ],
    },
  ])
  expect((await put({ hours: 'vardagar 8–16' })).booked).toMatchObject([{ changes: ['hours'] }])
  expect(await row(s.db.pool, 'select name from clinic')).toEqual({ name: 'Provkliniken' }) // a dry run
})

it('says nothing when what people come by is the same', async () => {
  expect((await put({ phone: '08-465 004 02' })).booked).toEqual([])
})

it('proposes a correction that reaches exactly those who have a time there', async () => {
  // Monday's two have their times at another clinic.
  await run(
    s.db.pool,
    `with other as (
       insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
       select 'SE2321000180-ANNAN', 'Annan', municipality, area, street, postcode, town, phone, phone_hours
         from clinic
       returning id)
     update slot
        set clinic_id = (select id from other)
      where starts_at < '2021-03-16'`,
  )
  const n = noticesIn(s)
  await n.deliver(campaign)
  const [clinic] = (await put({ street: 'Nya gatan 5' })).booked
  expect(clinic).toMatchObject({ booked: 4, campaigns: [{ name: 'fixed', people: 4 }] })
  const [, only] = /--only '([^']+)'/.exec(toTell(clinic!))!
  const words = readWords(await sample(), 'wrong-content')
  const { id, released } = await n.correct({
    of: 'fixed',
    unsent: 'anew',
    words,
    only: parse(only!) as unknown,
  })
  expect(released).toBe(4)
  await n.deliver(id)
  const told = await rows<{ place: string; n: number }>(
    s.db.pool,
    `select c.name as place, count(*)::int as n
       from message m
       join appointment a on a.person_id = m.person_id and a.state = 'booked'
       join slot on slot.id = a.slot_id
       join clinic c on c.id = slot.clinic_id
      where m.campaign_id = $1
        and m.state = 'sent'
      group by 1`,
    [id],
  )
  expect(told).toEqual([{ place: 'Provkliniken', n: 4 }])
})

it('counts only times that are still to come', async () => {
  s.clock.moveTo(new Date('2021-03-16T12:00:00+01:00'))
  expect((await put({ street: 'Nya gatan 5' })).booked).toMatchObject([{ booked: 2 }])
})

it('has a sample of what to say', async () => {
  expect(Object.keys(readWords(await sample(), 'wrong-content').right!)).toEqual(['sv', 'en', 'ar'])
})
