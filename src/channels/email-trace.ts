import { z } from 'zod'
import type { Channel } from './channel.ts'

const answer = z.object({ state: z.enum(['accepted', 'delivered', 'failed', 'unknown']) })

/**
 * Asks a relay's message trace: GET <url>?message_id=… answers {"state":"accepted|delivered|failed|unknown"}. Only
 * these words count: a 404 may just as well be a wrong address, and "unknown" lets a message be sent again.
 * @param url without it the relay can't say
 * @param messageId our reference → the Message-ID without angle brackets
 */
export function openTrace(
  url: string | undefined,
  messageId: (reference: string) => string,
): Channel['find'] {
  if (!url) return () => Promise.resolve({ kind: 'cannot-say' })
  return async (reference) => {
    const ask = new URL(url)
    ask.searchParams.set('message_id', messageId(reference))
    const response = await fetch(ask, { signal: AbortSignal.timeout(30_000) })
    if (!response.ok) {
      await response.body?.cancel()
      throw new Error(`the message trace answered ${response.status}`)
    }
    const { state } = answer.parse(await response.json())
    if (state === 'unknown') return { kind: 'unknown' }
    return {
      kind: 'accepted',
      providerId: messageId(reference),
      ...(state === 'accepted' ? {} : { status: state }),
    }
  }
}
