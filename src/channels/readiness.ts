import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'
import { printPlaceOf } from './open-print.ts'
import { visit } from './print-place.ts'

export type WayOut = 'letter' | 'sms' | 'email'

/** Why nothing could leave on a channel now; undefined: it can. */
export type NotReady = 'not-configured' | 'no-answer' | undefined

/** The settings without which a channel sends nothing. */
export const settingsOf: Record<WayOut, readonly (keyof Config)[]> = {
  sms: ['VONAGE_APPLICATION_ID', 'VONAGE_PRIVATE_KEY'],
  email: ['SMTP_URL'],
  letter: [], // without a supplier's server they go to a folder here
}

const patience = 5000

/** Whether a channel can be used: its settings are there, and its provider answers. Sends nothing. */
export async function readinessOf(config: Config, channel: WayOut): Promise<NotReady> {
  if (settingsOf[channel].some((name) => !config[name])) return 'not-configured'
  return probes[channel](config).then(
    () => undefined,
    () => 'no-answer' as const,
  )
}

const probes: Record<WayOut, (config: Config) => Promise<unknown>> = {
  // any answer will do: it says that the host is there
  sms: (config) =>
    fetch(config.SMS_HOST ?? 'https://api.nexmo.com', {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.timeout(patience),
    }),
  async email(config) {
    const relay = createTransport({
      url: config.SMTP_URL!,
      requireTLS: config.SMTP_REQUIRE_TLS,
      connectionTimeout: patience,
      greetingTimeout: patience,
      socketTimeout: patience,
    })
    try {
      await relay.verify()
    } finally {
      relay.close()
    }
  },
  letter: (config) => visit(printPlaceOf(config), (place) => place.list('ready-or-not-')),
}
