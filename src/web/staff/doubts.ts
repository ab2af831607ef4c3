import type { RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { Refused } from '../../errors.ts'
import { doubtGroups, settleDoubtsBy, type DoubtGroup } from '../../messages/doubts.ts'
import { moment, number } from '../../reports/format.ts'
import { word } from '../../reports/words.ts'
import { page } from '../view/page.ts'
import { toProblem } from '../problem.ts'
import { regionOf } from '../region.ts'

const decision = z.object({
  by: z.string().trim().min(1).max(100),
  campaign: z.string().min(1).max(100),
  channel: z.enum(['sms', 'email']),
  until: z.iso.datetime().transform((at) => new Date(at)),
  as: z.enum(['sent', 'resend']),
})

/** /admin/oklara: messages of which nobody knows whether they left, settled many at a time. Counts only, no person. */
export function doubtPages(app: App): Record<'show' | 'settle', RequestHandler> {
  const render = page('staff/doubts.hbs')
  const send = async (response: Response, more: object = {}, status = 200) =>
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(
        render({
          ...regionOf(app.config),
          title: 'Oklara meddelanden – Kallelse',
          by: '',
          fault: '',
          done: '',
          groups: (await doubtGroups(app.pool)).map(view),
          ...more,
        }),
      )
  return {
    show: async (_request, response) => void (await send(response)),
    settle: async (request, response) => {
      const { by, as, ...which } = decision.parse(request.body)
      try {
        const groups = await settleDoubtsBy({ ...app, jobs: await app.jobs() }, which, as, by)
        await send(response, { by, done: doneText(groups, as) })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        await send(response, { by, fault: error.swedish }, toProblem(error).status)
      }
    },
  }
}

const view = ({ campaign, channel, number: many, first, last }: DoubtGroup, n: number) => ({
  n,
  campaign,
  channel,
  channelWord: word('channel', channel),
  many: number(many),
  one: many === 1,
  first: moment(first),
  last: moment(last),
  until: last.toISOString(),
})

function doneText(groups: DoubtGroup[], as: 'sent' | 'resend'): string {
  const many = groups.reduce((sum, group) => sum + group.number, 0)
  const what = many === 1 ? '1 meddelande' : `${number(many)} meddelanden`
  return as === 'sent' ? `${what} räknas som skickade.` : `${what} skickas igen nu.`
}
