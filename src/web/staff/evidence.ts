import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import type { App } from '../../app.ts'
import { Refused } from '../../errors.ts'
import { actionWord, extractAsHtml, messageWords, timeOf } from '../../reports/extract.ts'
import { evidenceFile } from '../../reports/evidence-shown.ts'
import { evidenceOf, evidenceOfMessage } from '../../evidence/evidence.ts'
import { page } from '../view/page.ts'
import { toProblem } from '../problem.ts'
import { regionOf } from '../region.ts'

const text = z.string().trim().max(100).default('')
const looker = z.object({ by: text, unit: text })
const asked = looker.extend({ number: text, extract: z.literal('1').optional() })
const askedMessage = looker.extend({ id: text })

/**
 * /admin/underlag: what was sent to one person. The number comes in a form, so that it is in no address, and
 * each look in the access log.
 */
export function evidencePages(app: App): {
  form: RequestHandler
  show: RequestHandler
  message: RequestHandler
} {
  const render = page('staff/evidence.hbs')
  const send = (
    response: Response,
    values: { looker: z.output<typeof looker>; evidence?: object; fault?: string; status?: number },
  ) =>
    response
      .status(values.status ?? 200)
      .set('Cache-Control', 'no-store')
      .type('html')
      .send(
        render({
          ...regionOf(app.config),
          title: 'Underlag – Kallelse',
          fault: '',
          evidence: null,
          ...values,
        }),
      )
  const orTell =
    (work: (request: Request, response: Response) => Promise<unknown>): RequestHandler =>
    async (request, response) => {
      try {
        await work(request, response)
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        send(response, {
          looker: looker.parse(request.body),
          fault: error.swedish,
          status: toProblem(error).status,
        })
      }
    }
  return {
    form: (_request, response) => void send(response, { looker: { by: '', unit: '' } }),
    show: orTell(async (request, response) => {
      const { number, extract, ...who } = asked.parse(request.body)
      const evidence = await evidenceOf(
        app,
        number,
        who,
        extract ? 'extract for the person' : 'evidence',
      )
      if (extract)
        return download(response, {
          name: `utdrag-${evidence.personId}.html`,
          type: 'text/html; charset=utf-8',
          bytes: Buffer.from(
            await extractAsHtml(evidence, {
              name: app.config.REGION_NAME,
              phone: regionOf(app.config).phone,
            }),
          ),
        })
      send(response, {
        looker: who,
        evidence: {
          messages: evidence.messages.map(messageWords),
          accesses: evidence.accesses.map((a) => ({
            ...a,
            time: timeOf(a.at),
            action: actionWord(a.action),
          })),
        },
      })
    }),
    message: orTell(async (request, response) => {
      const { id, ...who } = askedMessage.parse(request.body)
      const file = await evidenceFile(await evidenceOfMessage(app, id, who))
      if (!file)
        throw new Refused(
          'message-not-found',
          'The message has not been composed: there are no bytes.',
        )
      download(response, file)
    }),
  }
}

const download = (
  response: Response,
  { name, type, bytes }: { name: string; type: string; bytes: Buffer },
) =>
  response
    .set({
      'Cache-Control': 'no-store',
      'Content-Type': type,
      'Content-Disposition': `attachment; filename="${name}"`,
    })
    .send(bytes)
