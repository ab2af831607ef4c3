import { createHash, timingSafeEqual } from 'node:crypto'
import { jwtVerify } from 'jose'
import { HttpProblem } from '../problem.ts'

/**
 * Checks that a webhook is Vonage's and as Vonage sent it: HS256 and nothing else, the hash of the very bytes of
 * the body,
 * issued within five minutes. (The SDK's verifySignature looks at neither body nor age.)
 * @throws HttpProblem 401
 */
export async function checkSignature(
  authorization: string | undefined,
  body: Buffer,
  secret: string,
  now: Date,
): Promise<void> {
  const refuse = () =>
    new HttpProblem(401, 'bad-signature', 'The webhook is not signed as agreed.', {
      headers: { 'WWW-Authenticate': 'Bearer' },
    })
  const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!token) throw refuse()
  const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
    algorithms: ['HS256'],
    requiredClaims: ['iat', 'payload_hash'],
    maxTokenAge: 300,
    clockTolerance: 30,
    currentDate: now,
  }).catch(() => {
    throw refuse()
  })
  const given = Buffer.from(String(payload['payload_hash']).toLowerCase())
  const expected = Buffer.from(createHash('sha256').update(body).digest('hex'))
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw refuse()
}
