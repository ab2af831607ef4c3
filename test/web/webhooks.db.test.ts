import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { SignJWT } from 'jose'
import { localCredentials, type LocalCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { startSmsServer } from '../../src/demo/stand-ins/sms-server.ts'
import { openSms } from '../../src/channels/sms.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { openSite, type Site } from './support/site.ts'

let site: Site
let folder: string
let credentials: LocalCredentials
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kallelse-'))
  credentials = localCredentials(folder)
  site = await openSite({ VONAGE_SIGNATURE_SECRET: credentials.VONAGE_SIGNATURE_SECRET })
  await run(
    site.db.pool,
    `insert into person (identity_number, identity_kind, given_name, family_name) select '19440101' || (9800 + n)::text, 'personnummer', 'A', 'B' from generate_series(1, 60) n`,
  )
  await run(
    site.db.pool,
    `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`,
  )
  await run(
    site.db.pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('c', 'other', 'open', 1, '{}', 'anna', now())`,
  )
  await run(
    site.db.pool,
    `insert into invitation (campaign_id, person_id, purpose, state, reason, state_since) select 1, id, 'x', 'suppressed', 'deceased', now() from person`,
  )
  await run(
    site.db.pool,
    `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, due_at, created_at, content, content_sha256, template_version, recipient, sent_at)
    select id, 1, person_id, 'x', 1, 'invitation', 'sms', 'sv', 't', 'sent', now(), now(), '\\x00', 'x', '1', '+46701740605', now() from invitation`,
  )
})
afterAll(async () => {
  await site.close()
  await rm(folder, { recursive: true })
})

const sign = (
  body: string,
  over: { secret?: string; alg?: string; hash?: string; issuedAt?: number } = {},
) =>
  new SignJWT({ payload_hash: over.hash ?? createHash('sha256').update(body).digest('hex') })
    .setProtectedHeader({ alg: over.alg ?? 'HS256' })
    .setIssuedAt(over.issuedAt ?? Math.floor(Date.now() / 1000))
    .sign(new TextEncoder().encode(over.secret ?? credentials.VONAGE_SIGNATURE_SECRET))
const hook = (over: object = {}) =>
  JSON.stringify({
    message_uuid: randomUUID(),
    to: '46701740605',
    from: 'RegDalarna',
    channel: 'sms',
    timestamp: '2021-03-11T08:00:00.000Z',
    status: 'delivered',
    client_ref: randomUUID(),
    ...over,
  })
const post = async (body: string, token: string) =>
  (await site.post('/webhooks/vonage/status', body, token)).status
const aMessage = async () =>
  (await row<{ id: string }>(
    site.db.pool,
    `select id from message where state = 'sent' order by id limit 1`,
  ))!.id
const stateOf = (id: string) =>
  row(site.db.pool, 'select state, reason from message where id = $1', [id])

describe('a receipt from Vonage', () => {
  it('moves its message on, once, and keeps no number', async () => {
    const id = await aMessage()
    const body = hook({ client_ref: id })
    expect([await post(body, await sign(body)), await post(body, await sign(body))]).toEqual([
      204, 204,
    ])
    expect(await stateOf(id)).toEqual({ state: 'delivered', reason: null })
    const receipts = await rows<{ raw: object }>(
      site.db.pool,
      'select raw from receipt where message_id = $1',
      [id],
    )
    expect(receipts).toHaveLength(1)
    expect(JSON.stringify(receipts)).not.toContain('46701740605')
  })

  it('tells why a message failed', async () => {
    const id = await aMessage()
    const body = hook({
      client_ref: id,
      status: 'undeliverable',
      error: { type: 'https://developer.vonage.com/api-errors/messages#1180', title: '1180' },
    })
    expect(await post(body, await sign(body))).toBe(204)
    expect(await stateOf(id)).toEqual({ state: 'failed', reason: '1180' })
  })

  it('about a message that is not ours is taken and changes nothing', async () => {
    for (const body of [
      hook(),
      hook({ client_ref: 'another system' }),
      hook({ client_ref: undefined }),
    ])
      expect(await post(body, await sign(body))).toBe(204)
  })

  it.each<[string, (body: string) => Promise<[string, string]>]>([
    [
      'a body that was changed on the way',
      async (body) => [body.replace('delivered', 'rejected'), await sign(body)],
    ],
    ['another secret', async (body) => [body, await sign(body, { secret: 'x'.repeat(64) })]],
    ['another algorithm', async (body) => [body, await sign(body, { alg: 'HS512' })]],
    [
      'no algorithm',
      async (body) => [
        body,
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign(body)).split('.')[1]}.`,
      ],
    ],
    [
      'a signature of ten minutes ago',
      async (body) => [body, await sign(body, { issuedAt: Math.floor(Date.now() / 1000) - 600 })],
    ],
    [
      'a signature of the future',
      async (body) => [body, await sign(body, { issuedAt: Math.floor(Date.now() / 1000) + 600 })],
    ],
    ['no signature', (body) => Promise.resolve([body, 'nothing'])],
  ])('is refused with %s', async (_name, forge) => {
    const id = await aMessage()
    const [body, token] = await forge(hook({ client_ref: id }))
    expect(await post(body, token)).toBe(401)
    expect(await stateOf(id)).toEqual({ state: 'sent', reason: null })
  })

  it("is answered with a fault when it can't be kept, so that it comes again", async () => {
    const id = await aMessage()
    const body = hook({ client_ref: id })
    await run(site.db.pool, 'alter table receipt rename to receipt_away')
    const away = await post(body, await sign(body))
    await run(site.db.pool, 'alter table receipt_away rename to receipt')
    expect([away, await post(body, await sign(body))]).toEqual([500, 204])
    expect(await stateOf(id)).toMatchObject({ state: 'delivered' })
  })

  it('is not taken without a secret to check it with', async () => {
    const other = await openSite()
    expect((await other.post('/webhooks/vonage/status', hook(), 'x')).status).toBe(503)
    await other.close()
  })

  it('an answer by SMS is taken, once, and what answers no question is kept once for a person to read', async () => {
    const answer = (over: object) => hook({ from: '46701740606', text: 'JA', ...over })
    for (const body of [
      answer({ message_uuid: 'one' }),
      answer({ message_uuid: 'one' }),
      answer({ message_uuid: 'two', text: 'Vem är det?' }),
      answer({ from: 'RegDalarna' }),
    ]) {
      expect((await site.post('/webhooks/vonage/inbound', body, await sign(body))).status).toBe(204)
    }
    const kept = await rows(
      site.db.pool,
      'select provider_id as id, outcome, message_id as message from sms_answer order by 1',
    )
    expect(kept).toEqual([
      { id: 'one', outcome: 'no-question', message: null },
      { id: 'two', outcome: 'unclear', message: null },
    ])
    expect(await rows(site.db.pool, 'select said from sms_reply order by id')).toEqual([
      { said: 'JA' },
      { said: 'Vem är det?' },
    ])
  })

  it('an answer by SMS that is not signed is refused and does nothing', async () => {
    const body = hook({ message_uuid: 'three', from: '46701740606', text: 'JA' })
    expect(
      (
        await site.post(
          '/webhooks/vonage/inbound',
          body,
          await sign(body, { secret: 'x'.repeat(64) }),
        )
      ).status,
    ).toBe(401)
    expect(
      await row(
        site.db.pool,
        `select count(*)::int as n from sms_answer where provider_id = 'three'`,
      ),
    ).toEqual({ n: 0 })
  })
})

