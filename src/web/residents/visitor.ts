import type { Request, Response } from 'express'
import type { App } from '../../app.ts'
import { subjectByInvitation, type BookingSubject } from '../../bookings/booking-subject.ts'
import type { Desk } from '../../bookings/desk.ts'
import { clockTime, shownPhone, shownPostcode, weekdayDate } from '../../texts/format.ts'
import type { DoorGuard } from '../../verification/guesses.ts'
import type { Place } from './resident-page.ts'
import type { Sessions } from './session.ts'
import type { Seal, WaitingLine } from './waiting-line.ts'

/** What the residents' pages are made of. */
export interface ResidentContext {
  app: App
  desk: Desk
  sessions: Sessions
  guard: DoorGuard
  line: WaitingLine
  seal: Seal
}

export const placeOf = ({ app: { config } }: ResidentContext, language: string): Place => ({
  language,
  region: { name: config.REGION_NAME, phone: config.REGION_PHONE },
})

export interface Visitor {
  place: Place
  language: string
  subject: BookingSubject & { invitation: NonNullable<BookingSubject['invitation']> }
}

/** A page for whoever has given a code. Without a session, or when it is over, they are led back to the first page. */
export const signedIn =
  (
    context: ResidentContext,
    serve: (
      visitor: Visitor,
      request: Request<{ language: string }>,
      response: Response,
    ) => Promise<void> | void,
  ) =>
  async (request: Request<{ language: string }>, response: Response): Promise<void> => {
    const { language } = request.params
    const now = context.app.clock.now()
    const id = context.sessions.read(request, now)
    const subject = id === undefined ? undefined : await subjectByInvitation(context.app.pool, id)
    if (!subject?.invitation) {
      context.sessions.end(response)
      return response.redirect(303, `/boka/${language}?borta`)
    }
    context.sessions.begin(response, subject.invitation.id, now)
    await serve(
      {
        place: placeOf(context, language),
        language,
        subject: { ...subject, invitation: subject.invitation },
      },
      request,
      response,
    )
  }

/** A time as it is shown: the day, the clock, the place. */
export const visitOf = (
  language: string,
  startsAt: Date,
  clinic: { name: string; street: string; postcode: string; town: string; phone: string },
) => ({
  day: weekdayDate(startsAt, language),
  time: shownTime(startsAt, language),
  clinic: clinic.name,
  address: addressOf(clinic),
  phone: shownPhone(clinic.phone),
  phoneLink: clinic.phone,
})

export const shownTime = (at: Date, language: string): string =>
  `${language.startsWith('sv') ? 'kl. ' : ''}${clockTime(at, language)}`

export const addressOf = (clinic: { street: string; postcode: string; town: string }): string =>
  `${clinic.street}, ${shownPostcode(clinic.postcode)} ${clinic.town}`
