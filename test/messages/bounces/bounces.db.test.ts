import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { row, rows, run, transaction } from '../../../src/db/pool.ts'
import { hasEmail } from '../../../src/people/contact.ts'
import { keptBounces, settleKept } from '../../../src/messages/bounces/kept.ts'
import { readMailbox, tryMailbox } from '../../../src/messages/bounces/read-mailbox.ts'
import { countTaken } from '../../../src/messages/bounces/take-reports.ts'
import { takeNextChannel } from '../../../src/messages/dispatch/next-channel.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openLog } from '../../../src/log.ts'
import { mailboxPassword, startImap, type Imap } from '../../support/imap-server.ts'
import { openSpec } from '../../support/region.ts'
import { startWorker } from '../../../src/worker.ts'
import { createServer } from '../../../src/web/server.ts'
import { appOf, sending, until, type Sending } from '../../support/sending.ts'

const channels = [
  {
    route: 'digital',
    needs: ['email'],
    steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
  },
  {
    route: 'post',
    needs: ['address'],
    steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
  },
]

let s: Sending
let imap: Imap
let sent: { id: string; recipient: string }[]
beforeAll(async () => {
  s = await sending({ people: 48, places: 48 })
  imap = await startImap()
  const id = await s.started(openSpec({ channels }))
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  await s.send('email')
})
afterAll(async () => {
  await imap.close()
  await s.close()
})
beforeEach(async () => {
  sent = await rows(
    s.db.pool,
    `select id, recipient from message where channel = 'email' and state = 'sent' order by id`,
  )
  pass(1200)
})

const pass = (seconds: number) => s.clock.moveTo(new Date(s.clock.now().getTime() + seconds * 1000))
const config = () => ({ BOUNCE_MAILBOX: imap.url, BOUNCE_MAILBOX_PASSWORD: mailboxPassword })
const deps = () => ({ pool: s.db.pool, clock: s.clock, log: openLog('silent'), config: config() })
const never = new AbortController().signal
const read = async () => {
  const found = await readMailbox(deps(), never, true)
  return { ...countTaken(found!.taken), others: found!.others, away: found!.away }
}
const none = { failed: 0, delayed: 0, delivered: 0, kept: 0, again: 0, others: 0, away: null }

/** A saved mail, as if about this message. */
const mailOf = (name: string, message: { id: string; recipient: string }): Buffer =>
  Buffer.from(
    readFileSync(new URL(`mails/${name}.eml`, import.meta.url), 'utf8')
      .replaceAll('3f0a4c1e-5b7d-4e2a-9c61-8d2f7b1a0e11', message.id)
      .replaceAll('3f0a4c1e5b7d4e2a9c618d2f7b1a0e11', message.id.replaceAll('-', ''))
      .replaceAll(/asa\.berg@\w+\.example/gi, message.recipient),
  )
const stateOf = (id: string) =>
  row<{ state: string; reason: string | null }>(
    s.db.pool,
    'select state, reason from message where id = $1',
    [id],
  )

