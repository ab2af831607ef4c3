import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { Refused } from '../../errors.ts'
import { isQuiet, quietHours } from '../../messages/dispatch/quiet-hours.ts'
import { timeOf } from '../../reports/extract.ts'
import { moment } from '../../reports/format.ts'
import { listReplies, openReplies, settleReply, type SmsReply } from '../../reserve/sms-replies.ts'
import { shownPhone } from '../../texts/format.ts'
import { toProblem } from '../problem.ts'
import { regionOf } from '../region.ts'
import { page } from '../view/page.ts'

const looker = z.object({ by: z.string().trim().min(1).max(100) })
const decision = looker.extend({
  id: z.coerce.number().int().positive(),
  as: z.enum(['yes', 'no', 'read']),
})

/**
 * /admin/svar: what people have answered by SMS that no rule may judge, each answered by one click. Who looks says who
 * they are, for the names are in the access log.
 */
export function smsReplyPages(app: App): Record<'form' | 'show' | 'settle', RequestHandler> {
  const render = page('staff/sms-replies.hbs')
  const send = (
    response: Response,
    values: { count: number; [name: string]: unknown },
    status = 200,
  ) =>
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(
        render({
          ...regionOf(app.config),
          title: 'Svar på sms – Kallelse',
          by: '',
          fault: '',
          done: '',
          replies: null,
          ...values,
        }),
      )
  const list = async (response: Response, by: string, more: object = {}, status = 200) => {
    const replies = await listReplies(app, by)
    const count = await openReplies(app.pool)
    send(response, { by, count, replies: replies.map(view), ...more }, status)
  }
  return {
    form: async (_request, response) => send(response, { count: await openReplies(app.pool) }),
    show: async (request, response) => list(response, looker.parse(request.body).by),
    settle: async (request: Request, response) => {
      const { id, as, by } = decision.parse({
        ...(request.body as object),
        id: request.params['id'],
      })
      const quiet = isQuiet(app.clock.now(), quietHours(app.config))
      try {
        await settleReply({ ...app, jobs: await app.jobs(), quiet }, id, as, by)
        await list(response, by, { done: doneText[as] })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        await list(response, by, { fault: error.swedish }, toProblem(error).status)
      }
    },
  }
}

const doneText = {
  yes: 'Svaret räknas som ett ja.',
  no: 'Svaret räknas som ett nej.',
  read: 'Svaret är markerat som läst.',
}

const view = ({ id, at, kind, phone, said, names, question }: SmsReply) => ({
  id,
  at: moment(at),
  stop: kind === 'stop',
  who: names.length ? names.join(' eller ') : 'Okänd avsändare',
  phone: phone ? shownPhone(phone) : 'skyddade uppgifter: numret visas inte',
  said,
  question: question && {
    offer: question.about === 'offer',
    time: `${timeOf(question.startsAt)}, ${question.clinic}`,
  },
})
