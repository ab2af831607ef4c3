import { randomBytes } from 'node:crypto'
import express, { type ErrorRequestHandler, type Router } from 'express'
import type { App } from '../../app.ts'
import { messageOf } from '../../errors.ts'
import { HttpProblem, toProblem } from '../problem.ts'
import { choosePage, takeTime, timesPage } from './choosing.ts'
import { bookedPage, calendarFile, cancel, cancelledPage, cancelPage } from './current-booking.ts'
import { residentLanguages } from './language.ts'
import { joinReserve, leavePage, leaveReserve, leftReservePage, reservePage } from './reserve.ts'
import { show } from './resident-page.ts'
import { fromOwnPages } from './same-origin.ts'
import { Sessions } from './session.ts'
import { signIn, startPage } from './sign-in.ts'
import { placeOf, type Door } from './visitor.ts'

/** The residents' pages at /boka: code and birth date → times → book → move, cancel; the reserve list. Server-rendered, no script, nothing personal in addresses. */
export function bookingPages(app: App): Router {
  const door: Door = {
    app,
    desk: { pool: app.pool, clock: app.clock, jobs: () => app.jobs() },
    sessions: new Sessions(
      app.config.SESSION_SECRET ?? randomBytes(32).toString('hex'),
      app.config.PUBLIC_URL.startsWith('https:'),
    ),
  }
  const router = express.Router()
  router.use((_request, response, next) => {
    response.set({
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'same-origin',
      'X-Robots-Tag': 'noindex',
    })
    next()
  })
  router.get('/', (request, response) => {
    response
      .vary('Accept-Language')
      .redirect(302, `/boka/${request.acceptsLanguages(['sv', 'en', 'ar']) || 'sv'}`)
  })
  router.param('language', (_request, _response, next, language: string) => {
    next(
      Object.hasOwn(residentLanguages, language)
        ? undefined
        : new HttpProblem(404, 'not-found', 'There is nothing at this address.'),
    )
  })
  router.use(
    fromOwnPages(app.config.PUBLIC_URL),
    express.urlencoded({ extended: false, limit: '4kb', parameterLimit: 10 }),
  )
  router.get('/:language', startPage(door))
  router.post('/:language', signIn(door))
  router.get('/:language/tider', timesPage(door))
  router.get('/:language/valj', choosePage(door))
  router.post('/:language/tid', takeTime(door))
  router.get('/:language/bokning', bookedPage(door))
  router.get('/:language/kalender.ics', calendarFile(door))
  router.get('/:language/avboka', cancelPage(door))
  router.post('/:language/avboka', cancel(door))
  router.get('/:language/avbokad', cancelledPage(door))
  router.get('/:language/reserv', reservePage(door))
  router.post('/:language/reserv', joinReserve(door))
  router.get('/:language/reserv/lamna', leavePage(door))
  router.post('/:language/reserv/lamna', leaveReserve(door))
  router.get('/:language/reserv/lamnad', leftReservePage(door))
  router.post('/:language/klar', (request, response) => {
    door.sessions.end(response)
    show(
      response,
      placeOf(door, request.params.language),
      'message',
      { title: 'leftTitle', path: '' },
      { text: 'leftText', link: null },
    )
  })
  router.use(onFault(door))
  return router
}

/** A fault of ours is told on a page like the others; the rest as everywhere. */
const onFault =
  (door: Door): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (toProblem(error).status < 500 || response.headersSent) return next(error)
    door.app.log.error(
      {
        reason: messageOf(error),
        method: request.method,
        stack: error instanceof Error ? error.stack : undefined,
      },
      "a resident's page failed",
    )
    const language = request.path.split('/')[1] ?? ''
    show(
      response,
      placeOf(door, Object.hasOwn(residentLanguages, language) ? language : 'sv'),
      'message',
      { title: 'faultTitle', path: '', status: 500 },
      { text: 'faultText', link: null },
    )
  }
