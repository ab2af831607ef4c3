import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { allRights, createApiKey, revokeApiKey, type Right } from '../../src/staff/api-keys.ts'
import { endpoints } from '../../src/web/api/endpoints.ts'
import { createServer } from '../../src/web/server.ts'
import { openSite, type Site } from './support/site.ts'

/** Who may use an address. `session`: who has signed in with a letter's code; `signature`: a provider. */
type Rule = 'anybody' | 'staff' | 'session' | 'signature' | Right

/** What is neither the staff's nor the API's: each address has its line here, or the test fails. */
const others: Record<string, Rule> = {
  'get /': 'anybody',
  'get /health': 'anybody',
  'get /.well-known/kallelse-keys.json': 'anybody',
  'get /api/v1/openapi.json': 'anybody',
  'post /webhooks/vonage/status': 'signature',
  'post /webhooks/vonage/inbound': 'signature',
  'post /webhooks/bounces/': 'signature',
  'post /webhooks/fhir/appointment': 'book',
  'get /meddelanden/': 'anybody',
  'get /meddelanden/:language': 'anybody',
  'get /meddelanden/:language/:name': 'anybody',
  'get /meddelanden/:language/atom.xml': 'anybody',
  'get /meddelanden/:language/feed.json': 'anybody',
  'get /boka/': 'anybody',
  'get /boka/:language': 'anybody',
  'post /boka/:language': 'anybody',
  'get /boka/:language/ko': 'anybody',
  'get /boka/:language/tider': 'session',
  'get /boka/:language/valj': 'session',
  'post /boka/:language/tid': 'session',
  'get /boka/:language/bokning': 'session',
  'get /boka/:language/kalender.ics': 'session',
  'get /boka/:language/avboka': 'session',
  'post /boka/:language/avboka': 'session',
  'get /boka/:language/avbokad': 'session',
  'get /boka/:language/reserv': 'session',
  'post /boka/:language/reserv': 'session',
  'get /boka/:language/reserv/lamna': 'session',
  'post /boka/:language/reserv/lamna': 'session',
  'get /boka/:language/reserv/lamnad': 'session',
  'post /boka/:language/klar': 'anybody',
}

interface Layer {
  rawPath?: string
  handle: { stack?: Layer[] }
  route?: { path: string | string[]; methods: Record<string, boolean> }
}

/** Every method and address of the server, as it is put together. */
function routesOf(stack: Layer[], prefix = ''): { method: string; path: string }[] {
  return stack.flatMap((layer) => {
    if (layer.route)
      return [layer.route.path].flat().flatMap((path) =>
        Object.keys(layer.route!.methods)
          .filter((method) => method !== '_all') // says which methods there are, and nothing else
          .map((method) => ({ method, path: `${prefix}${path}` })),
      )
    return layer.handle.stack ? routesOf(layer.handle.stack, `${prefix}${layer.rawPath ?? ''}`) : []
  })
}

let site: Site
const keys = new Map<string, string>()
const password = 'en lång hemlighet'
beforeAll(async () => {
  site = await openSite({
    ADMIN_PASSWORD: password,
    VONAGE_SIGNATURE_SECRET: 'a secret of at least thirty-two signs',
    BOUNCE_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
  })
  const now = site.app.clock.now()
  for (const right of allRights)
    keys.set(right, await createApiKey(site.db.pool, right, [right], now))
  keys.set('revoked', await createApiKey(site.db.pool, 'revoked', allRights, now))
  await revokeApiKey(site.db.pool, 'revoked', now)
  keys.set(
    'ended',
    await createApiKey(site.db.pool, 'ended', allRights, now, { expiresAt: new Date(0) }),
  )
})
afterAll(() => site.close())

const routes = () =>
  routesOf((createServer(site.app) as unknown as { router: { stack: Layer[] } }).router.stack)

function ruleOf(method: string, path: string): Rule | undefined {
  if (/^\/admin(\/|$)/.test(path)) return 'staff'
  if (/^\/(akta|assets)(\/|$)/.test(path)) return 'anybody'
  if (`${method} ${path}` in others) return others[`${method} ${path}`]
  if (path.startsWith('/api/v1/'))
    return endpoints.find(
      (e) => e.method === method && `/api/v1${e.path.replaceAll(/\{(\w+)\}/g, ':$1')}` === path,
    )?.right
  return undefined
}

const basic = `Basic ${Buffer.from(`admin:${password}`).toString('base64')}`
const callers: Record<string, string | undefined> = { nobody: undefined, staff: basic }

async function statusFor(method: string, path: string, authorization?: string): Promise<number> {
  const filled = path
    .replace(':language/:number/:page.png', 'sv/1/1.png')
    .replaceAll(':language', 'sv')
    .replaceAll(/:\w+/g, '1')
  const answer = await fetch(new URL(filled, site.web.url), {
    method: method.toUpperCase(),
    redirect: 'manual',
    headers: {
      'sec-fetch-site': 'same-origin',
      'idempotency-key': crypto.randomUUID(),
      ...(authorization ? { authorization } : {}),
      ...(method === 'post'
        ? {
            'content-type': /^\/(api|webhooks)/.test(path)
              ? 'application/json'
              : 'application/x-www-form-urlencoded',
          }
        : {}),
    },
    ...(method === 'post' ? { body: /^\/(api|webhooks)/.test(path) ? '{}' : 'a=b' } : {}),
  })
  await answer.arrayBuffer()
  return answer.status
}

/** Whether an answer turned the caller away, whatever it would have said else. */
const away = (status: number): boolean => status === 401 || status === 403

describe('who may use an address', () => {
  it('is said of every one there is', () => {
    const without = routes().filter(({ method, path }) => !ruleOf(method, path))
    expect(without.map(({ method, path }) => `${method} ${path}`)).toEqual([])
    expect(routes().length).toBeGreaterThan(60)
  })

  it('is what the server does, for every kind of caller', async () => {
    for (const [name, key] of keys) callers[name] = `Bearer ${key}`
    const wrong: string[] = []
    for (const { method, path } of routes()) {
      const rule = ruleOf(method, path)!
      for (const [caller, authorization] of Object.entries(callers)) {
        const may = rule === 'anybody' || rule === 'session' || rule === caller
        const status = await statusFor(method, path, authorization)
        if (status >= 500 || away(status) === may)
          wrong.push(`${method} ${path} by ${caller}: ${status}`)
        if (rule === 'session' && status === 200)
          wrong.push(`${method} ${path} without a session: ${status}`)
      }
    }
    expect(wrong).toEqual([])
  }, 60_000)
})
