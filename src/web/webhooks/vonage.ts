import express, { type Request, type Router } from 'express'
import { z } from 'zod'
import { systemClock } from '../../clock.ts'
import type { App } from '../../app.ts'
import { takeInbound, type InboundSms } from '../../reserve/inbound.ts'
import { isQuiet, quietHours } from '../../messages/dispatch/quiet-hours.ts'
import { recordReceipts, type Receipt } from '../../messages/receipts.ts'
import { moment, received } from '../../received.ts'
import { HttpProblem } from '../problem.ts'
import { collect } from './collect.ts'
import { checkSignature } from './signature.ts'

const statusHook = z.object({
  message_uuid: z.string().max(100),
  client_ref: z.string().max(100).optional(),
  status: z.string().max(40),
  timestamp: moment,
  error: z
    .object({
      type: z.string().max(300).optional(),
      title: z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
})
const uuid = z.uuid()

const inboundHook = z.object({
  message_uuid: z.string().min(1).max(100),
  from: z.string().regex(/^\+?[0-9]{7,15}$/),
  text: z.string().max(2000),
  channel: z.literal('sms'),
})

/** What Vonage's words mean for a message; others (submitted) are kept but change nothing. */
const statuses: Record<string, Receipt['status']> = {
  delivered: 'delivered',
  read: 'delivered',
  rejected: 'failed',
  undeliverable: 'failed',
  failed: 'failed',
  expired: 'failed',
}

/**
 * Webhooks of the SMS provider. Anything but 2xx makes Vonage send them again, for a day: what we have no use for is
 * 204 too.
 */
export function vonageWebhooks(app: App): Router {
  const router = express.Router()
  const record = collect<Receipt>((receipts) => recordReceipts(app.pool, receipts))
  router.use(express.raw({ type: () => true, limit: '64kb' }))

  router.post('/status', async (request, response) => {
    const receipt = readReceipt(await readSigned(app, request))
    if (receipt) await record(receipt)
    response.status(204).end()
  })
  router.post('/inbound', async (request, response) => {
    const sms = readInbound(await readSigned(app, request))
    if (sms) {
      const deps = {
        pool: app.pool,
        clock: app.clock,
        jobs: await app.jobs(),
        quiet: isQuiet(app.clock.now(), quietHours(app.config)),
      }
      app.log.info({ outcome: await takeInbound(deps, sms) }, 'an SMS came in')
    }
    response.status(204).end()
  })
  return router
}

/** The body of a webhook that is Vonage's. Their signatures go by the real time, whatever a simulation's clock says. */
async function readSigned(app: App, request: Request): Promise<unknown> {
  const secret = app.config.VONAGE_SIGNATURE_SECRET
  if (!secret)
    throw new HttpProblem(
      503,
      'not-configured',
      "VONAGE_SIGNATURE_SECRET is not set: webhooks can't be told from forgeries.",
    )
  const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  await checkSignature(request.get('authorization'), body, secret, systemClock.now())
  try {
    return received.parse(JSON.parse(body.toString()))
  } catch (error) {
    if (error instanceof z.ZodError) throw error
    throw new HttpProblem(400, 'invalid-json', 'The body is not JSON.')
  }
}

/** @returns undefined for what can't be an answer: no text, another channel, a sender that is no number */
function readInbound(given: unknown): InboundSms | undefined {
  const hook = inboundHook.safeParse(given)
  if (!hook.success) return undefined
  return {
    providerId: hook.data.message_uuid,
    from: `+${hook.data.from.replace(/^\+/, '')}`,
    text: hook.data.text,
  }
}

/** @returns undefined for what is not about a message of ours. What is kept holds no number and no text. */
function readReceipt(given: unknown): Receipt | undefined {
  const hook = statusHook.parse(given)
  if (!uuid.safeParse(hook.client_ref).success) return undefined
  const code =
    hook.error?.type?.split('#').at(-1) ??
    (hook.error?.title === undefined ? null : String(hook.error.title))
  return {
    messageId: hook.client_ref!,
    status: Object.hasOwn(statuses, hook.status) ? statuses[hook.status]! : 'other',
    at: hook.timestamp,
    errorCode: code,
    raw: {
      message_uuid: hook.message_uuid,
      status: hook.status,
      timestamp: hook.timestamp.toISOString(),
      ...(code ? { error: code } : {}),
    },
  }
}
