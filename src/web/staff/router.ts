import express, { type Router } from 'express'
import type { App } from '../../app.ts'
import type { UnknownProxy } from '../forwarded.ts'
import { formBody } from '../form-body.ts'
import { fromOwnPages } from '../residents/same-origin.ts'
import { campaignPage } from './campaign.ts'
import { checkingPage, handlePage } from './checking.ts'
import { conflictPages } from './conflicts.ts'
import { doubtPages } from './doubts.ts'
import { duplicatesPage } from './duplicates.ts'
import { evidencePages } from './evidence.ts'
import { goalPages } from './goals.ts'
import { noticeAdmin } from './notices/notices.ts'
import { previewPages } from './previews.ts'
import { protect } from './protect.ts'
import { smsReplyPages } from './sms-replies.ts'
import { statusPage } from './status.ts'

/** The staff's pages below /admin, with forms that only they themselves can send. */
export function adminPages(app: App, proxy: UnknownProxy): Router {
  const router = express.Router()
  router.use(protect(app), fromOwnPages(app.config.PUBLIC_URL), formBody('16kb', 40))
  router.use((_request, response, next) => {
    response.set('Referrer-Policy', 'same-origin')
    next()
  })
  const evidence = evidencePages(app)
  router.get('/', statusPage(app, proxy))
  router.use('/meddelanden', noticeAdmin(app))
  router.get('/akta', checkingPage(app))
  router.post('/akta/rapporter/:id', handlePage(app))
  router.get('/underlag', evidence.form)
  router.post('/underlag', evidence.show)
  router.post('/underlag/meddelande', evidence.message)
  const conflicts = conflictPages(app)
  router.get('/dubbelbokningar', conflicts.form)
  router.post('/dubbelbokningar', conflicts.show)
  router.post('/dubbelbokningar/:id', conflicts.solve)
  const replies = smsReplyPages(app)
  router.get('/svar', replies.form)
  router.post('/svar', replies.show)
  router.post('/svar/:id', replies.settle)
  const doubts = doubtPages(app)
  router.get('/oklara', doubts.show)
  router.post('/oklara', doubts.settle)
  router.get('/dubbletter', duplicatesPage(app))
  router.get('/utskick/:name', campaignPage(app))
  const goals = goalPages(app)
  router.get('/mal.csv', goals.csv)
  router.get('/mal/:name', goals.goal)
  const previews = previewPages(app)
  router.get('/utskick/:name/brev', previews.sheet)
  router.get('/utskick/:name/brev/:language/:number/:page.png', previews.picture)
  return router
}
