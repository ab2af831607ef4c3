import { sendGate } from '../../src/messages/send-gate.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../../src/app.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { readJournal } from '../../src/demo/stand-ins/journal.ts'
import { startSmsServer, type SmsFault } from '../../src/demo/stand-ins/sms-server.ts'
import {
  startSmtpServer,
  type SmtpFault,
  type TakenMail,
} from '../../src/demo/stand-ins/smtp-server.ts'
import type { TakenSms } from '../../src/demo/stand-ins/taken-sms.ts'
import { openChannels } from '../../src/channels/open.ts'
import { openPrintFolder } from '../../src/channels/print-folder.ts'
import type { MovableClock } from '../../src/clock.ts'
import { readConfig, type Config } from '../../src/config.ts'
import type { Jobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { composer } from '../../src/messages/compose.ts'
import { dispatch } from '../../src/messages/dispatch/dispatch.ts'
import type { DispatchDeps } from '../../src/messages/dispatch/dispatch-deps.ts'
import type { PrintDeps } from '../../src/messages/print/print-deps.ts'
import { quietHours } from '../../src/messages/dispatch/quiet-hours.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { databaseWithJobs, type TestDatabase } from './database.ts'
import { openSpec, smallRegion } from './region.ts'
import { started } from './started.ts'

export interface Sending {
  db: TestDatabase
  clock: MovableClock
  jobs: Jobs
  config: Config
  folder: string
  deps(channel: 'sms' | 'email', over?: Partial<DispatchDeps>): DispatchDeps
  printDeps(over?: Partial<PrintDeps>): PrintDeps
  send(channel: 'sms' | 'email'): Promise<number>
  mails(): TakenMail[]
  texts(): TakenSms[]
  /** what the mail server and the SMS provider took, when, by the clock of the play */
  received: { channel: 'sms' | 'email'; to: string; at: Date; content: string }[]
  faults: { sms?: SmsFault | undefined; mail?: SmtpFault | undefined }
  started(spec: object): Promise<number>
  close(): Promise<void>
}

/**
 * A small region with a real database, a real SMTP server and a Vonage-protocol server; faults can be switched on and
 * off.
 */
export async function sending(
  size: { people?: number; places?: number; env?: Record<string, string> } = {},
): Promise<Sending> {
  const db = await databaseWithJobs()
  const clock = await smallRegion(db.pool, size)
  const folder = mkdtempSync(join(tmpdir(), 'kallelse-sending-'))
  const credentials = localCredentials(folder)
  const faults: Sending['faults'] = {}
  const journals = { sms: join(folder, 'sms.ndjson'), mail: join(folder, 'mail.ndjson') }
  const received: Sending['received'] = []
  const keepAs =
    (channel: 'sms' | 'email') => (_reference: string, to: string, content: Buffer | string) => {
      received.push({ channel, to, at: clock.now(), content: content.toString() })
      return ''
    }
  const sms = await startSmsServer({
    journal: journals.sms,
    keep: keepAs('sms'),
    credentials,
    fault: () => faults.sms,
  })
  const mail = await startSmtpServer({
    journal: journals.mail,
    keep: keepAs('email'),
    fault: () => faults.mail,
  })
  const { publicKey: _, ...keys } = credentials
  const config = {
    ...readConfig({ KALLELSE_DATA: folder, KALLELSE_OUT: folder, ...size.env }),
    ...keys,
    ALLOW_DRAFT_TEXTS: true,
    SMS_HOST: sms.url,
    VONAGE_REPORTS_HOST: sms.url,
    SMTP_URL: mail.url,
    SMTP_TRACE_URL: mail.traceUrl,
    SMS_PER_SECOND: 1000,
    SMTP_PER_SECOND: 1000,
  }
  const channels = openChannels(config)
  const texts = await loadTexts()
  const compose = composer(texts, channels, config)
  const log = openLog('silent')
  const { jobs } = db
  const deps: Sending['deps'] = (channel, over = {}) => ({
    pool: db.pool,
    clock,
    log,
    jobs,
    channel: channels[channel],
    compose,
    texts,
    refresh: () => Promise.resolve(),
    inDoubtAfter: 60,
    quiet: quietHours(config),
    stop: new AbortController().signal,
    ...over,
  })
  return {
    db,
    clock,
    jobs,
    config,
    folder,
    deps,
    faults,
    received,
    printDeps: (over = {}) => ({
      pool: db.pool,
      clock,
      log,
      compose,
      texts,
      place: () => openPrintFolder(join(folder, 'print')),
      schedule: { cutOff: '23:59', capacity: undefined, unannounced: undefined },
      workFolder: join(folder, 'work'),
      batchSize: 1000,
      stopping: () => false,
      ...over,
    }),
    send: (channel) => dispatch(deps(channel), 200),
    mails: () => readJournal<TakenMail>(journals.mail),
    texts: () => readJournal<TakenSms>(journals.sms),
    started: (spec = openSpec()) => started({ pool: db.pool, clock, jobs }, spec),
    async close() {
      await Promise.all([channels.sms.close(), channels.email.close()])
      await sms.close()
      await mail.close()
      await db.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The program around it, for the web and the worker. */
export const appOf = (s: Sending, env: Partial<Config> = {}): App => ({
  config: { ...s.config, ...env },
  log: openLog('silent'),
  clock: s.clock,
  pool: s.db.pool,
  jobs: () => Promise.resolve(s.jobs),
  textGate: sendGate({ ...s.config, ...env }),
  close: () => Promise.resolve(),
})

/** Waits for something to become true; a test that hopes in vain fails by its own time limit. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(20)
}
