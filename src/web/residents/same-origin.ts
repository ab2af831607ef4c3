import type { RequestHandler } from 'express'
import { HttpProblem } from '../problem.ts'

/**
 * Takes a form only from our own pages. SameSite=Strict keeps the session from others' forms in all but old
 * browsers; these
 * say in Origin or Referer where a form comes from. The pages are sent with Referrer-Policy same-origin, or Origin
 * were "null".
 */
export const fromOwnPages =
  (publicUrl: string): RequestHandler =>
  (request, _response, next) => {
    const from = request.get('origin') ?? request.get('referer')
    if (request.method !== 'POST' || from === undefined) return next()
    const origin = URL.canParse(from) ? new URL(from) : undefined
    if (
      origin &&
      (origin.origin === new URL(publicUrl).origin || origin.host === request.get('host'))
    )
      return next()
    throw new HttpProblem(
      403,
      'other-origin',
      'The form was sent from another site. Open the page again and fill it in there.',
    )
  }
