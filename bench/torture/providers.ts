import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import type { SftpFault } from '../../src/demo/stand-ins/sftp-files.ts'
import { startSftpServer } from '../../src/demo/stand-ins/sftp-server.ts'
import { startSmsServer, type SmsFault } from '../../src/demo/stand-ins/sms-server.ts'
import { startSmtpServer, type SmtpFault } from '../../src/demo/stand-ins/smtp-server.ts'
import type { TakenSms } from '../../src/demo/stand-ins/taken-sms.ts'
import { random } from '../release/random.ts'
import type { Person } from './ground.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { fateOf, type Illness, type Line, type Schedule } from './schedule.ts'

// The world outside for one seed: relay, SMS provider and print supplier, each with its illnesses, behind proxies.

export interface Providers {
  /** settings of the hosts and of serve */
  env: Record<string, string>
  lines: Record<Exclude<Line, 'database'>, Proxy>
  /** Receipts that nobody has signed as agreed. @returns how many were not refused */
  forge(n: number): Promise<number>
  receiptsPosted(): Promise<void>
  journals: { sms: string; mail: string }
  print: string
  close(): Promise<void>
}

type Ill = (where: Illness['where']) => string | undefined

/** What is ill just now, drawn anew for each message. @param since milliseconds since the beginning */
function illnessesOf({ seed, illnesses }: Schedule, since: () => number): Ill {
  const next = random(seed)
  return (where) =>
    illnesses.find(
      (i) => i.where === where && since() >= i.from && since() < i.to && next() < i.share,
    )?.what
}

export async function openProviders(
  folder: string,
  schedule: Schedule,
  people: readonly Person[],
  since: () => number,
): Promise<Providers> {
  const { seed } = schedule
  const credentials = localCredentials(folder)
  const journals = { sms: join(folder, 'sms.ndjson'), mail: join(folder, 'mail.ndjson') }
  const print = join(folder, 'print')
  const ill = illnessesOf(schedule, since)
  const lines = {
    smtp: await openProxy(),
    sms: await openProxy(),
    sftp: await openProxy(),
    receipts: await openProxy(),
  }
  const numberOf = new Map(people.map((p) => [p.email ?? '', p.number]))
  /** whose SMS a reference is can't be known here: its number is shared, so fate goes by the number called */
  const fateOfPhone = (to: string) => fateOf(seed, Number(to.slice(-4)))
  const outcome = (sms: TakenSms) =>
    fateOfPhone(sms.to).phone ? ('undeliverable' as const) : ('delivered' as const)
  const statusUrl = `http://127.0.0.1:${lines.receipts.port}/webhooks/vonage/status`
  const references: string[] = []
  const sms = await startSmsServer({
    journal: journals.sms,
    credentials,
    statusUrl,
    outcome,
    receiptsOf: (taken) => receiptPlan(outcome(taken), fateOf(seed, numberIn(taken.reference))),
    keep: (reference) => (references.push(reference), ''),
    fault: (_, to) =>
      fateOfPhone(to).number ? { status: 422, type: noSuchNumber } : smsFault(ill('sms')),
  })
  const mail = await startSmtpServer({
    journal: journals.mail,
    fault: (to) =>
      fateOf(seed, numberOf.get(to) ?? 0).mailbox ? { reply: 550 } : smtpFault(ill('smtp')),
  })
  const sftp = await startSftpServer({
    root: print,
    keyFolder: folder,
    user: 'region',
    password: 'only-on-this-machine',
    fault: (operation) => sftpFault(operation, ill('sftp')),
  })
  lines.smtp.to(Number(new URL(mail.url).port))
  lines.sms.to(Number(new URL(sms.url).port))
  lines.sftp.to(Number(new URL(sftp.url).port))
  const { publicKey: _, ...keys } = credentials
  const smsHost = `http://127.0.0.1:${lines.sms.port}`
  return {
    lines,
    journals,
    print,
    env: {
      ...keys,
      SMS_HOST: smsHost,
      VONAGE_REPORTS_HOST: smsHost,
      SMTP_URL: `smtp://127.0.0.1:${lines.smtp.port}`,
      ...(schedule.trace ? { SMTP_TRACE_URL: mail.traceUrl } : {}),
      ...(schedule.place === 'sftp'
        ? {
            PRINT_SFTP_URL: `sftp://region@127.0.0.1:${lines.sftp.port}/`,
            PRINT_SFTP_HOST_KEY: sftp.hostKey,
            PRINT_SFTP_PASSWORD: 'only-on-this-machine',
          }
        : { PRINT_FOLDER: print }),
    },
    forge: (n) => forge(n, statusUrl, references, credentials.VONAGE_SIGNATURE_SECRET),
    receiptsPosted: () => sms.receiptsPosted(),
    async close() {
      await Promise.all(Object.values(lines).map((line) => line.close()))
      await Promise.all([sms.close(), mail.close(), sftp.close()])
    },
  }
}

const noSuchNumber = 'https://developer.vonage.com/api-errors/messages#1170'

/** A number from a reference, to draw fates by that don't depend on the order in which things happen. */
const numberIn = (reference: string): number => Number.parseInt(reference.slice(-6), 16)

function receiptPlan(outcome: 'delivered' | 'undeliverable', fate: ReturnType<typeof fateOf>) {
  const statuses = {
    one: [outcome],
    doubled: [outcome, outcome],
    // late words about what is over: they change nothing
    'out-of-order':
      outcome === 'delivered'
        ? ([outcome, 'submitted', 'rejected'] as const)
        : ([outcome, 'submitted'] as const),
  }
  return { after: fate.receiptAfter, statuses: statuses[fate.receipts] }
}

function smtpFault(what: string | undefined): SmtpFault | undefined {
  if (what === undefined) return undefined
  if (what === '451-data') return { reply: 451, after: 'data' }
  return /^\d+$/.test(what) ? { reply: Number(what) } : (what as Exclude<SmtpFault, object>)
}

function smsFault(what: string | undefined): SmsFault | undefined {
  if (what === undefined) return undefined
  if (!/^\d+$/.test(what)) return what as Exclude<SmsFault, object>
  return { status: Number(what), ...(what === '429' ? { retryAfter: '2' } : {}) }
}

const sftpFault = (operation: string, what: string | undefined): SftpFault | undefined =>
  what === 'cut-mid-file' && operation === 'write'
    ? 'cut-after'
    : what === 'refuse'
      ? 'refuse'
      : undefined

/** Says of messages that were taken that they failed: by another key, and about another body. */
async function forge(
  n: number,
  url: string,
  references: readonly string[],
  secret: string,
): Promise<number> {
  let taken = 0
  for (const reference of references.slice(-n)) {
    const body = JSON.stringify({
      message_uuid: randomUUID(),
      channel: 'sms',
      client_ref: reference,
      status: 'undeliverable',
      timestamp: new Date().toISOString(),
    })
    const right = createHash('sha256').update(body).digest('hex')
    for (const [key, hash] of [
      [`${secret}x`, right],
      [secret, right.replace(/^./, (sign) => (sign === '0' ? '1' : '0'))],
    ] as const)
      if (await isTaken(url, body, await signed(key, hash))) taken++
  }
  return taken
}

const signed = (secret: string, hash: string): Promise<string> =>
  new SignJWT({ payload_hash: hash })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuedAt()
    .sign(new TextEncoder().encode(secret))

const isTaken = (url: string, body: string, token: string): Promise<boolean> =>
  fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${token}` } }).then(
    async (answer) => (await answer.body?.cancel(), answer.ok),
    () => false, // nobody is there just now
  )
