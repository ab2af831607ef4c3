import { textGate } from '../../../src/texts/gate.ts'
import type { App } from '../../../src/app.ts'
import { systemClock, type Clock } from '../../../src/clock.ts'
import { readConfig } from '../../../src/config.ts'
import { openJobs, type Jobs } from '../../../src/jobs/boss.ts'
import { openLog } from '../../../src/log.ts'
import { createApiKey, type Right } from '../../../src/staff/api-keys.ts'
import { listen, type Listening } from '../../../src/web/server.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'

export interface Site {
  db: TestDatabase
  app: App
  web: Listening
  /** Makes a key for a new holder. */
  keyFor(name: string, ...rights: Right[]): Promise<string>
  get(path: string, key?: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, body: unknown, key?: string, headers?: Record<string, string>): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  json: CachedPieces
}

/** What the tests read of the server's answers; whether it is there is what they check. */
export interface CachedPieces {
  status: number | string
  code: string
  state: string
  errors: { field: string; message: string }[]
  campaigns: unknown[]
  messages: unknown[]
  queue: { oldestDueSeconds: number }
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { securitySchemes: Record<string, unknown> }
}
interface Operation {
  operationId: string
  parameters: { name: string; required: boolean }[]
  requestBody: { content: Record<string, { schema: { required: string[] } }> }
  responses: Record<string, { content: Record<string, { schema: unknown }> }>
}

/** The real server on a real port and a real database. */
export async function openSite(
  env: Record<string, string> = {},
  clock: Clock = systemClock,
): Promise<Site> {
  const db = await testDatabase()
  const log = openLog('silent')
  let jobs: Promise<Jobs> | undefined
  const config = readConfig({ PORT: '0', ALLOW_DRAFT_TEXTS: 'true', ...env })
  const app: App = {
    config,
    log,
    clock,
    pool: db.pool,
    jobs: () => (jobs ??= openJobs(db.pool, log)),
    textGate: textGate(config),
    close: async () => void (jobs && (await (await jobs).close())),
  }
  const web = await listen(app)
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(new URL(path, web.url), { redirect: 'manual', ...init })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: (/json/.test(response.headers.get('content-type') ?? '')
        ? JSON.parse(text)
        : {}) as CachedPieces,
    }
  }
  const bearer = (key?: string) => (key ? { authorization: `Bearer ${key}` } : {})
  return {
    db,
    app,
    web,
    keyFor: (name, ...rights) => createApiKey(db.pool, name, rights, clock.now()),
    get: (path, key, headers = {}) => ask(path, { headers: { ...bearer(key), ...headers } }),
    post: (path, body, key, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...bearer(key), ...headers },
      }),
    async close() {
      await web.close()
      await app.close()
      await db.drop()
    },
  }
}
