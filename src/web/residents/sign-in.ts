import type { Request, Response } from 'express'
import { readBirthDate, readBookingCode } from '../../bookings/booking-code.ts'
import { subjectByCode, type BookingSubject } from '../../bookings/booking-subject.ts'
import { show, type PageValues } from './resident-page.ts'
import { cookieOf } from './session.ts'
import { lookAgainAfter, type Waiting } from './waiting-line.ts'
import { placeOf, type ResidentContext } from './visitor.ts'

type Asked = Request<{ language: string }, unknown, Record<string, unknown>>

/** GET /boka/<language>: code and birth date. */
export const startPage =
  (context: ResidentContext) =>
  (request: Asked, response: Response): void => {
    const errors: PageValues['errors'] = 'borta' in request.query ? [{ key: 'expired' }] : []
    show(
      response,
      placeOf(context, request.params.language),
      'start',
      { title: 'startTitle', path: '', errors },
      { code: '', birth: '' },
    )
  }

interface Given {
  code: string
  birth: string
}

/**
 * POST /boka/<language>: to the time that is booked, or to those that can be; when more come than can be served at
 * once, into the line. A wrong code and a wrong birth date get the same answer.
 */
export const signIn =
  (context: ResidentContext) =>
  async (request: Asked, response: Response): Promise<void> => {
    const given = { code: text(request.body['kod']), birth: text(request.body['fodd']) }
    if (!readBookingCode(given.code) || !readBirthDate(given.birth))
      return enter(context, request, response, given)
    const number = context.line.come(performance.now())
    if (number === undefined) return enter(context, request, response, given)
    keepPlace(context, response, { ...given, number })
    response.redirect(303, `/boka/${request.params.language}/ko`)
  }

/** GET /boka/<language>/ko: the place in the line; when it is their turn, what signIn would have answered. */
export const linePage =
  (context: ResidentContext) =>
  async (request: Asked, response: Response): Promise<void> => {
    const { language } = request.params
    const waiting = context.seal.open(cookieOf(request, cookie) ?? '')
    if (!waiting) return response.redirect(303, `/boka/${language}`)
    const place = context.line.look(waiting.number, performance.now())
    if (!place) {
      keepPlace(context, response, undefined)
      return enter(context, request, response, waiting)
    }
    keepPlace(context, response, { ...waiting, number: place.number })
    const still = 'stilla' in request.query
    show(
      response,
      placeOf(context, language),
      'line',
      { title: 'lineTitle', path: '/ko', titleValues: { place: String(place.before + 1) } },
      {
        place: String(place.before + 1),
        refresh: still ? null : lookAgainAfter(place.before),
        still,
      },
    )
  }

const cookie = 'ko'

function keepPlace(context: ResidentContext, response: Response, waiting?: Waiting): void {
  const secure = context.app.config.PUBLIC_URL.startsWith('https:') ? '; Secure' : ''
  response.append(
    'Set-Cookie',
    `${cookie}=${waiting ? context.seal.close(waiting) : ''}; Path=/boka; HttpOnly; SameSite=Strict; ` +
      `Max-Age=${waiting ? 3600 : 0}${secure}`,
  )
}

/** Checks what was typed, and begins the session. */
async function enter(
  context: ResidentContext,
  request: Asked,
  response: Response,
  given: Given,
): Promise<void> {
  const { language } = request.params
  const again = (errors: NonNullable<PageValues['errors']>, status: number) =>
    show(
      response,
      placeOf(context, language),
      'start',
      { title: 'startTitle', path: '', errors, status },
      { code: given.code, birth: given.birth },
    )
  const [code, birth] = [readBookingCode(given.code), readBirthDate(given.birth)]
  if (!code || !birth)
    return again(
      [
        ...(code ? [] : [{ key: 'codeMissing' as const, field: 'kod' }]),
        ...(birth ? [] : [{ key: 'birthMissing' as const, field: 'fodd' }]),
      ],
      422,
    )
  const subject = await lookUp(context, request, code, birth)
  if (subject === 'too-many') {
    response.set('Retry-After', '3600')
    return again([{ key: 'throttled' }], 429)
  }
  if (!subject?.invitation) return again([{ key: 'mismatch', field: 'kod' }], 422)
  context.sessions.begin(response, subject.invitation.id, context.app.clock.now())
  response.redirect(303, `/boka/${language}/${subject.booked ? 'bokning' : 'tider'}`)
}

async function lookUp(
  { app, guard, line }: ResidentContext,
  request: Asked,
  code: string,
  birth: string,
): Promise<BookingSubject | 'too-many' | undefined> {
  const found = await guard.tryCode(
    app.clock.now(),
    { address: request.ip ?? '', code },
    () => subjectByCode(app.pool, code, birth),
    () => line.end(request), // wrong answers that wait must not make a line for the others
  )
  if (found === 'too-many')
    app.log.warn('a booking code with too many wrong birth dates: an attempt was turned away')
  return found
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 40).trim() : ''
