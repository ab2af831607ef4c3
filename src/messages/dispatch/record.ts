import type { Sent } from '../../channels/channel.ts'
import type { Verdict } from '../../ledger/messages-sending.ts'

/** What a provider said to one try. */
export interface Tried {
  id: string
  sent: Sent
  /** before this one */
  attempts: number
  /** since when it has been refused for a passing reason of its own */
  refusedSince: Date | null
}

/**
 * Hours for which a message is tried that is refused for a passing reason of its own. Relays try for days (RFC 5321
 * 4.5.4.1); an invitation had better be a letter by then.
 */
export const triedFor = 24

const backOff = (attempts: number, most: number): number =>
  Math.min(most, 5 * 2 ** Math.min(attempts, 20)) // seconds

/**
 * What becomes of a message by what the provider said. That a provider, or we, can't just now costs it time only,
 * however long that lasts.
 */
export function verdict({ id, sent, attempts, refusedSince }: Tried, now: Date): Verdict {
  const as = (
    state: Verdict['state'],
    { reason = null, providerId = null, after = 0, refused = false }: Partial<Verdict> = {},
  ) => ({ id, state, reason, providerId, after, refused })
  switch (sent.kind) {
    case 'accepted':
    case 'duplicate':
      return as('sent', { providerId: sent.providerId })
    case 'unsure':
      return as('in-doubt')
    case 'stop':
      return as('failed', { reason: sent.code })
    case 'retry':
      return as('queued', { after: sent.after ?? backOff(attempts, 300) })
    case 'later': {
      const hours = refusedSince ? (now.getTime() - refusedSince.getTime()) / 3_600_000 : 0
      return hours >= triedFor
        ? as('failed', { reason: `gave-up: ${sent.code}` })
        : as('queued', { after: backOff(attempts, 3600), refused: true })
    }
  }
}
