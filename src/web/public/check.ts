import { Router } from 'express'
import { DateTime } from 'luxon'
import type { App } from '../../app.ts'
import { readBookingCode } from '../../appointments/booking-code.ts'
import { zone } from '../../clock.ts'
import { row } from '../../db/pool.ts'
import { countAttempt } from '../../trust/guesses.ts'
import { page } from '../page.ts'
import { regionOf } from '../region.ts'

const kinds: Record<string, string> = { letter: 'ett brev', sms: 'ett sms', email: 'ett e-postmeddelande' }
const render = page('public/check.hbs')

/**
 * GET /akta and /akta/CODE: whether a message comes from the region. The answer says that we sent it, on which day and of
 * which kind: nothing about whom it went to. Wrong codes are counted and slowed down (trust/guesses.ts).
 */
export function checkPages(app: App): Router {
  const router = Router()
  router.get(['/', '/:code'], async (request, response) => {
    const given = request.params['code'] ?? request.query['kod']
    const typed = typeof given === 'string' ? given : ''
    const answer = typed === '' ? { asked: false } : await ask(app, typed, request.ip ?? '')
    const values = { found: '', unknown: false, tooMany: false, kind: '', asked: true, ...answer }
    response.status(values.tooMany ? 429 : 200).type('html').set('Cache-Control', 'no-store').send(render({ ...regionOf(app.config), title: 'Är meddelandet äkta?', ...values }))
  })
  return router
}

async function ask(app: App, typed: string, address: string): Promise<{ tooMany: true } | { unknown: true } | { found: string; kind: string }> {
  const attempt = await countAttempt(app.pool, app.clock.now(), address, `akta ${typed.slice(0, 40)}`)
  if (!attempt.allowed) return { tooMany: true }
  const code = readBookingCode(typed)
  const sent = code && (await row<{ channel: string; at: Date }>(app.pool, 'select channel, sent_at as at from message where check_code = $1 and sent_at is not null', [code]))
  if (!sent) return { unknown: true }
  await attempt.right()
  return { found: DateTime.fromJSDate(sent.at, { zone }).setLocale('sv').toFormat('d MMMM yyyy'), kind: kinds[sent.channel] ?? 'ett meddelande' }
}
