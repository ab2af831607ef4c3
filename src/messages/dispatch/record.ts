import type { Sent } from '../../channels/channel.ts'
import type { Verdict } from '../../ledger/messages-sending.ts'

/** What a provider said to one try. */
export interface Tried {
  id: string
  sent: Sent
  /** before this one */
  attempts: number
}

const retriesAtMost = 8
const backOff = (attempts: number): number => Math.min(3600, 5 * 2 ** attempts) // seconds

/** What becomes of a message by what the provider said. */
export function verdict({ id, sent, attempts }: Tried): Verdict {
  const as = (
    state: Verdict['state'],
    { reason = null, providerId = null, after = 0 }: Partial<Verdict> = {},
  ) => ({ id, state, reason, providerId, after })
  switch (sent.kind) {
    case 'accepted':
    case 'duplicate':
      return as('sent', { providerId: sent.providerId })
    case 'unsure':
      return as('in-doubt')
    case 'stop':
      return as('failed', { reason: sent.code })
    case 'retry':
      return attempts + 1 >= retriesAtMost
        ? as('failed', { reason: `gave-up: ${sent.code}` })
        : as('queued', { after: sent.after ?? backOff(attempts) })
  }
}
