import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { SignJWT } from 'jose'
import { MovableClock } from '../../src/clock.ts'
import { row, rows } from '../../src/db/pool.ts'
import { endpoints } from '../../src/web/api/endpoints.ts'
import { describeApi } from '../../src/web/api/openapi.ts'
import { anyJson, hostileText, valuesOf, type Schema } from '../support/hostile.ts'
import { monday, openSpec, smallRegion } from '../support/region.ts'
import { openSite, type Answer, type Site } from './support/site.ts'

/**
 * Requests of all sorts; FUZZ_REQUESTS=10000 is the long run. A failure prints its seed; FUZZ_SEED tries another one.
 */
const numRuns = Math.ceil(Number(process.env['FUZZ_REQUESTS'] ?? 600) / 4)
const seed = Number(process.env['FUZZ_SEED'] ?? 14)
const run = { numRuns, seed, interruptAfterTimeLimit: 3_600_000 }
const secret = 'a secret of the webhooks, for this test only and long enough'
const slow = 3_600_000

let site: Site
let key: string
let counts: string
beforeAll(async () => {
  site = await openSite({ VONAGE_SIGNATURE_SECRET: secret }, new MovableClock(monday))
  await smallRegion(site.db.pool)
  key = await site.keyFor('fuzzer', 'read', 'write', 'approve', 'send', 'book')
  await site.post('/api/v1/campaigns', openSpec(), key, { 'idempotency-key': 'made' })
  counts = await countsSql()
})
afterAll(() => site.close())

/** What may grow when a request is refused: who looked, who guessed, what was answered. */
const logs = new Set(['access_log', 'attempt', 'attempt_day', 'guess', 'idempotency_key'])

/** SQL that says how many rows each table has that is no log. */
async function countsSql(): Promise<string> {
  const tables = await rows<{ name: string }>(
    site.db.pool,
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  )
  return tables
    .filter(({ name }) => !logs.has(name))
    .map(({ name }) => `select '${name}' as name, count(*)::int as n from "${name}"`)
    .join(' union all ')
}
const counted = async () =>
  (await row<{ all: unknown }>(
    site.db.pool,
    `select jsonb_object_agg(name, n) as all from (${counts}) c`,
  ))!.all

/** Sends a request, and expects an answer that is no fault, shows nothing of the inside and, if it is a no, did nothing. */
async function survives(send: () => Promise<Answer>): Promise<void> {
  const before = await counted()
  const { status, text } = await send()
  if (status >= 500) throw new Error(`answered ${status}: ${text.slice(0, 400)}`)
  expect(text).not.toMatch(/\n\s+at \w|node:internal|invalid byte sequence/)
  if (status >= 400) expect(await counted()).toEqual(before)
}

interface Operation {
  parameters?: { name: string; in: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
}
const api = describeApi(endpoints, 'http://localhost') as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)
const { schemas } = api.components

const apiRequest = fc.constantFrom(...operations).chain(({ path, method, operation }) => {
  const names = (operation.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name)
  const schema = operation.requestBody?.content['application/json']?.schema
  const part = fc.oneof(fc.constantFrom('open-campaign', '1', '2', '9'), hostileText)
  return fc.record({
    path: fc.constant(path),
    method: fc.constant(method),
    parts: fc.dictionary(fc.constantFrom(...names, 'x'), part),
    body: schema ? valuesOf(schema, schemas) : anyJson,
    type: fc.oneof(
      { weight: 9, arbitrary: fc.constant('application/json') },
      fc.constant('text/plain'),
    ),
  })
})

/** Escaped for an address; half a surrogate pair can't be sent in one. */
const inAddress = (text: string) => encodeURIComponent(text.toWellFormed())

it(
  'answers every request to the API, right or hostile, and a no does nothing',
  async () => {
    await fc.assert(
      fc.asyncProperty(apiRequest, async ({ path, method, parts, body, type }) => {
        const to = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => inAddress(parts[name] ?? '1'))
        const headers = { 'content-type': type, 'idempotency-key': randomUUID() }
        await survives(() =>
          method === 'get' ? site.get(to, key) : site.post(to, JSON.stringify(body), key, headers),
        )
      }),
      run,
    )
  },
  slow,
)

