import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { run } from '../../src/db/pool.ts'
import { testDatabase, testSealingKey, type TestDatabase } from '../support/database.ts'
import { until } from '../support/sending.ts'

// `serve` with its worker, as processes of their own on a real database.
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
let db: TestDatabase
let serve: ChildProcess
let said: string
let log: string
let url: string
beforeAll(async () => (db = await testDatabase()))
afterEach(() => {
  if (lives(serve.pid!)) serve.kill('SIGKILL')
})
afterAll(() => db.drop())

function start(env: Record<string, string> = { DATABASE_URL: db.url }): void {
  said = log = ''
  serve = spawn(process.execPath, [main, 'serve', '--json'], {
    env: { PATH: process.env['PATH'], PORT: '0', SEALING_KEYS: testSealingKey, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  serve.stdout!.on('data', (chunk: Buffer) => (said += chunk.toString()))
  serve.stderr!.on('data', (chunk: Buffer) => (log += chunk.toString()))
}
/** It answers, and so its worker works. */
async function serving(env?: Record<string, string>): Promise<void> {
  start(env)
  await until(() => said.includes('"url"'))
  url = /http:[^"]+/.exec(said)![0]
}
const ended = async (): Promise<number | null> => {
  if (serve.exitCode === null) await once(serve, 'exit')
  return serve.exitCode
}
/** The process number of the worker; it is the only child that is node. */
const worker = (): number =>
  readFileSync(`/proc/${serve.pid}/task/${serve.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number)
    .find((pid) => pid > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.ts')) ?? 0
const lives = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
const health = async (): Promise<number> =>
  (await fetch(`${url}/health`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined))
    ?.status ?? 0

describe('the worker beside the pages', () => {
  it('is started again when it is killed, and the pages go on meanwhile; it ends when they are killed', async () => {
    await serving()
    const first = worker()
    process.kill(first, 'SIGKILL')
    await until(() => !lives(first))
    expect((await fetch(`${url}/boka/sv`)).status).toBe(200)
    await until(() => worker() > 0 && worker() !== first)
    const second = worker()
    serve.kill('SIGKILL')
    await until(() => !lives(second))
  })

  it('ends with the pages when they are asked to, within 10 s also when half a request has come', async () => {
    await serving()
    const pid = worker()
    const { port } = new URL(url)
    const half = connect(Number(port), '127.0.0.1')
    half.on('error', () => {})
    half.write('POST /boka/sv HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nkod=')
    await until(() => half.bytesWritten > 0)
    const asked = performance.now()
    serve.kill('SIGTERM')
    expect(await ended()).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(lives(pid)).toBe(false)
  })

  it("that can't start ends the whole: exit code 1 with the reason, and no page was served", async () => {
    start({ DATABASE_URL: db.url, SMS_SENDER: 'a sender that no phone can show' })
    expect(await ended()).toBe(1)
    expect(said).toBe('')
    expect(log).toContain('SMS_SENDER')
    expect(log).toContain('The worker could not start (exit code 1)')
  })
})

describe('a database that is lost', () => {
  it('at the start is a reason to end; on the way, that comes back, it is not', async () => {
    // A role that is no superuser: they come in however many there are.
    await run(
      db.pool,
      `create role crowded login password 'crowded' in role kallelse connection limit 0`,
    )
    const crowded = new URL(db.url)
    crowded.username = crowded.password = 'crowded'
    try {
      start({ DATABASE_URL: crowded.href })
      expect(await ended()).toBe(1)
      expect(log).toContain('too many connections for role')
      expect(log).not.toContain('A fault in the program')

      await run(db.pool, 'alter role crowded connection limit 60')
      await serving({ DATABASE_URL: crowded.href })
      const pid = worker()
      await run(db.pool, 'alter role crowded connection limit 0')
      await run(
        db.pool,
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'crowded'`,
      )
      await until(async () => (await health()) === 503)
      const asks = Array.from({ length: 300 }, () => health())
      expect(new Set(await Promise.all(asks))).toEqual(new Set([503]))
      await run(db.pool, 'alter role crowded connection limit 60')
      await until(async () => (await health()) === 200)
      await until(() => /"msg":"working"/.test(log))
      expect(worker()).toBe(pid)
      expect(log).not.toContain('[object Object]')
      expect(log.split('\n').length).toBeLessThan(60)
      serve.kill('SIGTERM')
      expect(await ended()).toBe(0)
    } finally {
      serve.kill('SIGKILL')
      await run(
        db.pool,
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'crowded'`,
      )
      await run(db.pool, 'drop role crowded')
    }
  })

  it('that we brought along is started again at the same address', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kallelse-serve-'))
    try {
      await serving({ KALLELSE_DATA: folder })
      const pid = worker()
      const postgres = async () =>
        Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])
      const first = await postgres()
      process.kill(first, 'SIGKILL')
      await until(async () => (await postgres()) !== first && (await health()) === 200)
      expect(worker()).toBe(pid)
      await until(() => log.includes('the embedded database was lost and is back'))
      expect(log).not.toContain('[object Object]')
      const last = await postgres()
      serve.kill('SIGTERM')
      expect(await ended()).toBe(0)
      await until(() => !lives(last))
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
