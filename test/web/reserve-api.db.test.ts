import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openRound } from '../../src/reserve/round.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { createApiKey } from '../../src/staff/api-keys.ts'
import { invite } from '../support/invited.ts'
import { openSite, type Site } from './support/site.ts'

const purpose = 'covid-19/dose-1'
const clock = new MovableClock(new Date('2021-03-15T15:00:00+01:00'))
let site: Site
let key: string
let reader: string
beforeAll(async () => {
  site = await openSite({}, clock)
  ;[key, reader] = await Promise.all([
    site.keyFor('clinic', 'write'),
    site.keyFor('reader', 'read'),
  ])
  await invite(site.db.pool, 2, [1])
  await run(site.db.pool, `update person set phone = '+46701740605'`)
})
afterAll(() => site.close())
let n = 0
const post = (path: string, body: object, as = key) =>
  site.post(`/api/v1${path}`, body, as, { 'idempotency-key': `k${++n}` })

async function keyOfAnotherClinic(): Promise<string> {
  const clinic = 'SE2321000180-ANNAN'
  await run(
    site.db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
     values ($1, 'Andra kliniken', '2080', 'falun', 'Gatan 1', '79131', 'Falun', '+46846500401')`,
    [clinic],
  )
  return createApiKey(site.db.pool, 'elsewhere', ['write'], clock.now(), { clinic })
}

describe("the clinic's side over HTTP", () => {
  it('puts somebody on the reserve list, takes their answer by code, and records that they came', async () => {
    const joined = await post('/reserve-list', { personId: 1, purpose })
    expect([joined.status, joined.json]).toEqual([200, { reserveId: 1, area: 'falun' }])
    const asked = {
      clinic: 'SE2321000180-1',
      purpose,
      places: 1,
      at: new Date('2021-03-15T16:30:00+01:00'),
      minutes: 20,
    }
    await openRound(
      { pool: site.db.pool, clock, jobs: await site.app.jobs(), quiet: false },
      asked,
      'anna',
    )
    const { code } = (await row<{ code: string }>(site.db.pool, 'select code from offer'))!
    const elsewhere = await keyOfAnotherClinic()
    const answer = { code, answer: 'yes' }
    expect((await post('/reserve-offers/answer', answer, elsewhere)).json.code).toBe('unknown-code')
    expect((await post('/reserve-offers/answer', answer)).json).toEqual({ outcome: 'taken' })
    const { id } = (await row<{ id: number }>(site.db.pool, 'select id from appointment'))!
    const came = { outcome: 'attended' }
    expect((await post(`/appointments/${id}/attendance`, came, elsewhere)).json.code).toBe(
      'unknown-appointment',
    )
    expect(
      (await post(`/appointments/${id}/attendance`, { outcome: 'attended', vaccine: 'comirnaty' }))
        .json,
    ).toEqual({ state: 'attended' })
    expect(await rows(site.db.pool, 'select person_id as person, vaccine from dose')).toEqual([
      { person: 1, vaccine: 'comirnaty' },
    ])
    expect(
      await row(site.db.pool, `select actor, action, person_id as person from access_log`),
    ).toEqual({ actor: 'clinic', action: 'reserve list', person: 1 })
  })

  it('lets nobody try all codes of offers', async () => {
    const guessing = await site.keyFor('guessing', 'write')
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, i) => {
        const code = String(1000 + i)
        return (await post('/reserve-offers/answer', { code, answer: 'no' }, guessing)).status
      }),
    )
    expect(statuses.filter((status) => status === 404)).toHaveLength(30)
    expect(statuses.filter((status) => status === 429)).toHaveLength(30)
  })

  it('says what is wrong, and needs the right to write', async () => {
    expect((await post('/reserve-list', { personId: 2, purpose }, reader)).status).toBe(403)
    const answers = [
      await post('/reserve-list', { personId: 2, purpose: 'other' }),
      await post('/reserve-offers/answer', { code: '0000', answer: 'yes' }),
      await post('/appointments/99/attendance', { outcome: 'attended' }),
      await post('/appointments/1/attendance', { outcome: 'maybe' }),
    ]
    expect(answers.map((answer) => [answer.status, answer.json.code])).toEqual([
      [422, 'not-invited'],
      [404, 'unknown-code'],
      [404, 'unknown-appointment'],
      [400, 'invalid-request'],
    ])
  })
})
