import { calendarOf } from '../../bookings/ics.ts'
import { cancelTime } from '../../bookings/desk.ts'
import { bookedBy } from '../../bookings/booking-subject.ts'
import { Refused } from '../../errors.ts'
import { changeable } from './choosing.ts'
import { residentLanguages } from './language.ts'
import { show } from './resident-page.ts'
import { signedIn, visitOf, type Door } from './visitor.ts'

/** GET /boka/<language>/bokning: the time somebody has, and what can be done with it. */
export const bookedPage = (door: Door) =>
  signedIn(door, async ({ held, place, language }, request, response) => {
    const booked = await bookedBy(door.app.pool, held)
    if (!booked) return response.redirect(303, `/boka/${language}/tider`)
    const can = changeable(booked, door.app.clock.now())
    const title =
      'ny' in request.query ? 'bookedNow' : 'andrad' in request.query ? 'movedNow' : 'bookedTitle'
    show(
      response,
      place,
      'booked',
      { title, path: '/bokning', signedIn: true },
      {
        visit: visitOf(language, booked.startsAt, booked.clinic),
        changeable: can,
        mailed: can && booked.mailed,
        notice: can ? null : booked.state === 'attended' ? 'done' : 'passed',
      },
    )
  })

/** GET /boka/<language>/kalender.ics */
export const calendarFile = (door: Door) =>
  signedIn(door, async ({ held, language }, _request, response) => {
    const booked = await bookedBy(door.app.pool, held)
    if (!booked) return response.redirect(303, `/boka/${language}/tider`)
    const { REGION_NAME: region, PUBLIC_URL: site } = door.app.config
    response
      .set('Content-Disposition', 'attachment; filename="tid.ics"')
      .type('text/calendar; charset=utf-8')
      .send(calendarOf(booked, { region, site, language, made: door.app.clock.now() }))
  })

/** GET /boka/<language>/avboka: asks once more. */
export const cancelPage = (door: Door) =>
  signedIn(door, async ({ held, place, language }, _request, response) => {
    const booked = await bookedBy(door.app.pool, held)
    if (!booked || !changeable(booked, door.app.clock.now()))
      return response.redirect(303, `/boka/${language}/bokning`)
    show(
      response,
      place,
      'cancel',
      { title: 'cancelTitle', path: '/avboka', signedIn: true },
      { visit: visitOf(language, booked.startsAt, booked.clinic) },
    )
  })

/** POST /boka/<language>/avboka: a second click finds it done. */
export const cancel = (door: Door) =>
  signedIn(door, async ({ held, language }, _request, response) => {
    try {
      await cancelTime(door.desk, held)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.code !== 'nothing-booked')
        return response.redirect(303, `/boka/${language}/bokning`)
    }
    response.redirect(303, `/boka/${language}/avbokad`)
  })

/** GET /boka/<language>/avbokad */
export const cancelledPage = (door: Door) =>
  signedIn(door, async ({ held, place, language }, _request, response) => {
    if (await bookedBy(door.app.pool, held))
      return response.redirect(303, `/boka/${language}/bokning`)
    show(
      response,
      place,
      'message',
      { title: 'cancelledTitle', path: '/avbokad', signedIn: true },
      {
        text: 'cancelledText',
        link: { path: '/tider', text: residentLanguages[language]!.bookNew },
      },
    )
  })
