import { spawn, type ChildProcess } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readJournal } from '../../src/demo/stand-ins/journal.ts'
import { printedLetters, type Summary } from '../../src/demo/summary.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { openPool, rows } from '../../src/db/pool.ts'
import { until } from '../support/sending.ts'
import { disagreements } from '../support/outgoing.ts'

let folder: string
let out: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kallelse-kill-'))
  out = join(folder, 'out')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

function demo(): ChildProcess & { said: { out: string; err: string } } {
  const child = spawn(process.execPath, [main, 'demo', '--people', '900', '--json'], {
    env: { PATH: process.env['PATH'], KALLELSE_DATA: join(folder, 'data'), KALLELSE_OUT: out },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  return Object.assign(child, { said })
}

const received = (journal: string) =>
  readJournal<{ reference: string }>(join(out, 'received', journal)).map((line) => line.reference)
const parts = (ending: string) =>
  existsSync(join(out, 'print'))
    ? readdirSync(join(out, 'print')).filter((name) => name.endsWith(ending)).length
    : 0

/** The moments: what must have happened, counted from the start of the run, when the program is killed. */
const moments: { when: string; happens: (child: { said: { err: string } }) => () => boolean }[] = [
  {
    when: 'while people are imported',
    happens: () => () => existsSync(join(out, 'region', 'demo-people.csv')),
  },
  {
    when: 'while the first e-mails leave',
    happens: () => {
      const before = received('email.ndjson').length
      return () => received('email.ndjson').length >= before + 15
    },
  },
  {
    when: 'while a print batch is handed over',
    happens: () => {
      const before = parts('.pdf')
      return () => parts('.pdf') > before
    },
  },
  {
    when: 'while residents book',
    happens:
      ({ said }) =>
      () =>
        said.err.includes('times booked'),
  },
  {
    when: 'while reminders leave by SMS',
    happens: () => {
      const before = received('sms.ndjson').length
      return () => received('sms.ndjson').length >= before + 5
    },
  },
]

describe('a demo that is killed', () => {
  it('five times and begun again loses nothing and sends nothing twice', async () => {
    for (const { when, happens } of moments) {
      const child = demo()
      const ended = new Promise((done) => child.once('close', done))
      const happened = happens(child)
      await until(() => happened() || child.exitCode !== null)
      if (child.exitCode !== null)
        throw new Error(`${when}: the demo ended before it could be killed: ${child.said.err}`)
      child.kill('SIGKILL')
      await ended
    }
    const last = demo()
    const code = await new Promise((done) => last.once('close', done))
    expect(last.said.err).not.toContain('fault in the program')
    expect(code).toBe(0)
    const summary = JSON.parse(last.said.out) as Summary & { sentNow: boolean }
    expect(summary).toMatchObject({ addsUp: true, sentNow: true })

    const server = await startEmbedded(join(folder, 'data'))
    const pool = openPool(server.url)
    const sent = await rows<{ id: string; channel: string }>(
      pool,
      `select id, channel from message where sent_at is not null`,
    )
    const undecided = await rows(
      pool,
      `select state, channel from message where state in ('queued', 'sending', 'in-doubt')`,
    )
    const twice = await rows(
      pool,
      `select person_id, purpose, step, channel from message where sent_at is not null group by 1, 2, 3, 4, generation having count(*) > 1`,
    )
    expect(await disagreements(pool)).toEqual([])
    await pool.end()
    await server.close()
    expect(undecided).toEqual([])
    expect(twice).toEqual([])
    for (const [channel, references] of Object.entries({
      sms: received('sms.ndjson'),
      email: received('email.ndjson'),
      letter: await printedLetters(join(out, 'print')),
    })) {
      expect(references.sort()).toEqual(
        sent
          .filter((message) => message.channel === channel)
          .map((message) => message.id)
          .sort(),
      ) // each once
    }
    expect(sent.length).toBeGreaterThan(600)
    for (const { file, sha256 } of readJournal<{ file: string; sha256: string }>(
      join(out, 'received', 'email.ndjson'),
    ))
      expect(hash('sha256', readFileSync(join(out, 'received', file)))).toBe(sha256) // can be opened
    for (const { file } of readJournal<{ file: string }>(join(out, 'received', 'sms.ndjson')))
      expect(readFileSync(join(out, 'received', file), 'utf8')).toMatch(/^\u200f?Region /) // right-to-left texts begin with their mark

    const again = demo()
    expect(await new Promise((done) => again.once('close', done))).toBe(0)
    expect(JSON.parse(again.said.out)).toEqual({ ...summary, sentNow: false })
  }, 300_000)
})
