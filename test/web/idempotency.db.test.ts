import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { once } from '../../src/web/api/idempotency.ts'
import { openSpec } from '../support/region.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
let key: string
const clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
beforeAll(async () => {
  site = await openSite({}, clock)
  key = await site.keyFor('anna', 'read', 'write', 'approve', 'send')
})
afterAll(() => site.close())

const create = (spec: object, id: string) =>
  site.post('/api/v1/campaigns', spec, key, { 'idempotency-key': id })

describe('the same POST again', () => {
  it('a hundred at a time has one effect and a hundred equal answers', async () => {
    const id = randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => create(openSpec({ name: 'hundred' }), id)),
    )
    expect(new Set(answers.map((a) => `${a.status} ${a.text}`)).size).toBe(1)
    expect(answers[0]?.status).toBe(201)
    expect(await row(site.db.pool, `select count(*)::int n from campaign_event`)).toEqual({ n: 1 })
  })

  it('gets the kept answer later, also when things have changed since', async () => {
    const id = randomUUID()
    const first = await create(openSpec({ name: 'later' }), id)
    await run(site.db.pool, `update campaign set state = 'cancelled' where name = 'later'`)
    expect((await create(openSpec({ name: 'later' }), id)).text).toBe(first.text)
    const again = await create(openSpec({ name: 'later' }), randomUUID()) // the name is free again
    expect(again.json.state).toBe('draft')
    expect(
      (await site.db.pool.query(`select from campaign where name like 'later%'`)).rowCount,
    ).toBe(2)
  })

  it('gets a kept refusal too', async () => {
    const id = randomUUID()
    const start = () =>
      site.post('/api/v1/campaigns/hundred/start', {}, key, { 'idempotency-key': id })
    const first = await start()
    expect(first.status).toBe(409)
    expect((await start()).text).toBe(first.text)
    expect(first.headers.get('content-type')).toMatch(/problem\+json/)
  })

  it('with another body is refused and changes nothing', async () => {
    const id = randomUUID()
    await create(openSpec({ name: 'one' }), id)
    expect((await create(openSpec({ name: 'two' }), id)).json).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    })
    expect(await rows(site.db.pool, `select 1 from campaign where name = 'two'`)).toEqual([])
  })

  it('to another address is refused', async () => {
    const id = randomUUID()
    await site.post('/api/v1/campaigns/hundred/approve', {}, key, { 'idempotency-key': id })
    expect(
      (await site.post('/api/v1/campaigns/hundred/start', {}, key, { 'idempotency-key': id })).json
        .code,
    ).toBe('idempotency-key-reused')
  })

  it('by another holder is another request', async () => {
    const id = randomUUID()
    const other = await site.keyFor('bertil', 'write')
    await create(openSpec({ name: 'mine' }), id)
    expect(
      (
        await site.post('/api/v1/campaigns', openSpec({ name: 'theirs' }), other, {
          'idempotency-key': id,
        })
      ).status,
    ).toBe(201)
  })
})

describe('a key that is held', () => {
  const hold = (id: string) =>
    run(
      site.db.pool,
      `insert into idempotency_key (api_key_id, key, request_sha256, created_at) values (1, $1, encode(sha256('r'), 'hex'), $2)`,
      [id, clock.now()],
    )
  const work = () => Promise.resolve({ status: 200, body: { done: true } })

  it('is waited for, and then told to come back', async () => {
    await hold('held')
    await expect(once(site.app, 1, 'held', 'r', work)).rejects.toMatchObject({
      status: 409,
      code: 'still-at-work',
      headers: { 'Retry-After': '5' },
    })
  })

  it('by a process that is gone is taken by exactly one after a minute', async () => {
    await hold('left behind')
    clock.moveTo(new Date(clock.now().getTime() + 61_000))
    let effects = 0
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        once(site.app, 1, 'left behind', 'r', () => (effects++, work())),
      ),
    )
    expect(effects).toBe(1)
    expect(answers.every((a) => a.status === 200)).toBe(true)
  })

  it('is free again after a fault of ours', async () => {
    await expect(
      once(site.app, 1, 'fault', 'r', () => Promise.reject(new Error('away'))),
    ).rejects.toThrow('away')
    expect(await once(site.app, 1, 'fault', 'r', work)).toEqual({
      status: 200,
      body: { done: true },
    })
  })
})
