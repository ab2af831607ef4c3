import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { row, rows, run } from '../../src/db/pool.ts'
import { openSpec, smallRegion } from '../support/region.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
let anna: string
let bertil: string
let reader: string
beforeAll(async () => {
  site = await openSite()
  await smallRegion(site.db.pool)
  anna = await site.keyFor('anna', 'read', 'write', 'approve', 'send')
  bertil = await site.keyFor('bertil', 'read', 'approve')
  reader = await site.keyFor('reader', 'read')
})
afterAll(() => site.close())

const once = () => ({ 'idempotency-key': randomUUID() })
const act = (name: string, verb: string, key = anna, body: unknown = {}) =>
  site.post(`/api/v1/campaigns/${name}/${verb}`, body, key, once())
const create = (spec: object, key = anna, headers: Record<string, string> = once()) =>
  site.post('/api/v1/campaigns', spec, key, headers)

describe('a campaign over the API', () => {
  it('is created, previewed, approved by two, started, and told of', async () => {
    const made = await create(openSpec())
    expect([made.status, made.json]).toEqual([
      201,
      {
        name: 'open-campaign',
        purpose: 'covid-19/dose-1',
        way: 'open',
        state: 'draft',
        pausedWhy: null,
        cohortSize: null,
      },
    ])
    expect(
      (await site.post('/api/v1/campaigns/open-campaign/preview', {}, reader)).json,
    ).toMatchObject({ cohort: 12, invited: 12, byRoute: { digital: 4, post: 8 } })
    expect((await act('open-campaign', 'start')).json).toMatchObject({
      status: 409,
      code: 'illegal-transition',
    })
    expect((await act('open-campaign', 'approve')).json).toMatchObject({
      state: 'draft',
      approvals: 1,
    })
    expect((await act('open-campaign', 'approve')).json).toMatchObject({
      state: 'draft',
      approvals: 1,
    }) // the same person again
    expect((await act('open-campaign', 'approve', bertil)).json).toMatchObject({
      state: 'approved',
      approvals: 2,
    })
    expect((await act('open-campaign', 'start')).json).toMatchObject({ state: 'planning' })
    expect((await site.get('/api/v1/campaigns/open-campaign/status', reader)).json).toMatchObject({
      state: 'planning',
      approvals: ['anna', 'bertil'],
      funnel: [],
    })
    expect((await act('open-campaign', 'cancel')).json).toMatchObject({ state: 'cancelled' })
    expect((await site.get('/api/v1/campaigns', reader)).json.campaigns).toEqual([
      expect.objectContaining({ name: 'open-campaign', state: 'cancelled' }),
    ])
    expect(
      await rows(site.db.pool, 'select event, actor from campaign_event order by id'),
    ).toMatchObject([
      { event: 'created', actor: 'anna' },
      { event: 'approved', actor: 'anna' },
      { event: 'approved', actor: 'anna' },
      { event: 'approved', actor: 'bertil' },
      { event: 'started', actor: 'anna' },
      { event: 'cancelled', actor: 'anna' },
    ])
  })

  it('names each field of a file that is wrong', async () => {
    const { status, headers, json } = await create({
      ...openSpec({ name: 'wrong' }),
      way: 'both',
      colour: 'red',
    })
    expect(status).toBe(400)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(json).toMatchObject({
      type: 'urn:kallelse:problem:invalid-request',
      status: 400,
      code: 'invalid-request',
      title: 'The request is not as it should be',
    })
    expect(json.errors.map((e) => e.field).sort()).toEqual(['', 'way'])
  })

  it('names what is wrong with the rule of its cohort', async () => {
    const { status, json } = await create(
      openSpec({ name: 'wrong', cohort: { name: 'c', rule: { born: { from: 'x' } } } }),
    )
    expect([status, json.code]).toEqual([400, 'bad-cohort'])
    expect(json.errors[0]?.field).toBe('cohort.born.from')
  })

  it('is not there under a name that nobody gave', async () => {
    expect((await site.get('/api/v1/campaigns/nobody/status', reader)).json).toMatchObject({
      status: 404,
      code: 'unknown-campaign',
    })
    expect((await site.get('/api/v1/campaigns/BAD%20NAME', reader)).json).toMatchObject({
      status: 400,
      code: 'invalid-request',
    })
  })
})

