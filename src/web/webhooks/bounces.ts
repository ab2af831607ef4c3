import { createHash } from 'node:crypto'
import express, { type Router } from 'express'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { systemClock } from '../../clock.ts'
import { transaction } from '../../db/pool.ts'
import { actions, type Report } from '../../messages/bounces/report.ts'
import { countTaken, takeReports, type CameIn } from '../../messages/bounces/take-reports.ts'
import { moment, received } from '../../received.ts'
import { HttpProblem } from '../problem.ts'
import { checkStandardSignature } from './standard-signature.ts'

const event = z.object({
  /** our Message-ID, with or without < > */
  message_id: z.string().max(300),
  recipient: z.string().min(3).max(320),
  action: z.enum(actions),
  status: z
    .string()
    .regex(/^[245]\.\d{1,3}\.\d{1,3}$/)
    .optional(),
  diagnostic: z.string().max(2000).optional(),
  at: moment.optional(),
})
const hook = z.object({ events: z.array(z.unknown()).min(1).max(1000) })

/**
 * POST /webhooks/bounces: what the mail relay says later of mails that it had taken, as in a delivery status
 * notification. Signed (Standard Webhooks); the same one again changes nothing. An event that can't be read is kept for
 * a person and doesn't keep the others from being taken.
 */
export function bounceWebhooks(app: App): Router {
  const router = express.Router()
  router.use(express.raw({ type: () => true, limit: '1mb' }))
  router.post('/', async (request, response) => {
    const secret = app.config.BOUNCE_WEBHOOK_SECRET
    if (!secret)
      throw new HttpProblem(
        503,
        'not-configured',
        "BOUNCE_WEBHOOK_SECRET is not set: webhooks can't be told from forgeries.",
      )
    const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const id = checkStandardSignature(request, body, secret, systemClock.now())
    const { events } = hook.parse(received.parse(readJson(body)))
    const cameIn = events.map((given, n) => cameInBy(id, n, given))
    const taken = await transaction(app.pool, (tx) => takeReports(tx, cameIn, app.clock.now()))
    app.log.info(countTaken(taken), 'the mail relay has told of bounces')
    response.status(204).end()
  })
  return router
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    throw new HttpProblem(400, 'invalid-json', 'The body is not JSON.')
  }
}

function cameInBy(id: string, n: number, given: unknown): CameIn {
  const read = event.safeParse(given)
  return {
    sha256: createHash('sha256').update(`webhook ${id} ${n}`).digest(),
    source: 'webhook',
    place: `${id} ${n + 1}`,
    report: read.success ? reportOf(read.data) : null,
  }
}

function reportOf({
  message_id,
  recipient,
  action,
  status,
  diagnostic,
  at,
}: z.infer<typeof event>): Report {
  const reference = /^<?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@/i.exec(message_id)?.[1]
  return {
    returnedTo: [],
    returned: reference ? [reference.toLowerCase()] : [],
    recipients: [
      {
        address: recipient.toLowerCase(),
        original: null,
        action,
        status: status ?? null,
        diagnostic: diagnostic ?? '',
      },
    ],
    writtenAt: at ?? null,
  }
}
