import { createHash, randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { importSPKI, jwtVerify } from 'jose'
import { z } from 'zod'
import { systemClock } from '../../clock.ts'
import type { LocalCredentials } from './credentials.ts'
import { answerJson, listenLocally, readBody } from './http.ts'
import { openJournal } from './journal.ts'
import { openReceipts, type ReceiptPlan } from './receipts.ts'
import { answerRecords } from './sms-records.ts'
import type { SmsFate, TakenSms } from './taken-sms.ts'

/**
 * Something that goes wrong with one message: an answer instead of taking it, or a connection that is cut or never
 * answered, before or after taking it.
 */
export type SmsFault =
  | { status: number; type?: string; retryAfter?: string }
  | 'cut-before'
  | 'cut-after'
  | 'hang-before'
  | 'hang-after'

export interface SmsServerOptions {
  /** 0 or nothing: any free port */
  port?: number
  /** NDJSON file of TakenSms, one line a message */
  journal: string
  /** keeps the text itself. @returns where */
  keep?: (reference: string, to: string, text: string) => string
  credentials: LocalCredentials
  /** where delivery receipts are posted; without it there are none */
  statusUrl?: string
  /** what becomes of a message; delivered when not given */
  outcome?: (sms: TakenSms) => SmsFate
  /** how its receipts come; one at once when not given */
  receiptsOf?: (sms: TakenSms) => ReceiptPlan
  /** called for each message that comes in, before it is taken */
  fault?: (reference: string, to: string) => SmsFault | undefined
}

export interface SmsServer {
  url: string
  /** how many messages it holds */
  count(): number
  /** Waits until every receipt has been posted and answered with 2xx. */
  receiptsPosted(): Promise<void>
  close(): Promise<void>
}

const request = z.object({
  channel: z.literal('sms'),
  message_type: z.literal('text'),
  from: z.string().min(1),
  to: z.string().regex(/^[1-9][0-9]{6,14}$/),
  text: z.string().min(1),
  client_ref: z.string().max(100).optional(),
})
const problems = 'https://developer.vonage.com/api-errors'

/**
 * A server that speaks the Vonage Messages API (POST /v1/messages, JWT by the application's key), the Reports API
 * (GET /v2/reports/records) and posts signed delivery receipts. Like Vonage it does not look for duplicates. Being
 * outside,
 * it goes by the machine's time, whatever a simulation's clock says.
 */
export async function startSmsServer(options: SmsServerOptions): Promise<SmsServer> {
  const { credentials } = options
  const journal = openJournal<TakenSms>(options.journal)
  const taken: TakenSms[] = journal.earlier
  const receipts = openReceipts(options)
  const publicKey = await importSPKI(credentials.publicKey, 'RS256')
  const tokens = new Map<string, number>() // verified → when it expires, in seconds

  const authorized = async (header: string | undefined): Promise<boolean> => {
    const token = header?.startsWith('Bearer ') ? header.slice(7) : ''
    if ((tokens.get(token) ?? 0) * 1000 > systemClock.now().getTime()) return true
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'jti'],
      })
      if (payload['application_id'] !== credentials.VONAGE_APPLICATION_ID) return false
      tokens.set(token, payload.exp ?? 0)
      return true
    } catch {
      return false
    }
  }

  const take = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming)
    if (!(await authorized(incoming.headers.authorization)))
      return answerJson(response, 401, {
        type: `${problems}#unauthorized`,
        title: 'You did not provide correct credentials.',
      })
    const sms = request.safeParse(JSON.parse(body))
    if (!sms.success)
      return answerJson(response, 422, {
        type: `${problems}/messages#1150`,
        title: 'Invalid params',
        detail: sms.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '),
      })
    const { from, to, text, client_ref: reference = '' } = sms.data
    const fault = options.fault?.(reference, to)
    if (fault === 'cut-before') return void incoming.socket.resetAndDestroy()
    if (fault === 'hang-before') return
    if (typeof fault === 'object') {
      return answerJson(
        response,
        fault.status,
        { type: fault.type ?? `${problems}#${fault.status}`, title: 'Refused by the script' },
        fault.retryAfter ? { 'retry-after': fault.retryAfter } : {},
      )
    }
    const content = JSON.stringify({ from, to, text })
    const file = options.keep?.(reference, to, text)
    const line: TakenSms = {
      reference,
      messageId: randomUUID(),
      from,
      to,
      size: Buffer.byteLength(content),
      sha256: createHash('sha256').update(content).digest('hex'),
      receivedAt: systemClock.now().toISOString(),
      ...(file ? { file } : {}),
    }
    journal.append(line) // before the answer: whoever got 202 is in the file
    taken.push(line)
    receipts.add(line)
    if (fault === 'cut-after') return void incoming.socket.resetAndDestroy()
    if (fault === 'hang-after') return
    answerJson(response, 202, { message_uuid: line.messageId })
  }

  const http = await listenLocally((incoming, response) => {
    if (incoming.method === 'POST' && incoming.url === '/v1/messages')
      return take(incoming, response)
    if (incoming.method === 'GET' && incoming.url?.startsWith('/v2/reports/records?'))
      return Promise.resolve(
        answerRecords(incoming, response, taken, credentials, (sms) => receipts.statusOf(sms)),
      )
    answerJson(response, 404, { type: `${problems}#not-found`, title: 'Not found' })
    return Promise.resolve()
  }, options.port ?? 0)
  for (const line of taken) receipts.add(line) // those posted already are known by their journal
  return {
    url: `http://127.0.0.1:${http.port}`,
    count: () => taken.length,
    receiptsPosted: () => receipts.posted(),
    async close() {
      await http.close()
      await receipts.close()
      journal.close()
    },
  }
}
