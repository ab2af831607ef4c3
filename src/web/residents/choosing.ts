import type { Request, Response } from 'express'
import { recordFailedSearch } from '../../bookings/cancel.ts'
import { bookTime, moveTime } from '../../bookings/desk.ts'
import { clinicsWithTimes, offeredTime, timesOnDay } from '../../bookings/find.ts'
import { searchFor, type Booked } from '../../bookings/booking-subject.ts'
import { Refused } from '../../errors.ts'
import { dayOf, isDate } from '../../people/dates.ts'
import { weekdayDate } from '../../texts/format.ts'
import { reserveHint } from './reserve.ts'
import { show } from './resident-page.ts'
import {
  addressOf,
  shownTime,
  signedIn,
  visitOf,
  type ResidentContext,
  type Visitor,
} from './visitor.ts'

const day = (date: string, language: string) => ({
  date,
  text: weekdayDate(new Date(`${date}T12:00:00Z`), language),
})

/** GET /boka/<language>/tider: one clinic and day at a time, the listed clinic first; the other clinics below. */
export const timesPage = (context: ResidentContext) =>
  signedIn(context, async ({ subject, place, language }, request, response) => {
    const { pool, clock } = context.app
    const search = searchFor(subject, clock.now())
    const { booked } = subject
    if (booked && !changeable(booked, clock.now()))
      return response.redirect(303, `/boka/${language}/bokning`)
    const path = '/tider'
    const [clinics, reserve] = await Promise.all([
      clinicsWithTimes(pool, search),
      booked ? { listed: false, canJoin: false } : reserveHint(context, subject),
    ])
    if (!clinics.length) {
      if (!booked)
        await recordFailedSearch(pool, clock, subject.invitation.code).catch(unlessRefused)
      return show(
        response,
        place,
        'times',
        { title: 'noTimes', path, signedIn: true },
        { moving: Boolean(booked), clinic: null, reserve },
      )
    }
    const clinic =
      clinics.find((c) => String(c.clinicId) === request.query['mottagning']) ?? clinics[0]!
    const asked = request.query['dag']
    const shown = await timesOnDay(
      pool,
      search,
      clinic.clinicId,
      typeof asked === 'string' && isDate(asked) ? asked : dayOf(clinic.firstTime),
    )
    const errors =
      'fel' in request.query
        ? [{ key: request.query['fel'] === 'tagen' ? ('taken' as const) : ('gone' as const) }]
        : []
    show(
      response,
      place,
      'times',
      { title: booked ? 'moveTitle' : 'timesTitle', path, signedIn: true, errors },
      {
        moving: Boolean(booked),
        reserve,
        clinic: {
          id: clinic.clinicId,
          name: clinic.name,
          listed: clinic.listed,
          address: addressOf(clinic),
        },
        day: day(shown.day, language).text,
        times: shown.times.map((time) => ({
          slot: time.slotId,
          time: shownTime(time.startsAt, language),
        })),
        earlier: shown.previous && day(shown.previous, language),
        later: shown.next && day(shown.next, language),
        others: clinics
          .filter((c) => c !== clinic)
          .map((c) => ({
            id: c.clinicId,
            name: c.name,
            listed: c.listed,
            address: addressOf(c),
            first: `${weekdayDate(c.firstTime, language)} ${shownTime(c.firstTime, language)}`,
          })),
      },
    )
  })

/** GET /boka/<language>/valj?tid=: the time with its place, before it is booked. */
export const choosePage = (context: ResidentContext) =>
  signedIn(context, async ({ subject, place, language }, request, response) => {
    const slot = readSlot(request.query['tid'])
    const search = searchFor(subject, context.app.clock.now())
    const time = await offeredTime(context.app.pool, search, slot)
    if (!time) return response.redirect(303, `/boka/${language}/tider?fel=borta`)
    show(
      response,
      place,
      'choose',
      { title: 'chooseTitle', path: `/valj?tid=${slot}`, signedIn: true },
      {
        visit: visitOf(language, time.startsAt, time.clinic),
        slot,
        moving: Boolean(subject.booked),
        clinicId: time.clinic.id,
        date: dayOf(time.startsAt),
      },
    )
  })

/** POST /boka/<language>/tid: books, or moves what is booked. */
export const takeTime = (context: ResidentContext) =>
  signedIn(
    context,
    async (
      visitor,
      request: Request<{ language: string }, unknown, Record<string, unknown>>,
      response,
    ) => {
      const { subject, language } = visitor
      const slot = readSlot(request.body['tid'])
      try {
        const moving = Boolean(subject.booked)
        await (moving ? moveTime : bookTime)(context.desk, subject, slot, 'person')
        response.redirect(303, `/boka/${language}/bokning?${moving ? 'andrad' : 'ny'}`)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        answerRefusal(visitor, error.code, response)
      }
    },
  )

function answerRefusal({ language, place }: Visitor, code: string, response: Response): void {
  if (code === 'slot-full' || code === 'no-doses')
    return response.redirect(303, `/boka/${language}/tider?fel=tagen`)
  if (code === 'already-booked' || code === 'same-time')
    return response.redirect(303, `/boka/${language}/bokning`)
  if (code.startsWith('slot-')) return response.redirect(303, `/boka/${language}/tider?fel=borta`)
  show(
    response,
    place,
    'message',
    { title: 'startTitle', path: '', signedIn: true, status: 422 },
    { text: code === 'already-vaccinated' ? 'done' : 'refused', link: null },
  )
}

/** Whether the time can still be moved or cancelled by its holder. */
export const changeable = (booked: Booked, now: Date): boolean =>
  booked.state === 'booked' && booked.startsAt > now

const readSlot = (value: unknown): number =>
  typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : 0

const unlessRefused = (error: unknown): void => {
  if (!(error instanceof Refused)) throw error
}