describe('the holder of a key', () => {
  it('is asked for', async () => {
    for (const key of [undefined, 'kal_wrong', `${anna}x`]) {
      const { status, headers, json } = await site.get('/api/v1/campaigns', key)
      expect([status, json.code, headers.get('www-authenticate')]).toEqual([
        401,
        'unauthorized',
        'Bearer',
      ])
    }
  })

  it('may do what the key is good for and nothing else', async () => {
    expect((await create(openSpec({ name: 'other' }), reader)).json).toMatchObject({
      status: 403,
      code: 'right-missing',
    })
    expect((await act('open-campaign', 'approve', reader)).json).toMatchObject({
      status: 403,
      code: 'right-missing',
    })
    expect((await act('open-campaign', 'start', bertil)).json).toMatchObject({
      status: 403,
      code: 'right-missing',
    })
  })

  it('is stopped at once when the key is revoked, and the key is nowhere in the database', async () => {
    const key = await site.keyFor('leaver', 'read')
    expect((await site.get('/api/v1/campaigns', key)).status).toBe(200)
    await run(site.db.pool, `update api_key set revoked_at = now() where name = 'leaver'`)
    expect((await site.get('/api/v1/campaigns', key)).status).toBe(401)
    expect(JSON.stringify(await rows(site.db.pool, 'select * from api_key'))).not.toContain(key)
  })
})

