import type { Request, Response } from 'express'
import type { App } from '../../app.ts'
import { heldByInvitation, type Held } from '../../bookings/booking-subject.ts'
import type { Desk } from '../../bookings/desk.ts'
import { clockTime, shownPhone, shownPostcode, weekdayDate } from '../../texts/format.ts'
import type { Place } from './resident-page.ts'
import type { Sessions } from './session.ts'

/** What the residents' pages are made of. */
export interface Door {
  app: App
  desk: Desk
  sessions: Sessions
}

export const placeOf = ({ app: { config } }: Door, language: string): Place => ({
  language,
  region: { name: config.REGION_NAME, phone: config.REGION_PHONE },
})

export interface Visitor {
  place: Place
  language: string
  held: Held & { invitation: NonNullable<Held['invitation']> }
}

/** A page for whoever has given a code. Without a session, or when it is over, they are led back to the first page. */
export const signedIn =
  (
    door: Door,
    serve: (
      visitor: Visitor,
      request: Request<{ language: string }>,
      response: Response,
    ) => Promise<void>,
  ) =>
  async (request: Request<{ language: string }>, response: Response): Promise<void> => {
    const { language } = request.params
    const now = door.app.clock.now()
    const id = door.sessions.read(request, now)
    const held = id === undefined ? undefined : await heldByInvitation(door.app.pool, id)
    if (!held?.invitation) {
      door.sessions.end(response)
      return response.redirect(303, `/boka/${language}?borta`)
    }
    door.sessions.begin(response, held.invitation.id, now)
    await serve(
      { place: placeOf(door, language), language, held: { ...held, invitation: held.invitation } },
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
