import type { Request, RequestHandler } from 'express'
import { HttpProblem } from '../problem.ts'

/**
 * Takes a form only from our own pages. SameSite=Strict keeps the session from others' forms in all but old browsers;
 * these say in Origin or Referer where a form comes from. The pages are sent with Referrer-Policy same-origin, or Origin
 * were "null". Who says neither must say in Sec-Fetch-Site that it is our own.
 */
export const fromOwnPages =
  (publicUrl: string): RequestHandler =>
  (request, _response, next) => {
    if (request.method !== 'POST' || isOwn(request, new URL(publicUrl).origin)) return next()
    throw new HttpProblem(
      403,
      'other-origin',
      'The form was sent from another site. Open the page again and fill it in there.',
    )
  }

function isOwn(request: Request, own: string): boolean {
  const from = request.get('origin') ?? request.get('referer')
  if (from === undefined) return request.get('sec-fetch-site') === 'same-origin'
  if (!URL.canParse(from)) return false
  const { origin, host } = new URL(from)
  return origin === own || host === request.get('host')
}