const residents = ['', '/tid', '/avboka', '/reserv', '/reserv/lamna', '/klar']
const pages = [
  ...residents.map((path) => `/boka/sv${path}`),
  ...[
    '/boka/en',
    '/boka/__proto__',
    '/akta/sv/rapport',
    '/akta/sv',
    '/akta',
    '/meddelanden/sv',
    '/meddelanden',
  ],
  ...[
    '/meddelanden',
    '/akta/rapporter/1',
    '/underlag',
    '/underlag/meddelande',
    '/dubbelbokningar',
  ].map((path) => `/admin${path}`),
  ...['/dubbelbokningar/1', '/oklara', '/dubbletter', '/utskick/open-campaign', '/mal/x'].map(
    (path) => `/admin${path}`,
  ),
]
const fields = [
  'kod',
  'fodd',
  'tid',
  'by',
  'unit',
  'number',
  'id',
  'keep',
  'as',
  'campaign',
  'channel',
  'until',
]
const moreFields = [
  'content',
  'sender',
  'happened',
  'contact',
  'note',
  'extract',
  'mottagning',
  'dag',
  'dagar',
]
const usual = fc.constantFrom(
  '1',
  'anna',
  'sms',
  'ours',
  'sent',
  'open-campaign',
  '194401019809',
  '7KQ2-M9XP',
  '1944-01-01',
)
const value = fc.oneof(usual, hostileText)
const filled = fc.dictionary(fc.constantFrom(...fields, ...moreFields), value, { maxKeys: 8 })

describe('the pages', () => {
  it(
    'answer every form, also one that is JSON or empty',
    async () => {
      const form = fc.record({
        path: fc.constantFrom(...pages),
        given: filled,
        as: fc.constantFrom('form', 'form', 'form', 'json', 'none'),
      })
      await fc.assert(
        fc.asyncProperty(form, async ({ path, given, as }) => {
          const body = as === 'form' ? formOf(given) : as === 'json' ? JSON.stringify(given) : ''
          const type = as === 'form' ? 'application/x-www-form-urlencoded' : 'application/json'
          await survives(() =>
            site.post(path, body, undefined, { 'content-type': type, accept: 'text/html' }),
          )
        }),
        run,
      )
    },
    slow,
  )

  it(
    'answer every address',
    async () => {
      const address = fc.record({
        path: fc.constantFrom(...pages),
        more: fc.option(hostileText),
        given: filled,
      })
      await fc.assert(
        fc.asyncProperty(address, async ({ path, more, given }) => {
          const to = `${path}${more === null ? '' : `/${inAddress(more)}`}?${formOf(given)}`
          await survives(() => site.get(to))
        }),
        run,
      )
    },
    slow,
  )
})

const formOf = (given: Record<string, string>): string =>
  Object.entries(given)
    .map(([name, text]) => `${name}=${inAddress(text)}`)
    .join('&')

const hook = fc.record({
  door: fc.constantFrom(
    '/webhooks/vonage/status',
    '/webhooks/vonage/inbound',
    '/webhooks/fhir/appointment',
  ),
  body: fc.oneof(
    anyJson,
    fc.record(
      {
        message_uuid: fc.oneof(fc.uuid(), hostileText),
        client_ref: fc.oneof(fc.uuid(), hostileText),
        status: fc.oneof(fc.constantFrom('delivered', 'rejected', 'constructor'), hostileText),
        timestamp: fc.oneof(
          fc.constantFrom('2021-03-11T08:00:00.000Z', '99999-01-01T00:00:00Z'),
          anyJson,
        ),
        error: fc.oneof(fc.record({ type: hostileText }), anyJson),
        from: fc.oneof(fc.constant('46701740605'), hostileText),
        text: hostileText,
        channel: fc.constant('sms'),
        resourceType: fc.constantFrom('Appointment', 'Bundle'),
        id: hostileText,
        start: fc.oneof(fc.constant('2021-03-15T09:00:00+01:00'), hostileText),
        participant: anyJson,
      },
      { requiredKeys: ['message_uuid', 'timestamp'] },
    ),
  ),
})

it(
  'answers every signed webhook',
  async () => {
    await fc.assert(
      fc.asyncProperty(hook, async ({ door, body }) => {
        const bytes = JSON.stringify(body)
        await survives(async () =>
          site.post(door, bytes, door.includes('fhir') ? key : await signed(bytes)),
        )
      }),
      run,
    )
  },
  slow,
)

const signed = (body: string): Promise<string> =>
  new SignJWT({ payload_hash: createHash('sha256').update(body).digest('hex') })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .sign(new TextEncoder().encode(secret))
