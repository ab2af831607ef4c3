import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import type { Log } from '../log.ts'
import { refusedPage, wantsPage } from './refused-page.ts'

/** RFC 9457 problem details; `code` is stable and for machines, `errors` names each field that is wrong. */
export const problem = z
  .object({
    type: z.string().meta({ description: 'names the kind of problem; ends with the code' }),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    swedish: z.string().optional().meta({
      description: 'what was refused and what to do, to show to staff; without names and numbers',
    }),
    code: z.string(),
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof problem>

/** A problem of the HTTP exchange itself; those of the domain are Refused. */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: Problem['errors']
  readonly headers: Record<string, string>
  constructor(
    status: number,
    code: string,
    detail: string,
    more: { errors?: Problem['errors']; headers?: Record<string, string> } = {},
  ) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = more.errors
    this.headers = more.headers ?? {}
  }
}

const titles: Record<number, string> = {
  400: 'The request is not as it should be',
  401: 'Who are you?',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Not in this state',
  413: 'Too large',
  415: 'Not JSON',
  422: 'Refused',
  500: 'A fault in the program',
  503: 'Not available now',
}

/** Status by the words that end or begin a Refused code; what matches nothing is 422. */
const statusByCode: [RegExp, number][] = [
  [/^(bad|invalid)-/, 400],
  [/-busy$/, 503],
  [/(^|-)not-found$|^no-such-|^unknown-/, 404],
  [/(^|-)(exists|taken|transition|state|already|running|finished|cancelled|settled)(-|$)/, 409],
]

/** What an error becomes outside: a Refused tells all, a fault tells nothing of the inside. */
export function toProblem(error: unknown): Problem & { headers: Record<string, string> } {
  const make = (
    status: number,
    code: string,
    detail?: string,
    errors?: Problem['errors'],
    headers: Record<string, string> = {},
  ) => ({
    type: `urn:kallelse:problem:${code}`,
    title: titles[status] ?? 'The request failed',
    status,
    ...(detail ? { detail } : {}),
    code,
    ...(errors ? { errors } : {}),
    headers,
  })
  if (error instanceof HttpProblem)
    return make(error.status, error.code, error.message, error.errors, error.headers)
  if (error instanceof Refused)
    return {
      ...make(
        statusByCode.find(([pattern]) => pattern.test(error.code))?.[1] ?? 422,
        error.code,
        error.message,
        faultsOf(error),
      ),
      swedish: error.swedish,
    }
  if (error instanceof z.ZodError)
    return make(
      400,
      'invalid-request',
      'See errors for what is wrong where.',
      error.issues.map((i) => ({ field: i.path.join('.'), message: i.message })),
    )
  const { type, status } = error as { type?: unknown; status?: unknown } // of express's body readers and router
  if (type === 'entity.too.large')
    return make(413, 'too-large', 'The body is larger than this address takes.')
  if (type === 'entity.parse.failed') return make(400, 'invalid-json', 'The body is not JSON.')
  if (typeof status === 'number' && status >= 400 && status < 500)
    return make(status, 'bad-request', undefined)
  return make(500, 'fault', 'The fault has been logged. Nothing is known to have been done.')
}

/** Checks of whole files list their faults as "field: what is wrong". */
function faultsOf({ details }: Refused): Problem['errors'] {
  if (!Array.isArray(details['faults'])) return undefined
  return details['faults'].map((fault) => {
    const [field = '', ...message] = String(fault).split(': ')
    return message.length ? { field, message: message.join(': ') } : { field: '', message: field }
  })
}

export function sendProblem(response: Response, error: unknown): void {
  const { headers, ...body } = toProblem(error)
  response
    .status(body.status)
    .set(headers)
    .type('application/problem+json')
    .send(JSON.stringify(body))
}

export const notFound =
  (config: Config): RequestHandler =>
  (request, response) =>
    answer(
      config,
      request,
      response,
      new HttpProblem(404, 'not-found', 'There is nothing at this address.'),
    )

/** A page for people, problem details for machines. */
function answer(config: Config, request: Request, response: Response, error: unknown): void {
  if (!wantsPage(request)) return sendProblem(response, error)
  const { headers, ...body } = toProblem(error)
  response
    .status(body.status)
    .set({ 'Cache-Control': 'no-store', ...headers })
    .type('html')
    .send(refusedPage(config, error, body.status))
}

/** The last handler: faults are logged with where they came from, never with what was sent. */
export const onError =
  ({ log, config }: { log: Log; config: Config }): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (toProblem(error).status >= 500) {
      // Not the error itself: PostgreSQL's `detail` quotes rows.
      const { message, stack } =
        error instanceof Error ? error : { message: 'not an error', stack: undefined }
      log.error(
        {
          reason: message,
          stack,
          method: request.method,
          route: (request.route as { path?: string } | undefined)?.path,
        },
        'request failed',
      )
    }
    if (response.headersSent) return next(error)
    answer(config, request, response, error)
  }
