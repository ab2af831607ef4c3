import express, { type Router } from 'express'
import type { App } from '../../../app.ts'
import { DoorGuard } from '../../../verification/guesses.ts'
import { HttpProblem } from '../../problem.ts'
import { fromOwnPages } from '../same-origin.ts'
import { checkPage } from './check.ts'
import { checkLanguages } from './language.ts'
import { reportPage, takeReport, thanksPage } from './report.ts'

/**
 * /akta, which every message names: whether a message is ours, and where to tell of one that seems false. No
 * script, nothing about recipients.
 */
export function checkPages(app: App): Router {
  const router = express.Router()
  router.use((_request, response, next) => {
    response
      .set({
        'Cache-Control': 'no-store',
        'Referrer-Policy': 'same-origin',
        'X-Robots-Tag': 'noindex',
      })
      .vary('Accept-Language')
    next()
  })
  // Not formBody: a false message that is reported may hold anything; the report is kept without it.
  router.use(
    fromOwnPages(app.config.PUBLIC_URL),
    express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 10 }),
  )
  const check = checkPage(app, new DoorGuard(app.pool, 'check'))
  const languages = express.Router({ mergeParams: true })
  languages.get('/rapport', reportPage(app))
  languages.post('/rapport', takeReport(app, new DoorGuard(app.pool, 'fraud-report')))
  languages.get('/tack', thanksPage(app))
  languages.get(['/', '/:code'], check)
  // A code has 8 characters and no hyphen in addresses that we make: no code is a language.
  router.use('/:language', (request, response, next) =>
    Object.hasOwn(checkLanguages, request.params.language)
      ? languages(request, response, next)
      : next(),
  )
  router.get(['/', '/:code'], check)
  router.use(() => {
    throw new HttpProblem(404, 'not-found', 'There is nothing at this address.')
  })
  return router
}
