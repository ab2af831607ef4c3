import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { SignJWT } from 'jose'
import { systemClock } from '../../clock.ts'
import type { LocalCredentials } from './credentials.ts'
import { openJournal } from './journal.ts'
import type { SmsFate, TakenSms } from './taken-sms.ts'

/** When the receipts of a message come, and what they say, one after the other. */
export interface ReceiptPlan {
  /** milliseconds */
  after: number
  statuses: readonly (SmsFate | 'submitted')[]
}

interface ReceiptOptions {
  journal: string
  credentials: LocalCredentials
  statusUrl?: string
  outcome?: (sms: TakenSms) => SmsFate
  receiptsOf?: (sms: TakenSms) => ReceiptPlan
}

export interface Receipts {
  add(sms: TakenSms): void
  statusOf(sms: TakenSms): string
  posted(): Promise<void>
  close(): Promise<void>
}

const atOnce = 20

/**
 * Posts a delivery receipt for each message, signed as Vonage does (HS256, payload_hash), and again until it is
 * answered
 * with 2xx. What was posted is noted, so that a stand-in that was killed goes on where it was; the same receipt
 * twice has
 * the same content.
 */
export function openReceipts(options: ReceiptOptions): Receipts {
  const { statusUrl, credentials } = options
  const outcome = options.outcome ?? (() => 'delivered' as const)
  const receiptsOf =
    options.receiptsOf ?? ((sms: TakenSms) => ({ after: 0, statuses: [outcome(sms)] }))
  const journal = openJournal<{ messageId: string }>(`${options.journal}.receipts`)
  const done = new Set(journal.earlier.map((line) => line.messageId))
  const secret = new TextEncoder().encode(credentials.VONAGE_SIGNATURE_SECRET)
  const queue: TakenSms[] = []
  const atWork = new Set<Promise<void>>()
  const idle: (() => void)[] = []
  let later = 0
  const stop = new AbortController()

  const postAll = async (sms: TakenSms): Promise<void> => {
    for (const status of receiptsOf(sms).statuses) if (!(await post(sms, status))) return
    journal.append({ messageId: sms.messageId })
    done.add(sms.messageId)
  }
  /** @returns false when it was stopped before the receipt was taken */
  const post = async (sms: TakenSms, status: SmsFate | 'submitted'): Promise<boolean> => {
    const body = JSON.stringify({
      message_uuid: sms.messageId,
      to: sms.to,
      from: sms.from,
      channel: 'sms',
      client_ref: sms.reference,
      status,
      timestamp: new Date(Date.parse(sms.receivedAt) + 1000).toISOString(),
      ...(status === 'delivered' || status === 'submitted'
        ? {}
        : {
            error: {
              type: 'https://developer.vonage.com/api-errors/messages#1180',
              title: '1180',
              detail: 'Absent subscriber',
              instance: sms.messageId,
            },
          }),
    })
    for (let delay = 50; !stop.signal.aborted; delay = Math.min(delay * 2, 5000)) {
      const token = await new SignJWT({
        api_key: credentials.VONAGE_API_KEY,
        application_id: credentials.VONAGE_APPLICATION_ID,
        payload_hash: createHash('sha256').update(body).digest('hex'),
      })
        .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
        .setIssuer('Vonage')
        .setIssuedAt(Math.floor(systemClock.now().getTime() / 1000))
        .setJti(randomUUID())
        .sign(secret)
      const ok = await fetch(statusUrl ?? '', {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        signal: stop.signal,
      }).then(
        async (answer) => (await answer.body?.cancel(), answer.ok),
        () => false,
      )
      if (ok) return true
      await wait(delay, undefined, { signal: stop.signal }).catch(() => {})
    }
    return false
  }
  const pump = (): void => {
    while (atWork.size < atOnce && queue.length > 0 && !stop.signal.aborted) {
      const work: Promise<void> = postAll(queue.shift()!).finally(() => {
        atWork.delete(work)
        pump()
      })
      atWork.add(work)
    }
    if (atWork.size + later === 0) for (const wake of idle.splice(0)) wake()
  }
  return {
    add(sms) {
      if (!statusUrl || done.has(sms.messageId)) return
      const come = () => (queue.push(sms), pump())
      const { after } = receiptsOf(sms)
      if (after === 0) return come()
      later++
      setTimeout(() => (later--, come()), after).unref()
    },
    statusOf: (sms) =>
      statusUrl ? (done.has(sms.messageId) ? outcome(sms) : 'submitted') : 'submitted',
    posted: () => new Promise((wake) => (idle.push(wake), pump())),
    async close() {
      stop.abort()
      await Promise.all(atWork)
      journal.close()
    },
  }
}
