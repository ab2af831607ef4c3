import type { RequestHandler } from 'express'
import { DateTime } from 'luxon'
import { z } from 'zod'
import { rowId } from '../../received.ts'
import type { App } from '../../app.ts'
import { zone } from '../../clock.ts'
import { dayOf } from '../../people/dates.ts'
import { timeOf } from '../../reports/extract.ts'
import { languageWord } from '../../texts/language-word.ts'
import { codesInUse, codeSpace } from '../../verification/check-codes.ts'
import { fraudReports, handleReport, type KeptReport } from '../../verification/fraud-reports.ts'
import { attemptDays } from '../../verification/guesses.ts'
import { page } from '../view/page.ts'
import { regionOf } from '../region.ts'

const channels = {
  sms: 'SMS',
  email: 'e-post',
  letter: 'brev',
  phone: 'telefonsamtal',
  visit: 'hembesök',
  other: 'annat',
}
const doors = { booking: 'bokningssidan', check: '/akta', 'fraud-report': 'bluffrapporter' }

/** GET /admin/akta: what residents report, and how often codes are asked about, rightly and wrongly. */
export function checkingPage(app: App): RequestHandler {
  const render = page('staff/checking.hbs')
  return async (_request, response) => {
    const [fresh, all, codes] = await Promise.all([
      fraudReports(app.pool, 'new'),
      fraudReports(app.pool, 'handled', 50),
      codesInUse(app.pool),
    ])
    const since = DateTime.fromJSDate(app.clock.now(), { zone }).minus({ days: 13 }).toJSDate()
    const html = render({
      ...regionOf(app.config),
      title: 'Kontroller och bluffrapporter – Kallelse',
      reports: [...fresh, ...all].map(reportView),
      codes,
      space: codeSpace.toLocaleString('sv-SE'),
      oneIn: codes
        ? Math.round(codeSpace / codes).toLocaleString('sv-SE')
        : codeSpace.toLocaleString('sv-SE'),
      days: (await attemptDays(app.pool, dayOf(since))).map((d) => ({
        ...d,
        door: doors[d.door],
        wrong: d.door === 'fraud-report' ? null : d.asked - d.known,
        known: d.door === 'fraud-report' ? d.asked : d.known,
      })),
    })
    response.set('Cache-Control', 'no-store').type('html').send(html)
  }
}

const reportView = (r: KeptReport) => ({
  id: r.id,
  state: r.state,
  stateWord: r.state === 'new' ? 'ny' : 'klar',
  open: r.state === 'new',
  received: timeOf(r.receivedAt),
  channel: channels[r.channel],
  sender: r.sender || 'inte sagt',
  happened: r.happened || 'inte sagt',
  contact: r.contact || 'vill inte bli kontaktad',
  language: languageWord(r.language),
  content: r.content,
  handled: r.handledAt ? timeOf(r.handledAt) : '',
  handledBy: r.handledBy ?? '',
  note: r.note ?? '',
})

const handled = z.object({
  id: rowId,
  by: z.string().trim().min(1).max(100),
  note: z.string().trim().max(500).default(''),
})

/** POST /admin/akta/rapporter/<id> */
export const handlePage =
  (app: App): RequestHandler =>
  async (request, response) => {
    const { id, by, note } = handled.parse({
      ...(request.body as object),
      id: request.params['id'],
    })
    await handleReport(app.pool, id, by, note, app.clock.now())
    response.redirect(303, '/admin/akta')
  }
