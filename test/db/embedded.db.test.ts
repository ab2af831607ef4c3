import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import pg from 'pg'
import { startEmbedded } from '../../src/db/embedded.ts'
import { until } from '../support/sending.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kallelse med mellanslag å-')) // a path with spaces and letters beyond ASCII
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const answers = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    await client.end().catch(() => {})
  }
}
const pidOf = async () =>
  Number((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0])

describe('the embedded server', () => {
  it('keeps Swedish letters whatever LANG is, is shared by two programs, and stops with the last', async () => {
    const one = await startEmbedded(folder)
    const two = await startEmbedded(folder)
    expect(two.url).toBe(one.url)
    const client = new pg.Client({ connectionString: one.url })
    await client.connect()
    expect(
      (
        await client.query(
          `select current_setting('server_encoding') as encoding, upper('åäö') as upper`,
        )
      ).rows,
    ).toEqual([{ encoding: 'UTF8', upper: 'ÅÄÖ' }])
    await client.end()
    await one.close()
    expect(await answers(two.url)).toBe(true)
    await two.close()
    expect(await answers(two.url)).toBe(false)
  })

  it('is reused after the program that started it was killed, and restarted after it was killed itself', async () => {
    const script = `import { startEmbedded } from ${JSON.stringify(new URL('../../src/db/embedded.ts', import.meta.url).href)}; await startEmbedded(process.argv[1]); process.stdout.write('up'); setInterval(() => {}, 1000)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise<void>((up, failed) => {
      child.stdout.once('data', () => up())
      child.once('exit', (code) => failed(new Error(`exit ${code}`)))
    })
    const pid = await pidOf()
    const gone = new Promise((done) => child.removeAllListeners('exit').once('exit', done))
    child.kill('SIGKILL')
    await gone
    const reused = await startEmbedded(folder)
    expect(await pidOf()).toBe(pid)
    process.kill(pid, 'SIGKILL')
    await until(async () => (await pidOf().catch(() => pid)) !== pid) // it may be back before anybody has seen it gone
    await until(() => answers(reused.url)) // at the same address, by itself
    await reused.close()
    expect(await answers(reused.url)).toBe(false)
  })
})