describe('the mailbox for undeliverable mail', () => {
  it('tells of who was not reached, and the next channel takes over', async () => {
    const [hard, soft, slow] = sent
    imap.deliver(mailOf('postfix-unknown-mailbox', hard!))
    imap.deliver(mailOf('exchange-over-quota', soft!))
    imap.deliver(mailOf('postfix-delayed', slow!))
    imap.deliver(mailOf('out-of-office', slow!))
    expect(await read()).toEqual({ ...none, failed: 2, delayed: 1, others: 1 })
    expect(await stateOf(hard!.id)).toEqual({ state: 'failed', reason: 'unknown-mailbox' })
    expect(await stateOf(soft!.id)).toEqual({ state: 'failed', reason: 'mailbox-full' })
    expect(await stateOf(slow!.id)).toEqual({ state: 'sent', reason: null })
    expect(await transaction(s.db.pool, (tx) => takeNextChannel(tx, s.clock.now()))).toBe(2)
    expect(
      await rows(
        s.db.pool,
        `select l.channel, l.state
           from message m
           join message l on l.invitation_id = m.invitation_id and l.channel = 'letter'
          where m.id = any($1::uuid[])`,
        [[hard!.id, soft!.id, slow!.id]],
      ),
    ).toEqual([
      { channel: 'letter', state: 'queued' },
      { channel: 'letter', state: 'queued' },
    ])
  })

  it('leaves an address that is wrong alone until there is another one, and one that was full not', async () => {
    const bounced = () =>
      rows<{ reason: string; bounced: boolean }>(
        s.db.pool,
        `select m.reason, p.email_bounced_on is not null as bounced
           from message m
           join person p on p.id = m.person_id
          where m.reason in ('unknown-mailbox', 'mailbox-full')
          order by m.reason`,
      )
    expect(await bounced()).toEqual([
      { reason: 'mailbox-full', bounced: false },
      { reason: 'unknown-mailbox', bounced: true },
    ])
    const reached = `select count(*)::int as n from person p where ${hasEmail}`
    const before = (await row<{ n: number }>(s.db.pool, reached))!.n
    await run(
      s.db.pool,
      `update person set email = 'ny.adress@kommun.example' where email_bounced_on is not null`,
    )
    expect(await row(s.db.pool, reached)).toEqual({ n: before + 1 })
    expect((await bounced()).some((one) => one.bounced)).toBe(false)
  })

  it('is left as it was, and what has been read is not read again', async () => {
    expect(await read()).toEqual(none)
    expect(imap.flags().flat()).toEqual([])
  })

  it('keeps hard and soft apart in the receipts, without the address or words of the server', async () => {
    const receipts = await rows<{ raw: object }>(
      s.db.pool,
      `select raw from receipt order by error_code nulls last`,
    )
    expect(receipts.map(({ raw }) => raw)).toEqual([
      { bounce: 'failed', source: 'mailbox', hard: false },
      { bounce: 'failed', source: 'mailbox', hard: true },
      { bounce: 'delayed', source: 'mailbox' },
    ])
  })

  it('does the same once when a kill came between reading and recording, or the mails are numbered anew', async () => {
    imap.deliver(mailOf('exim-plain-swedish', sent[0]!))
    const bounces = () => row(s.db.pool, 'select count(*)::int as n from bounce')
    const before = await bounces()
    await run(s.db.pool, 'alter table bounce_mailbox add constraint dies check (last_uid < 5)')
    await expect(readMailbox(deps(), never, true)).rejects.toThrow('dies')
    expect(await bounces()).toEqual(before)
    await run(s.db.pool, 'alter table bounce_mailbox drop constraint dies')
    expect(await read()).toEqual({ ...none, failed: 1 })
    imap.renumber()
    expect(await read()).toEqual({ ...none, again: 4, others: 1 })
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'failed', reason: 'mailbox-full' })
  })

  it('hits nobody by a forged report, and keeps it for a person', async () => {
    const [mine, other] = sent
    imap.deliver(mailOf('plain-without-reference', mine!)) // the address alone says nothing
    imap.deliver(mailOf('forged-unknown-reference', mine!))
    imap.deliver(mailOf('forged-two-references', mine!))
    imap.deliver(mailOf('forged-other-recipient', mine!))
    imap.deliver(mailOf('postfix-unknown-mailbox', { ...mine!, recipient: other!.recipient }))
    expect(await read()).toEqual({ ...none, kept: 5 })
    expect(await stateOf(mine!.id)).toEqual({ state: 'sent', reason: null })
    expect(await stateOf(other!.id)).toEqual({ state: 'sent', reason: null })
    expect((await keptBounces(s.db.pool)).map(({ why }) => why)).toEqual(
      expect.arrayContaining([
        'no-reference',
        'unknown-reference',
        'two-messages',
        'other-recipient',
        'other-recipient',
      ]),
    )
  })

  it('lets a person settle what was kept, once', async () => {
    const kept = await keptBounces(s.db.pool)
    const ground = { pool: s.db.pool, clock: s.clock }
    const plain = kept.find(({ why }) => why === 'no-reference')!
    const forged = kept.find(({ why }) => why === 'two-messages')!
    expect(plain.place).toMatch(/^INBOX;UIDVALIDITY=2;UID=\d+$/)
    await expect(settleKept(ground, plain.id, 'failed', 'anna')).rejects.toMatchObject({
      code: 'no-such-email',
    })
    await settleKept(ground, plain.id, 'failed', 'anna', sent[0]!.id)
    await settleKept(ground, forged.id, 'not-ours', 'anna')
    await expect(settleKept(ground, forged.id, 'failed', 'anna')).rejects.toMatchObject({
      code: 'no-such-bounce',
    })
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'failed', reason: 'undelivered' })
    expect(await keptBounces(s.db.pool)).toHaveLength(kept.length - 2)
  })

  it('tells what it would do, and does nothing, in a dry run', async () => {
    imap.deliver(mailOf('microsoft-365-unknown', sent[0]!))
    const tried = await tryMailbox(deps(), never)
    expect(countTaken(tried!.taken)).toMatchObject({ failed: 1 })
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'sent', reason: null })
    expect(await read()).toEqual({ ...none, failed: 1 })
  })

  it('reads more than it holds at once', async () => {
    const many = 120
    for (let n = 0; n < many; n++)
      imap.deliver(Buffer.from(`From: a@kommun.example\r\nSubject: ${n}\r\n\r\nHej\r\n`))
    imap.deliver(mailOf('exim-report', sent[0]!))
    expect(await read()).toEqual({ ...none, failed: 1, others: many })
  })
})

it('a worker reads it by itself', async () => {
  imap.deliver(mailOf('exim-plain', sent[0]!))
  const worker = await startWorker(appOf(s, config()))
  try {
    expect((await s.jobs.boss.getSchedules()).map(({ name }) => name)).toContain('bounces')
    await s.jobs.enqueue(s.db.pool, 'bounces', [{}])
    await until(async () => (await stateOf(sent[0]!.id))?.state === 'failed')
  } finally {
    await worker.stop()
  }
})

