import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { keepReceived } from './received.ts'
import { listenLocally } from './stand-ins/http.ts'
import { localCredentials } from './stand-ins/credentials.ts'
import { startSmsServer, type SmsServer } from './stand-ins/sms-server.ts'
import { startSmtpServer, type LocalSmtp } from './stand-ins/smtp-server.ts'

/**
 * The world outside: an SMS provider and a mail server on this machine that speak the real protocols and keep what
 * they get.
 */
export interface Stage {
  config: Config
  sms: SmsServer
  mail: LocalSmtp
  smsJournal: string
  mailJournal: string
  /** where what arrived is kept */
  folder: string
  close(): Promise<void>
}

/** Opens the stage, with the settings by which the program talks to it instead of the world. */
export async function openStage(config: Config, clock: Clock): Promise<Stage> {
  const statusPort = await freePort() // our own web server: receipts are posted to its webhook
  const folder = join(config.KALLELSE_OUT, 'received')
  const [smsJournal, mailJournal] = [join(folder, 'sms.ndjson'), join(folder, 'email.ndjson')]
  const { publicKey, ...credentials } = localCredentials(config.KALLELSE_DATA)
  const sms = await startSmsServer({
    journal: smsJournal,
    credentials: { ...credentials, publicKey },
    statusUrl: `http://127.0.0.1:${statusPort}/webhooks/vonage/status`,
    keep: keepReceived(folder, 'sms', clock),
  })
  const mail = await startSmtpServer({
    journal: mailJournal,
    keep: keepReceived(folder, 'email', clock),
  })
  return {
    config: {
      ...config,
      ALLOW_DRAFT_TEXTS: true,
      HOST: '127.0.0.1',
      ...credentials,
      PORT: statusPort,
      SMS_HOST: sms.url,
      VONAGE_REPORTS_HOST: sms.url,
      SMS_PER_SECOND: 1500,
      SMTP_URL: mail.url,
      SMTP_TRACE_URL: mail.traceUrl,
      SMTP_PER_SECOND: 1500,
      IN_DOUBT_AFTER: 8,
      LOG_LEVEL: config.LOG_LEVEL === 'info' ? 'error' : config.LOG_LEVEL,
    },
    sms,
    mail,
    smsJournal,
    mailJournal,
    folder,
    close: async () => {
      await sms.close()
      await mail.close()
    },
  }
}

async function freePort(): Promise<number> {
  const probe = await listenLocally(() => Promise.resolve(), 0)
  await probe.close()
  return probe.port
}
