import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { row, run } from '../../src/db/pool.ts'
import { apiKeys, createApiKey, revokeApiKey, rotateApiKey } from '../../src/staff/api-keys.ts'
import { invite } from '../support/invited.ts'
import { openSite, type Site } from './support/site.ts'

const day = 86_400_000
let site: Site
const clock = new MovableClock(new Date('2021-03-08T08:00:00Z'))
beforeAll(async () => {
  site = await openSite({}, clock)
  await invite(site.db.pool, 4, [2, 2])
  await run(
    site.db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
     values ('SE2321000180-ANNAN', 'Andra kliniken', '2080', 'falun', 'Gatan 1', '79131', 'Falun', '+46846500401')`,
  )
})
afterAll(() => site.close())

const works = async (key: string) => (await site.get('/api/v1/campaigns', key)).status

describe('a key', () => {
  it('ends on its day, and one that is replaced works for some days more', async () => {
    const { pool } = site.db
    const now = clock.now()
    const short = await createApiKey(pool, 'short', ['read'], now, {
      expiresAt: new Date(now.getTime() + 10 * day),
    })
    const year = await createApiKey(pool, 'year', ['read'], now)
    expect([await works(short), await works(year)]).toEqual([200, 200])
    const next = await rotateApiKey(pool, 'short', now, 3)
    expect([await works(short), await works(next)]).toEqual([200, 200])
    clock.moveTo(new Date(now.getTime() + 4 * day))
    expect([await works(short), await works(next)]).toEqual([401, 200])
    clock.moveTo(new Date(now.getTime() + 366 * day))
    expect([await works(next), await works(year)]).toEqual([401, 401])
    const again = await rotateApiKey(pool, 'year', clock.now(), 3)
    expect([await works(year), await works(again)]).toEqual([401, 200]) // what has ended stays so
    await revokeApiKey(pool, 'year', clock.now())
    expect(await works(again)).toBe(401)
    expect(await apiKeys(pool)).toMatchObject([
      { name: 'short', rights: ['read'], lastUsedOn: '2021-03-12' },
      { name: 'year', revokedAt: clock.now(), lastUsedOn: '2022-03-09' },
    ])
  })

  it('that asks for thirty people who are not here waits for an hour, and no other key with it', async () => {
    const { pool } = site.db
    const [guessing, other] = [
      await createApiKey(pool, 'guessing', ['read'], clock.now()),
      await createApiKey(pool, 'other', ['read'], clock.now()),
    ]
    const lookUp = async (key: string, identityNumber: string) =>
      (await site.post('/api/v1/people/lookup', { identityNumber }, key)).status
    const { number } = (await row<{ number: string }>(
      pool,
      'select identity_number as number from person where id = 1',
    ))!
    for (let i = 0; i < 40; i++) expect(await lookUp(guessing, '1944')).toBe(400)
    await run(pool, `update person set identity_number = '194401029808' where id = 1`)
    expect(number).not.toBe('194401029808')
    const burst = Array.from({ length: 60 }, () => lookUp(guessing, '194402299806'))
    expect((await Promise.all(burst)).filter((status) => status === 404)).toHaveLength(30)
    expect(await lookUp(guessing, '194402299806')).toBe(429)
    expect(await lookUp(guessing, '194401029808')).toBe(429)
    expect(await lookUp(other, '194401029808')).toBe(200)
    clock.moveTo(new Date(clock.now().getTime() + 3_601_000))
    expect(await lookUp(guessing, '194401029808')).toBe(200)
  })
})

describe("a clinic's key", () => {
  it('books, moves and cancels there only', async () => {
    const { pool } = site.db
    await run(pool, `update slot set starts_at = starts_at + interval '2 years'`)
    const own = (await row<{ hsaId: string }>(
      pool,
      'select hsa_id as "hsaId" from clinic c join slot s on s.clinic_id = c.id where s.id = 1',
    ))!.hsaId
    const at = (clinic: string | null) =>
      createApiKey(pool, `clinic-${clinic}`, ['book'], clock.now(), { clinic })
    const [mine, others] = [await at(own), await at('SE2321000180-ANNAN')]
    const ask = async (path: string, key: string, body: object) => {
      const { status, json } = await site.post(`/api/v1/bookings${path}`, body, key, {
        'idempotency-key': crypto.randomUUID(),
      })
      return [status, (json as { code?: string }).code]
    }
    const who = { code: 'C1' }
    expect(await ask('', others, { who, slot: 1 })).toEqual([422, 'other-clinic'])
    expect(await ask('', mine, { who, slot: 1 })).toEqual([201, undefined])
    expect(await ask('/move', others, { who, slot: 2 })).toEqual([422, 'other-clinic'])
    expect(await ask('/move', mine, { who, slot: 2 })).toEqual([200, undefined])
    expect(await ask('/cancel', others, { who })).toEqual([422, 'other-clinic'])
    await run(
      pool,
      `insert into slot (clinic_id, starts_at, capacity)
       select c.id, s.starts_at, 1 from clinic c, slot s where c.hsa_id = 'SE2321000180-ANNAN' and s.id = 1`,
    )
    const { theirs } = (await row<{ theirs: number }>(pool, 'select max(id) as theirs from slot'))!
    expect(await ask('/move', others, { who, slot: theirs })).toEqual([422, 'other-clinic'])
    expect(await ask('/times', others, { who })).toEqual([422, 'other-clinic']) // not where
    const seen = async (key: string) =>
      (
        (await site.post('/api/v1/bookings/times', { who: { code: 'C2' } }, key))
          .json as unknown as { times: unknown[] }
      ).times.length
    expect([(await seen(mine)) > 0, await seen(others)]).toEqual([true, 1])
    expect(await ask('/cancel', mine, { who })).toEqual([200, undefined])
  })

  it('is of a clinic that there is', async () => {
    await expect(
      createApiKey(site.db.pool, 'x', ['book'], clock.now(), { clinic: 'SE2321000180-INGEN' }),
    ).rejects.toThrow(expect.objectContaining({ code: 'unknown-clinic' }))
  })
})
