import type { Config } from '../config.ts'
import type { Channel } from './channel.ts'
import { openEmail } from './email.ts'
import { openSms } from './sms.ts'

export type Channels = Record<'sms' | 'email', Channel>

/** The ways out that are calls to a provider. Close each of them when done. */
export const openChannels = (config: Config): Channels => ({
  sms: openSms(config),
  email: openEmail(config),
})
