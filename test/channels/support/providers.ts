import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, type Config } from '../../../src/config.ts'
import { localCredentials, type LocalCredentials } from '../../../src/demo/stand-ins/credentials.ts'
import {
  startSmsServer,
  type SmsServer,
  type SmsServerOptions,
} from '../../../src/demo/stand-ins/sms-server.ts'
import {
  startSmtpServer,
  type LocalSmtp,
  type SmtpServerOptions,
} from '../../../src/demo/stand-ins/smtp-server.ts'

export interface Providers {
  folder: string
  smsJournal: string
  mailJournal: string
  credentials: LocalCredentials
  sms: SmsServer
  smtp: LocalSmtp
  config: Config
  close(): Promise<void>
}

/** Both stand-ins on free ports, and the configuration that points to them. */
export async function startProviders(
  options: {
    sms?: Partial<SmsServerOptions>
    smtp?: Partial<SmtpServerOptions>
    folder?: string
  } = {},
): Promise<Providers> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'kallelse-')))
  const credentials = localCredentials(folder)
  const [smsJournal, mailJournal] = [join(folder, 'sms.ndjson'), join(folder, 'mail.ndjson')]
  const sms = await startSmsServer({ journal: smsJournal, credentials, ...options.sms })
  const smtp = await startSmtpServer({ journal: mailJournal, ...options.smtp })
  const { publicKey: _, ...account } = credentials
  return {
    folder,
    smsJournal,
    mailJournal,
    credentials,
    sms,
    smtp,
    config: readConfig({
      ...account,
      SMS_HOST: sms.url,
      SMTP_URL: smtp.url,
      SMTP_TRACE_URL: smtp.traceUrl,
    }),
    async close() {
      await sms.close()
      await smtp.close()
      if (!options.folder) await rm(folder, { recursive: true })
    },
  }
}
