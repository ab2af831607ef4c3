import { randomBytes } from 'node:crypto'
import express, { type ErrorRequestHandler, type Router } from 'express'
import type { App } from '../../app.ts'
import { messageOf } from '../../errors.ts'
import { DoorGuard } from '../../verification/guesses.ts'
import { HttpProblem, toProblem } from '../problem.ts'
import { choosePage, takeTime, timesPage } from './choosing.ts'
import { bookedPage, calendarFile, cancel, cancelledPage, cancelPage } from './current-booking.ts'
import { residentLanguages } from './language.ts'
import { joinReserve, leavePage, leaveReserve, leftReservePage, reservePage } from './reserve.ts'
import { show } from './resident-page.ts'
import { formBody } from '../form-body.ts'
import { fromOwnPages } from './same-origin.ts'
import { Sessions } from './session.ts'
import { linePage, signIn, startPage } from './sign-in.ts'
import { placeOf, type ResidentContext } from './visitor.ts'
import { Seal, WaitingLine } from './waiting-line.ts'

/**
 * The residents' pages at /boka: code and birth date → times → book → move, cancel; the reserve list.
 * Server-rendered, no script, nothing personal in addresses.
 */
export function bookingPages(app: App): Router {
  const secret = app.config.SESSION_SECRET ?? randomBytes(32).toString('hex')
  const context: ResidentContext = {
    app,
    desk: { pool: app.pool, clock: app.clock, jobs: () => app.jobs() },
    sessions: new Sessions(secret, app.config.PUBLIC_URL.startsWith('https:')),
    guard: new DoorGuard(app.pool, 'booking'),
    line: new WaitingLine(app.config.BOOKING_PAGES_AT_ONCE, () =>
      app.log.warn('more residents than can be served at once: they wait in line'),
    ),
    seal: new Seal(secret),
  }
  const router = express.Router()
  router.use((request, response, next) => {
    context.line.begin(request)
    response.once('close', () => context.line.end(request))
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
  router.use(fromOwnPages(app.config.PUBLIC_URL), formBody('4kb', 10))
  router.get('/:language', startPage(context))
  router.post('/:language', signIn(context))
  router.get('/:language/ko', linePage(context))
  router.get('/:language/tider', timesPage(context))
  router.get('/:language/valj', choosePage(context))
  router.post('/:language/tid', takeTime(context))
  router.get('/:language/bokning', bookedPage(context))
  router.get('/:language/kalender.ics', calendarFile(context))
  router.get('/:language/avboka', cancelPage(context))
  router.post('/:language/avboka', cancel(context))
  router.get('/:language/avbokad', cancelledPage(context))
  router.get('/:language/reserv', reservePage(context))
  router.post('/:language/reserv', joinReserve(context))
  router.get('/:language/reserv/lamna', leavePage(context))
  router.post('/:language/reserv/lamna', leaveReserve(context))
  router.get('/:language/reserv/lamnad', leftReservePage(context))
  router.post('/:language/klar', (request, response) => {
    context.sessions.end(response)
    show(
      response,
      placeOf(context, request.params.language),
      'message',
      { title: 'leftTitle', path: '' },
      { text: 'leftText', link: null },
    )
  })
  router.use(onFault(context))
  return router
}

/** A fault of ours is told on a page like the others; the rest as everywhere. */
const onFault =
  (context: ResidentContext): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (toProblem(error).status < 500 || response.headersSent) return next(error)
    context.app.log.error(
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
      placeOf(context, Object.hasOwn(residentLanguages, language) ? language : 'sv'),
      'message',
      { title: 'faultTitle', path: '', status: 500 },
      { text: 'faultText', link: null },
    )
  }