describe("one person's messages", () => {
  it('are shown by our id, also those of a linked record, and the access is logged', async () => {
    await create(openSpec({ name: 'letters' }))
    await run(site.db.pool, 'update person set same_as = 1 where id = 2')
    await run(
      site.db.pool,
      `insert into invitation (campaign_id, person_id, purpose, state, reason, state_since) select c.id, p, 'x', 'suppressed', 'deceased', now() from campaign c, unnest(array[1, 2]) p where c.name = 'letters'`,
    )
    await run(
      site.db.pool,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, reason, due_at, created_at)
                             select i.id, i.campaign_id, i.person_id, 'x', 1, 'invitation', 'letter', 'sv', 'invitation-open', 'suppressed', 'deceased', timestamptz '2021-03-11 08:00+01' + i.person_id * interval '1 day', now() from invitation i`,
    )
    const number = (await row<{ n: string }>(
      site.db.pool,
      'select identity_number as n from person where id = 2',
    ))!.n
    const { json: found } = await site.post(
      '/api/v1/people/lookup',
      { identityNumber: number },
      reader,
    )
    // The small region's numbers have no check digit that holds: the lookup says so, and the id is known from the
    // import.
    expect(found).toMatchObject({ status: 400, code: 'bad-identity-number' })
    const { json } = await site.get('/api/v1/people/1/messages', reader)
    expect(json.messages).toHaveLength(2)
    expect(json.messages[0]).not.toHaveProperty('recipient')
    expect(json.messages[0]).toMatchObject({
      campaign: 'letters',
      channel: 'letter',
      state: 'suppressed',
      reason: 'deceased',
      dueAt: '2021-03-12T07:00:00.000Z',
      sentAt: null,
      receipts: [],
    })
    expect(await rows(site.db.pool, 'select actor, action, person_id from access_log')).toEqual([
      { actor: 'reader', action: 'read messages', person_id: 1 },
    ])
    expect((await site.get('/api/v1/people/2/messages', reader)).json.messages).toEqual(
      json.messages,
    )
  })

  it('are found by an identity number that is in no address', async () => {
    await run(
      site.db.pool,
      `insert into person (id, identity_number, identity_kind, given_name, family_name) overriding system value values (900, '198409249813', 'personnummer', 'A', 'B')`,
    )
    const { status, json } = await site.post(
      '/api/v1/people/lookup',
      { identityNumber: '840924-9813' },
      reader,
    )
    expect([status, json]).toEqual([200, { id: 900 }])
    expect(
      (await site.post('/api/v1/people/lookup', { identityNumber: '19840924-9805' }, reader)).json
        .status,
    ).toBe(404)
    expect((await site.get('/api/v1/people/12345/messages', reader)).json).toMatchObject({
      status: 404,
      code: 'person-not-found',
    })
  })
})

describe('what is not as agreed', () => {
  it.each([
    ['not JSON', '{"a":', {}, 400, 'invalid-json'],
    ['another kind of body', '{}', { 'content-type': 'text/plain' }, 415, 'not-json'],
    ['a body too large', `"${'x'.repeat(300_000)}"`, {}, 413, 'too-large'],
  ])('%s is refused', async (_name, body, headers, status, code) => {
    const answer = await site.post('/api/v1/campaigns', body, anna, { ...once(), ...headers })
    expect([answer.status, answer.json.code]).toEqual([status, code])
  })

  it('a POST without an Idempotency-Key is refused', async () => {
    expect(
      (await site.post('/api/v1/campaigns', openSpec({ name: 'keyless' }), anna)).json,
    ).toMatchObject({ status: 400, code: 'idempotency-key-missing' })
  })

  it('an unknown address is 404 and a wrong method 405', async () => {
    expect((await site.get('/api/v1/nothing', reader)).json).toMatchObject({
      status: 404,
      code: 'not-found',
    })
    const wrong = await site.get('/api/v1/campaigns/open-campaign/start', reader)
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
  })

  it('a fault of ours tells nothing of the inside', async () => {
    await run(site.db.pool, 'alter table campaign rename to campaign_away')
    const { status, text, json } = await site.get('/api/v1/campaigns', reader)
    await run(site.db.pool, 'alter table campaign_away rename to campaign')
    expect([status, json.code]).toEqual([500, 'fault'])
    expect(text).not.toMatch(/campaign|relation|select/i)
  })
})

describe('the description of the API', () => {
  it('is OpenAPI 3.1 and names every address with its errors and what it needs', async () => {
    const { json } = await site.get('/api/v1/openapi.json')
    expect(json.openapi).toBe('3.1.0')
    expect(Object.keys(json.paths).sort()).toEqual([
      '/api/v1/appointments/{id}/attendance',
      '/api/v1/bookings',
      '/api/v1/bookings/cancel',
      '/api/v1/bookings/conflicts',
      '/api/v1/bookings/move',
      '/api/v1/bookings/times',
      '/api/v1/campaigns',
      '/api/v1/campaigns/{name}',
      '/api/v1/campaigns/{name}/approve',
      '/api/v1/campaigns/{name}/cancel',
      '/api/v1/campaigns/{name}/check',
      '/api/v1/campaigns/{name}/pause',
      '/api/v1/campaigns/{name}/preview',
      '/api/v1/campaigns/{name}/resume',
      '/api/v1/campaigns/{name}/start',
      '/api/v1/campaigns/{name}/status',
      '/api/v1/people/lookup',
      '/api/v1/people/{id}/messages',
      '/api/v1/reserve-list',
      '/api/v1/reserve-offers/answer',
    ])
    const start = json.paths['/api/v1/campaigns/{name}/start']!['post']!
    expect(start.parameters.map((p) => [p.name, p.required])).toEqual([
      ['name', true],
      ['Idempotency-Key', true],
    ])
    expect(start.responses['409']?.content['application/problem+json']?.schema).toEqual({
      $ref: '#/components/schemas/Problem',
    })
    expect(
      json.paths['/api/v1/campaigns']?.['post']?.requestBody.content['application/json']?.schema
        .required,
    ).toEqual(expect.arrayContaining(['name', 'purpose', 'way', 'cohort']))
    expect(json.components.securitySchemes['apiKey']).toMatchObject({
      type: 'http',
      scheme: 'bearer',
    })
    const ids = Object.values(json.paths).flatMap((p) => Object.values(p).map((o) => o.operationId))
    expect(new Set(ids).size).toBe(ids.length)
  })
})