/** What /health says, to anybody. */
async function health(): Promise<unknown> {
  const server = createServer(appOf(s, config())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const said = await (await fetch(`http://127.0.0.1:${port}/health`)).text()
  server.close()
  expect(said).not.toContain('studs')
  return JSON.parse(said)
}

describe('a mailbox that is away', () => {
  it('is left alone ever longer, and read again by itself', async () => {
    const { id } = sent[0]!
    imap.deliver(mailOf('postfix-given-up-after-five-days', sent[0]!))
    await imap.away()
    const look = () => readMailbox(deps(), never)
    expect((await look())!.away).toBe('unreachable')
    expect(await look()).toBeUndefined()
    expect(await health()).toMatchObject({
      status: 'degraded',
      bounces: { kept: 3, mailbox: { code: 'unreachable' } },
    })
    pass(31)
    expect((await look())!.away).toBe('unreachable')
    pass(31)
    expect(await look()).toBeUndefined()
    expect(await row(s.db.pool, 'select code, failures from bounce_mailbox')).toEqual({
      code: 'unreachable',
      failures: 2,
    })
    await imap.back()
    pass(31)
    expect((await look())!.away).toBeNull()
    expect(await health()).toMatchObject({
      status: 'ok',
      bounces: { kept: 3, mailbox: { readAt: s.clock.now().toISOString() } },
    })
    expect(await row(s.db.pool, 'select code, since, failures from bounce_mailbox')).toEqual({
      code: null,
      since: null,
      failures: 0,
    })
    expect(await stateOf(id)).toEqual({ state: 'failed', reason: 'expired' })
  })

  it.each([
    ['a wrong password', { BOUNCE_MAILBOX_PASSWORD: 'fel' }, 'unauthorized'],
    ['a folder that is not there', { BOUNCE_MAILBOX: 'INGENSTANS' }, 'no-such-folder'],
  ])('says that it is %s', async (_what, other, code) => {
    const over = { ...config(), ...other }
    const url = over.BOUNCE_MAILBOX.startsWith('imap')
      ? over.BOUNCE_MAILBOX
      : imap.url.replace('INBOX', 'INGENSTANS')
    const found = await readMailbox(
      { ...deps(), config: { ...over, BOUNCE_MAILBOX: url } },
      never,
      true,
    )
    expect(found!.away).toBe(code)
  })

  it('gets no password in the clear when it is not on this machine', async () => {
    const elsewhere = await startImap('127.0.0.2') // is not known as this machine
    const over = { ...config(), BOUNCE_MAILBOX: elsewhere.url }
    const found = await readMailbox({ ...deps(), config: over }, never, true)
    await elsewhere.close()
    expect(found!.away).toBe('tls-failed')
  })
})

describe('the command', () => {
  const main = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
  const start = (...args: string[]) =>
    spawn(process.execPath, [main, '--json', 'messages', 'bounces', ...args], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: s.db.url,
        SEALING_KEYS: Buffer.alloc(32, 7).toString('base64'),
        KALLELSE_DATA: s.folder,
        LOG_LEVEL: 'silent',
        ...config(),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  const answerOf = async (child: ReturnType<typeof start>): Promise<unknown> => {
    const said = await text(child.stdout)
    return JSON.parse(said) as unknown
  }

  it('reads a saved mail, and with --dry-run says what it would do', async () => {
    const file = join(s.folder, 'studs.eml')
    writeFileSync(file, mailOf('exchange-blocked-by-policy', sent[0]!))
    const tried = await answerOf(start('read', file, '--dry-run'))
    expect(tried).toMatchObject({ dryRun: true, counts: { failed: 1, kept: 0 } })
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'sent', reason: null })
    const done = await answerOf(start('read', file))
    expect(done).toMatchObject({
      dryRun: false,
      reports: [{ place: 'studs.eml', outcome: 'failed', code: 'refused', hard: false }],
    })
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'failed', reason: 'refused' })
  })

  it('reads again what it had not recorded when it was killed', async () => {
    imap.deliver(mailOf('microsoft-365-access-denied', sent[0]!))
    const holder = await s.db.pool.connect()
    await holder.query('begin; lock table bounce in share row exclusive mode')
    const killed = start('read')
    const waits = `select from pg_locks where relation = 'bounce'::regclass and not granted`
    await until(async () => (await rows(s.db.pool, waits)).length > 0)
    killed.kill('SIGKILL')
    await once(killed, 'exit')
    await holder.query('rollback')
    holder.release()
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'sent', reason: null })
    expect(await answerOf(start('read'))).toMatchObject({ counts: { failed: 1 } })
    expect(await stateOf(sent[0]!.id)).toEqual({ state: 'failed', reason: 'unknown-mailbox' })
  })
})
