import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { HttpProblem } from '../problem.ts'

/** Seconds that a webhook may be old, or ahead of our clock. */
const tolerance = 300

/**
 * Checks that a webhook is from whom we share a secret with and as they sent it, the way of Standard Webhooks
 * (standardwebhooks.com): HMAC-SHA256 of id, time and the very bytes of the body; while a secret is replaced there may be
 * several signatures.
 * @param secret whsec_ and base64
 * @returns its id: the same when it is sent again
 * @throws HttpProblem 401
 */
export function checkStandardSignature(
  request: Request,
  body: Buffer,
  secret: string,
  now: Date,
): string {
  const id = request.get('webhook-id') ?? ''
  const time = request.get('webhook-timestamp') ?? ''
  const refuse = () => new HttpProblem(401, 'bad-signature', 'The webhook is not signed as agreed.')
  if (!/^[!-~]{1,200}$/.test(id) || !/^[0-9]{1,12}$/.test(time)) throw refuse()
  if (Math.abs(now.getTime() / 1000 - Number(time)) > tolerance) throw refuse()
  const expected = createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(`${id}.${time}.`)
    .update(body)
    .digest()
  const given = (request.get('webhook-signature') ?? '').split(' ').slice(0, 5)
  if (!given.some((one) => one.startsWith('v1,') && isSame(one.slice(3), expected))) throw refuse()
  return id
}

function isSame(given: string, expected: Buffer): boolean {
  const bytes = Buffer.from(given, 'base64')
  return bytes.length === expected.length && timingSafeEqual(bytes, expected)
}
