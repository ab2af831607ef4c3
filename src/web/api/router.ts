import express, { type Request, type Response, type Router } from 'express'
import type { App } from '../../app.ts'
import { received } from '../../received.ts'
import { findApiKey, type ApiKey, type Right } from '../../staff/api-keys.ts'
import type { KeyGuard } from '../../verification/guesses.ts'
import { asKeyMay } from '../key-limit.ts'
import { HttpProblem, toProblem } from '../problem.ts'
import type { Endpoint } from './endpoint.ts'
import { once, type Answer } from './idempotency.ts'
import { describeApi } from './openapi.ts'

/** A campaign file with a rule of some length is a few kilobytes. */
const bodyLimit = '256kb'

/** /api/v1: each request goes the same way: key, right, form, once, answer. */
export function apiRouter(app: App, endpoints: readonly Endpoint[], keys: KeyGuard): Router {
  const router = express.Router()
  const description = JSON.stringify(describeApi(endpoints, app.config.PUBLIC_URL))
  router.get('/openapi.json', (_request, response) => void response.type('json').send(description))
  const bytes = express.raw({ type: () => true, limit: bodyLimit }) // kept as bytes: the Idempotency-Key stands for exactly these
  const paths = new Map<string, string[]>()
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1')
    paths.set(path, [...(paths.get(path) ?? []), endpoint.method.toUpperCase()])
    router[endpoint.method](path, bytes, (request, response) =>
      carryOut(app, endpoint, keys, request, response),
    )
  }
  for (const [path, methods] of paths) {
    router.all(path, () => {
      throw new HttpProblem(
        405,
        'method-not-allowed',
        `This address takes ${methods.join(', ')}.`,
        { headers: { Allow: methods.join(', ') } },
      )
    })
  }
  return router
}

async function carryOut(
  app: App,
  endpoint: Endpoint,
  keys: KeyGuard,
  request: Request,
  response: Response,
): Promise<void> {
  response.set('Cache-Control', 'no-store')
  const apiKey = await authenticate(app, request, endpoint.right)
  const raw = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : ''
  const params = endpoint.params?.parse(received.parse(request.params)) ?? {}
  const body = endpoint.body?.parse(received.parse(readJson(request, raw)))
  const work = async (): Promise<Answer> => {
    try {
      return {
        status: endpoint.status ?? 200,
        body: asDescribed(
          endpoint,
          await endpoint.handle(app, {
            params,
            body,
            actor: apiKey.name,
            clinic: apiKey.clinic,
          }),
        ),
      }
    } catch (error) {
      const { headers: _, ...problem } = toProblem(error)
      if (problem.status >= 500) throw error
      return { status: problem.status, body: problem }
    }
  }
  const carry = () =>
    endpoint.once
      ? once(
          app,
          apiKey.id,
          readIdempotencyKey(request),
          `${request.method} ${request.originalUrl}\n${raw}`,
          work,
        )
      : work()
  const answer = endpoint.finds
    ? await asKeyMay(app, keys, apiKey, carry, ({ body }) => foundNobody(body))
    : await carry()
  response
    .status(answer.status)
    .type(answer.status >= 400 ? 'application/problem+json' : 'application/json')
    .send(JSON.stringify(answer.body))
}

const nobody = new Set(['person-not-found', 'unknown-code'])
const foundNobody = (body: unknown): boolean => nobody.has((body as { code?: string }).code ?? '')

/** Nothing leaves that the description does not name. */
function asDescribed(endpoint: Endpoint, answer: unknown): unknown {
  const checked = endpoint.answer.safeParse(answer)
  if (!checked.success)
    throw new Error(`the answer of ${endpoint.path} is not as described: ${checked.error.message}`)
  return checked.data
}

async function authenticate(app: App, request: Request, right: Right): Promise<ApiKey> {
  const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
  const key = given ? await findApiKey(app.pool, given, app.clock.now()) : undefined
  if (!key)
    throw new HttpProblem(
      401,
      'unauthorized',
      'Send an API key that is in use: "Authorization: Bearer <key>". Keys are made with: kallelse api-key create.',
      { headers: { 'WWW-Authenticate': 'Bearer' } },
    )
  if (!key.rights.includes(right))
    throw new HttpProblem(403, 'right-missing', `The key ${key.name} lacks the right to ${right}.`)
  return key
}

function readJson(request: Request, raw: string): unknown {
  if (!request.is('json'))
    throw new HttpProblem(415, 'not-json', 'Send the body as application/json.')
  try {
    return JSON.parse(raw)
  } catch {
    throw new HttpProblem(400, 'invalid-json', 'The body is not JSON.')
  }
}

function readIdempotencyKey(request: Request): string {
  const key = request.get('idempotency-key') ?? ''
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key
  throw new HttpProblem(
    400,
    'idempotency-key-missing',
    'Send an Idempotency-Key header (1–255 visible ASCII characters, e.g. a new UUID): a repeated request is ' +
      'then carried out once.',
  )
}
