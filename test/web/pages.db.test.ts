import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { run } from '../../src/db/pool.ts'
import { openSite, type Site } from './support/site.ts'
import { registerPurposes } from '../support/purposes.ts'

let site: Site
beforeAll(async () => {
  site = await openSite()
  await run(
    site.db.pool,
    `insert into person (identity_number, identity_kind, given_name, family_name, protection) values ('198409249813', 'personnummer', 'Hemlig', 'Hemligsson', 'sekretessmarkering')`,
  )
  await run(
    site.db.pool,
    `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`,
  )
  await registerPurposes(site.db.pool, ['<b>x</b>'])
  await run(
    site.db.pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('varen', '<b>x</b>', 'open', 1, '{}', 'anna', now())`,
  )
  await run(
    site.db.pool,
    `insert into invitation (campaign_id, person_id, purpose, state, reason, state_since) values (1, 1, 'x', 'suppressed', 'protected', now())`,
  )
})
afterAll(() => site.close())

describe('the pages', () => {
  it('tell residents in Swedish how the region contacts them', async () => {
    const { status, text, headers } = await site.get('/')
    expect(status).toBe(200)
    expect(text).toContain('<html lang="sv">')
    expect(text).toContain('Kallelser från Region Dalarna')
    expect(text).toContain('BankID')
    expect(text).not.toContain('<script')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('x-powered-by')).toBeNull()
    expect((await site.get('/assets/style.css')).headers.get('content-type')).toMatch(/^text\/css/)
  })

  it('tell staff the state of things, escaped and without names', async () => {
    const { status, text } = await site.get('/admin')
    expect(status).toBe(200)
    expect(text).toContain('utesluten – skyddad identitet')
    expect(text).toContain('&lt;b&gt;x&lt;/b&gt;')
    expect(text).not.toContain('Hemlig')
    expect(text).not.toContain('<script')
  })

  it("show the staff's pages to nobody who comes through a proxy or by another name", async () => {
    expect((await site.get('/admin', undefined, { 'x-forwarded-for': '10.0.0.1' })).status).toBe(
      403,
    )
    expect((await site.get('/admin', undefined, { via: '1.1 proxy' })).status).toBe(403)
  })

  it('say in Swedish to a browser what is refused, and to a machine in problem details', async () => {
    const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
    const page = await site.get('/admin/utskick/finns-inte', undefined, browser)
    expect(page.status).toBe(404)
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.text).toContain('Det finns inget sådant utskick.')
    const away = await site.get('/finns-inte', undefined, browser)
    expect(away.text).toContain('Det finns ingen sida på den här adressen.')
    const proxied = await site.get('/admin', undefined, { ...browser, via: '1.1 proxy' })
    expect([proxied.status, proxied.text]).toEqual([
      403,
      expect.stringContaining('Du får inte se den här sidan härifrån.') as unknown,
    ])
    for (const [path, headers] of [
      ['/finns-inte', {}],
      ['/api/v1/finns-inte', browser],
    ] as const) {
      const machine = await site.get(path, undefined, headers)
      expect(machine.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    }
  })

  it('ask for the password when there is one', async () => {
    const closed = await openSite({ ADMIN_PASSWORD: 'lång hemlighet' })
    const basic = (text: string) => ({
      authorization: `Basic ${Buffer.from(text).toString('base64')}`,
    })
    const none = await closed.get('/admin')
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="Kallelse", charset="UTF-8"',
    ])
    expect((await closed.get('/admin', undefined, basic('admin:fel'))).status).toBe(401)
    expect((await closed.get('/admin', undefined, basic('admin:lång hemlighet'))).status).toBe(200)
    await closed.close()
  })

  it('an unknown one is a problem', async () => {
    expect((await site.get('/wp-login.php')).json).toMatchObject({ status: 404, code: 'not-found' })
  })
})

describe('/health', () => {
  it('tells how long the oldest message has waited', async () => {
    const clockNow = site.app.clock.now()
    await run(
      site.db.pool,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, due_at, created_at) values (1, 1, 1, 'x', 1, 'invitation', 'sms', 'sv', 't', $1, now())`,
      [new Date(clockNow.getTime() - 90_000)],
    )
    const { status, json } = await site.get('/health')
    expect(status).toBe(200)
    expect(json).toMatchObject({ status: 'ok', database: 'ok', version: '0.1.0' })
    expect(json.queue.oldestDueSeconds).toBeGreaterThanOrEqual(90)
  })

  it('is degraded when campaigns wait for a provider, and /admin says so', async () => {
    await run(
      site.db.pool,
      `insert into provider_trouble (provider, code, since, probe_at, paused_at)
       values ('sms', 'throttled', '2021-03-08T08:14Z', '2021-03-08T08:31Z', now())`,
    )
    expect((await site.get('/health')).json).toMatchObject({
      status: 'degraded',
      providers: { sms: { code: 'throttled', campaignsWait: true } },
    })
    const { text } = await site.get('/admin')
    expect(text).toContain('SMS: för många på en gång för leverantören, sedan')
    expect(text).toContain('Inget är förlorat: meddelandena väntar.')
    await run(site.db.pool, 'delete from provider_trouble')
  })

  it('is 503 when the database does not answer', async () => {
    await run(site.db.pool, 'alter table outgoing rename to outgoing_away')
    expect(await site.get('/health')).toMatchObject({ status: 503, json: { status: 'failing' } })
    await run(site.db.pool, 'alter table outgoing_away rename to outgoing')
  })
})

it('closing waits for the answer under way', async () => {
  const other = await openSite()
  const client = await other.db.pool.connect()
  await client.query('begin; lock table campaign')
  const key = await other.keyFor('reader', 'read')
  const answer = other.get('/api/v1/campaigns', key)
  for (let waiting = 0; !waiting;)
    waiting = Number(
      (
        await client.query<{ n: number }>(
          `select count(*) n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        )
      ).rows[0]!.n,
    )
  const closed = other.web.close()
  await client.query('commit')
  client.release()
  expect((await answer).status).toBe(200)
  await closed
  await expect(other.get('/')).rejects.toThrow()
  await other.app.close()
  await other.db.drop()
})
