import type { Request, Response } from 'express'
import { readBirthDate, readBookingCode } from '../../bookings/booking-code.ts'
import { bookedBy, heldByCode, type Held } from '../../bookings/booking-subject.ts'
import { countAttempt } from '../../verification/guesses.ts'
import { show, type Shown } from './resident-page.ts'
import { placeOf, type Door } from './visitor.ts'

type Asked = Request<{ language: string }, unknown, Record<string, unknown>>

/** GET /boka/<language>: code and birth date. */
export const startPage =
  (door: Door) =>
  (request: Asked, response: Response): void => {
    const errors: Shown['errors'] = 'borta' in request.query ? [{ key: 'expired' }] : []
    show(
      response,
      placeOf(door, request.params.language),
      'start',
      { title: 'startTitle', path: '', errors },
      { code: '', birth: '' },
    )
  }

/** POST /boka/<language>: to the time that is booked, or to those that can be. A wrong code and a wrong birth date get the same answer. */
export const signIn =
  (door: Door) =>
  async (request: Asked, response: Response): Promise<void> => {
    const { language } = request.params
    const given = { code: text(request.body['kod']), birth: text(request.body['fodd']) }
    const again = (errors: NonNullable<Shown['errors']>, status: number) =>
      show(
        response,
        placeOf(door, language),
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
    const held = await lookUp(door, request.ip ?? '', code, birth)
    if (held === 'too-many') {
      response.set('Retry-After', '900')
      return again([{ key: 'throttled' }], 429)
    }
    if (!held?.invitation) return again([{ key: 'mismatch', field: 'kod' }], 422)
    door.sessions.begin(response, held.invitation.id, door.app.clock.now())
    response.redirect(
      303,
      `/boka/${language}/${(await bookedBy(door.app.pool, held)) ? 'bokning' : 'tider'}`,
    )
  }

async function lookUp(
  { app }: Door,
  address: string,
  code: string,
  birth: string,
): Promise<Held | 'too-many' | undefined> {
  const attempt = await countAttempt(app.pool, app.clock.now(), 'booking', address, code)
  if (!attempt.allowed) {
    app.log.warn('too many wrong booking codes: an attempt was turned away')
    return 'too-many'
  }
  const held = await heldByCode(app.pool, code, birth)
  if (held) await attempt.right()
  return held
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 40).trim() : ''
