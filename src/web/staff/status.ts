import type { RequestHandler } from 'express'
import { DateTime } from 'luxon'
import type { App } from '../../app.ts'
import { zone } from '../../clock.ts'
import { overdueDeliveries, shortages } from '../../clinics/supply-store.ts'
import { lateLetters } from '../../messages/print/late-letters.ts'
import { printSchedule } from '../../messages/print/print-day.ts'
import { troubles } from '../../messages/dispatch/trouble.ts'
import { databaseState } from '../../messages/restored.ts'
import { databaseWords, dosesWords, lateWords, troubleWords } from '../../reports/late.ts'
import { openReplies } from '../../reserve/sms-replies.ts'
import { campaignList, campaignStatus } from '../../reports/status.ts'
import { page } from '../view/page.ts'
import type { UnknownProxy } from '../forwarded.ts'
import { regionOf } from '../region.ts'
import { goalLines } from './goals.ts'
import { campaignView, messagesView } from './view.ts'

/** GET /admin: counts only, no person. */
export function statusPage(app: App, proxy: UnknownProxy): RequestHandler {
  const render = page('staff/status.hbs')
  return async (_request, response) => {
    const names = (await campaignList(app.pool)).map((campaign) => campaign.name)
    const campaigns = await Promise.all(names.map((name) => campaignStatus(app.pool, name)))
    const now = DateTime.fromJSDate(app.clock.now(), { zone }).setLocale('sv')
    const html = render({
      ...regionOf(app.config),
      title: 'Läget just nu – Kallelse',
      at: now.toISO() ?? '',
      atWords: now.toFormat("cccc d MMMM yyyy 'kl.' H.mm"),
      late: (await lateLetters(app.pool, app.clock.now(), printSchedule(app.config))).map(
        lateWords,
      ),
      unknownProxy: proxy.seen,
      providers: (await troubles(app.pool)).map(troubleWords),
      database: databaseWords(
        await databaseState(app.pool),
        app.config.BACKUP_WITHIN,
        app.clock.now(),
      ),
      doses: dosesWords(
        await shortages(app.pool),
        await overdueDeliveries(app.pool, app.clock.now()),
      ),
      replies: await openReplies(app.pool),
      goals: await goalLines(app),
      campaigns: campaigns.reverse().map(campaignView),
      messages: messagesView(campaigns),
    })
    response.set('Cache-Control', 'no-store').type('html').send(html)
  }
}
