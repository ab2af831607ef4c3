import type { Request, RequestHandler } from 'express'
import type { App } from '../../../app.ts'
import { readBookingCode } from '../../../bookings/booking-code.ts'
import { kindOf } from '../../../messages/message-kind.ts'
import { shownCode, longDate } from '../../../texts/format.ts'
import { sentWithCode, type SentMessage } from '../../../verification/check-codes.ts'
import type { DoorGuard } from '../../../verification/guesses.ts'
import { anythingPublished } from '../../../notices/store.ts'
import { checkLanguages } from './language.ts'
import { languageOf, placeIn, showCheck } from './pages.ts'

/**
 * GET /akta/<language>/<code>: whether a message comes from the region. The answer says that we sent it, on which
 * day and of
 * which kind: nothing about whom it went to, not even its language. Wrong codes are counted and slowed down
 * (verification/guesses.ts).
 */
export const checkPage =
  (app: App, guard: DoorGuard): RequestHandler =>
  async (request, response) => {
    const typed = typedCode(request)
    const code = readBookingCode(typed)
    const language = languageOf(request)
    const path = code ? `/${code}` : ''
    const shown = {
      noticesAt: (await anythingPublished(app.pool)) ? `/meddelanden/${language}` : null,
      sent: null,
      unknown: false,
      first: false,
      code: typed === '' ? '' : code ? shownCode(code) : typed.slice(0, 40),
    }
    const answer = typed === '' ? 'nothing' : await ask(app, guard, code, typed, request.ip ?? '')
    if (answer === 'nothing')
      return showCheck(
        response,
        placeIn(app, language),
        'check',
        { title: 'checkTitle', path },
        { ...shown, first: true },
      )
    if (answer === 'too-many' || answer === 'unknown')
      return showCheck(
        response,
        placeIn(app, language),
        'check',
        { title: 'unknownTitle', path },
        { ...shown, unknown: true },
      )
    const words = checkLanguages[language]!
    showCheck(
      response,
      placeIn(app, language),
      'check',
      { title: 'realTitle', path },
      {
        ...shown,
        code: '',
        sent: {
          day: longDate(answer.sentAt, language),
          kind: words[kindOf(answer)],
          channel: words[answer.channel],
        },
      },
    )
  }

const ask = async (
  app: App,
  guard: DoorGuard,
  code: string | null,
  typed: string,
  address: string,
): Promise<SentMessage | 'too-many' | 'unknown'> =>
  (await guard.tryCode(app.clock.now(), { address, code: code ?? typed.slice(0, 40) }, () =>
    code === null ? Promise.resolve(undefined) : sentWithCode(app.pool, code),
  )) ?? 'unknown'

const typedCode = (request: Request): string => {
  const given: unknown = request.params['code'] ?? request.query['kod']
  return typeof given === 'string' ? given.trim() : ''
}
