import type { Request, Response } from 'express'
import { readBirthDate, readBookingCode } from '../../bookings/booking-code.ts'
import { subjectByCode, type BookingSubject } from '../../bookings/booking-subject.ts'
import { show, type PageValues } from './resident-page.ts'
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

/**
 * POST /boka/<language>: to the time that is booked, or to those that can be. A wrong code and a wrong birth date
 * get the same answer.
 */
export const signIn =
  (context: ResidentContext) =>
  async (request: Asked, response: Response): Promise<void> => {
    const { language } = request.params
    const given = { code: text(request.body['kod']), birth: text(request.body['fodd']) }
    const again = (errors: NonNullable<PageValues['errors']>, status: number) =>
      show(
        response,
        placeOf(context, language),
        'start',
        { title: 'startTitle', path: '', errors, status },
        given,
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
    const subject = await lookUp(context, request.ip ?? '', code, birth)
    if (subject === 'too-many') {
      response.set('Retry-After', '900')
      return again([{ key: 'throttled' }], 429)
    }
    if (!subject?.invitation) return again([{ key: 'mismatch', field: 'kod' }], 422)
    context.sessions.begin(response, subject.invitation.id, context.app.clock.now())
    response.redirect(303, `/boka/${language}/${subject.booked ? 'bokning' : 'tider'}`)
  }

async function lookUp(
  { app, guard }: ResidentContext,
  address: string,
  code: string,
  birth: string,
): Promise<BookingSubject | 'too-many' | undefined> {
  const found = await guard.tryCode(app.clock.now(), { address, code }, () =>
    subjectByCode(app.pool, code, birth),
  )
  if (found === 'too-many') app.log.warn('too many wrong booking codes: an attempt was turned away')
  return found
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 40).trim() : ''
