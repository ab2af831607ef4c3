import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { row } from '../../src/db/pool.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { until } from '../support/sending.ts'

// `serve` with its worker, as processes of their own on a real database.
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
let db: TestDatabase
let serve: ChildProcess
let said: string
let url: string
beforeEach(async () => {
  db = await testDatabase()
  said = ''
  serve = spawn(process.execPath, [main, 'serve', '--json'], {
    env: { PATH: process.env['PATH'], DATABASE_URL: db.url, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  serve.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await until(() => said.includes('"url"'))
  url = /http:[^"]+/.exec(said)![0]
  await until(working)
}, 60_000)
afterEach(async () => {
  if (serve.exitCode === null && serve.signalCode === null) serve.kill('SIGKILL')
  await db.drop()
})

/** The process number of the worker; it is the only child. */
const worker = (): number =>
  Number(readFileSync(`/proc/${serve.pid}/task/${serve.pid}/children`, 'utf8').trim())
const lives = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
/** The worker has begun: its sweep is scheduled. */
const working = async (): Promise<boolean> =>
  (await row(db.pool, `select from pgboss.schedule where name = 'sweep'`).catch(
    () => undefined,
  )) !== undefined

describe('the worker beside the pages', () => {
  it('is started again when it is killed, and the pages go on meanwhile', async () => {
    const first = worker()
    process.kill(first, 'SIGKILL')
    await until(() => !lives(first))
    expect((await fetch(`${url}/boka/sv`)).status).toBe(200)
    await until(() => worker() > 0 && worker() !== first)
    expect(lives(worker())).toBe(true)
  })

  it('ends when the pages are killed', async () => {
    const pid = worker()
    serve.kill('SIGKILL')
    await until(() => !lives(pid))
  })

  it('ends with the pages when they are asked to', async () => {
    const pid = worker()
    serve.kill('SIGTERM')
    const [code] = (await once(serve, 'exit')) as [number | null]
    expect(code).toBe(0)
    expect(lives(pid)).toBe(false)
  })
})
