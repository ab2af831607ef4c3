import type { RequestHandler } from 'express'
import type { App } from '../../app.ts'
import { duplicateReasons, duplicates, lastDays } from '../../reports/duplicates.ts'
import { page } from '../view/page.ts'
import { regionOf } from '../region.ts'

/** GET /admin/dubbletter?dagar=14: who got more than one message lately, and why. Counts only, no person. */
export function duplicatesPage(app: App): RequestHandler {
  const render = page('staff/duplicates.hbs')
  return async (request, response) => {
    const asked = request.query['dagar']
    const days =
      typeof asked === 'string' && /^[1-9]\d{0,2}$/.test(asked) ? Math.min(366, Number(asked)) : 14
    const found = await duplicates(app.pool, ...(await lastDays(app.pool, app.clock.now(), days)))
    const html = render({
      ...regionOf(app.config),
      title: 'Mer än ett meddelande – Kallelse',
      days,
      ...found,
      more: found.byNumber.filter((n) => n.messages > 1).reduce((sum, n) => sum + n.people, 0),
      byReason: found.byReason.map((r) => ({ ...r, text: duplicateReasons[r.reason] })),
    })
    response.set('Cache-Control', 'no-store').type('html').send(html)
  }
}
