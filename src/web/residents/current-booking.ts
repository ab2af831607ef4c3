import { calendarOf } from '../../bookings/ics.ts'
import { cancelTime } from '../../bookings/desk.ts'
import { Refused } from '../../errors.ts'
import { changeable } from './choosing.ts'
import { residentLanguages } from './language.ts'
import { show } from './resident-page.ts'
import { signedIn, visitOf, type ResidentContext } from './visitor.ts'

/** GET /boka/<language>/bokning: the time somebody has, and what can be done with it. */
export const bookedPage = (context: ResidentContext) =>
  signedIn(context, ({ subject, place, language }, request, response) => {
    const { booked } = subject
    if (!booked) return response.redirect(303, `/boka/${language}/tider`)
    const can = changeable(booked, context.app.clock.now())
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
export const calendarFile = (context: ResidentContext) =>
  signedIn(context, ({ subject, language }, _request, response) => {
    const { booked } = subject
    if (!booked) return response.redirect(303, `/boka/${language}/tider`)
    const { REGION_NAME: region, PUBLIC_URL: site } = context.app.config
    response
      .set('Content-Disposition', 'attachment; filename="tid.ics"')
      .type('text/calendar; charset=utf-8')
      .send(calendarOf(booked, { region, site, language, made: context.app.clock.now() }))
  })

/** GET /boka/<language>/avboka: asks once more. */
export const cancelPage = (context: ResidentContext) =>
  signedIn(context, ({ subject, place, language }, _request, response) => {
    const { booked } = subject
    if (!booked || !changeable(booked, context.app.clock.now()))
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
export const cancel = (context: ResidentContext) =>
  signedIn(context, async ({ subject, language }, _request, response) => {
    try {
      await cancelTime(context.desk, subject)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.code !== 'nothing-booked')
        return response.redirect(303, `/boka/${language}/bokning`)
    }
    response.redirect(303, `/boka/${language}/avbokad`)
  })

/** GET /boka/<language>/avbokad */
export const cancelledPage = (context: ResidentContext) =>
  signedIn(context, ({ subject, place, language }, _request, response) => {
    if (subject.booked) return response.redirect(303, `/boka/${language}/bokning`)
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
