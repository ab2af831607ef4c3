import type { Response } from 'express'
import type { BookingSubject } from '../../bookings/booking-subject.ts'
import { joinReserveList, leaveReserveList } from '../../reserve/list.ts'
import { usualAnswerMinutes } from '../../reserve/round.ts'
import { standingOf, type Standing } from '../../reserve/standing.ts'
import { Refused } from '../../errors.ts'
import { residentLanguages } from './language.ts'
import { show } from './resident-page.ts'
import { signedIn, type ResidentContext, type Visitor } from './visitor.ts'

const standing = (
  context: ResidentContext,
  subject: BookingSubject,
): Promise<Standing | undefined> => standingOf(context.app.pool, subject.personId, subject.purpose)

/** Who can be asked, or could if we had their mobile: a call settles that. */
const mayJoin = (of: Standing): boolean => of.why === null || of.why === 'no-mobile'

/** What the list of times says of the reserve list: that they are on it, or that they can be. */
export async function reserveHint(
  context: ResidentContext,
  subject: BookingSubject,
): Promise<{ listed: boolean; canJoin: boolean }> {
  const of = await standing(context, subject)
  return of && mayJoin(of)
    ? { listed: of.listed, canJoin: !of.listed }
    : { listed: false, canJoin: false }
}

/** GET /boka/<language>/reserv: what the reserve list means, and the way onto it; for who is on it, the way off. */
export const reservePage = (context: ResidentContext) =>
  signedIn(context, async (visitor, request, response) => {
    const { place, language } = visitor
    const of = await standing(context, visitor.subject)
    if (of?.why === 'already-booked') return response.redirect(303, `/boka/${language}/bokning`)
    if (!of || !mayJoin(of)) return refuse(visitor, of?.why ?? null, response)
    const title = of.listed ? ('ny' in request.query ? 'reserveNow' : 'reserveOn') : 'reserveTitle'
    show(
      response,
      place,
      'reserve',
      { title, path: '/reserv', signedIn: true },
      {
        listed: of.listed,
        canJoin: !of.listed && of.why === null,
        noMobile: of.why === 'no-mobile',
        phoneEnds: of.phoneEnds,
        bySms: context.app.config.SMS_REPLY_NUMBER !== undefined,
        minutes: usualAnswerMinutes,
      },
    )
  })

/** POST /boka/<language>/reserv: a second press finds it done. */
export const joinReserve = (context: ResidentContext) =>
  signedIn(context, async (visitor, _request, response) => {
    const { subject, language } = visitor
    try {
      await joinReserveList(context.app, {
        personId: subject.personId,
        purpose: subject.purpose,
        saidBy: 'person',
      })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return response.redirect(303, `/boka/${language}/reserv`) // says why
    }
    response.redirect(303, `/boka/${language}/reserv?ny`)
  })

/** GET /boka/<language>/reserv/lamna: asks once more. */
export const leavePage = (context: ResidentContext) =>
  signedIn(context, async (visitor, _request, response) => {
    if (!(await standing(context, visitor.subject))?.listed)
      return response.redirect(303, `/boka/${visitor.language}/reserv`)
    show(response, visitor.place, 'leave', {
      title: 'reserveLeaveTitle',
      path: '/reserv/lamna',
      signedIn: true,
    })
  })

/** POST /boka/<language>/reserv/lamna: a second press finds it done. */
export const leaveReserve = (context: ResidentContext) =>
  signedIn(context, async ({ subject, language }, _request, response) => {
    try {
      await leaveReserveList(context.app, subject.personId, subject.purpose, 'asked-to')
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
    response.redirect(303, `/boka/${language}/reserv/lamnad`)
  })

/** GET /boka/<language>/reserv/lamnad */
export const leftReservePage = (context: ResidentContext) =>
  signedIn(context, async (visitor, _request, response) => {
    const { place, language } = visitor
    if ((await standing(context, visitor.subject))?.listed)
      return response.redirect(303, `/boka/${language}/reserv`)
    show(
      response,
      place,
      'message',
      { title: 'reserveLeftTitle', path: '/reserv/lamnad', signedIn: true },
      {
        text: 'reserveLeftText',
        link: { path: '/tider', text: residentLanguages[language]!.reserveTimes },
      },
    )
  })

function refuse({ place }: Visitor, why: Standing['why'], response: Response): void {
  const done = why === 'already-vaccinated'
  show(
    response,
    place,
    'message',
    { title: 'reserveTitle', path: '/reserv', signedIn: true },
    { text: done ? 'done' : 'reserveRefused', link: null },
  )
}