it('from the call to the receipt: every SMS ends delivered or failed as the provider says', async () => {
  const ids = (
    await rows<{ id: string }>(site.db.pool, `select id from message where state = 'sent'`)
  ).map((m) => m.id)
  const provider = await startSmsServer({
    journal: join(folder, 'sms.ndjson'),
    credentials,
    statusUrl: `${site.web.url}/webhooks/vonage/status`,
    outcome: (sms) => (sms.reference === ids[0] ? 'rejected' : 'delivered'),
  })
  const { publicKey: _, ...account } = credentials
  const sms = openSms({ ...site.app.config, ...account, SMS_HOST: provider.url })
  const content = await sms.compose({
    reference: '',
    recipient: '+46701740605',
    date: new Date(0),
    rendered: { kind: 'sms', text: 'Hej' },
  })
  await Promise.all(
    ids.map((reference) => sms.send({ reference, recipient: '+46701740605', content })),
  )
  await provider.receiptsPosted()
  expect(
    await rows(
      site.db.pool,
      'select state, count(*)::int n from message where id = any($1) group by 1 order by 1',
      [ids],
    ),
  ).toEqual([
    { state: 'delivered', n: ids.length - 1 },
    { state: 'failed', n: 1 },
  ])
  expect(await sms.find(ids[0]!, new Date())).toMatchObject({ kind: 'accepted', status: 'failed' })
  await provider.close()
})
