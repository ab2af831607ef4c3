import type { Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { rowId } from '../../received.ts'
import type { App } from '../../app.ts'
import {
  namedConflicts,
  openConflicts,
  type NamedConflict,
} from '../../bookings/external/conflicts.ts'
import { Refused } from '../../errors.ts'
import { timeOf } from '../../reports/extract.ts'
import { shownPhone } from '../../texts/format.ts'
import { solveConflict, type Solved } from '../../visits/solve-conflict.ts'
import { page } from '../view/page.ts'
import { toProblem } from '../problem.ts'
import { regionOf } from '../region.ts'

const looker = z.object({ by: z.string().trim().min(1).max(100) })
const decision = looker.extend({
  id: rowId,
  keep: z.enum(['ours', 'outside']),
})

/**
 * /admin/dubbelbokningar: people with two times for the same thing. Who looks says who they are, for the names are in the
 * access log; then one button for each time that can stay.
 */
export function conflictPages(app: App): Record<'form' | 'show' | 'solve', RequestHandler> {
  const render = page('staff/conflicts.hbs')
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
          title: 'Dubbelbokningar – Kallelse',
          by: '',
          fault: '',
          done: '',
          conflicts: null,
          one: values.count === 1,
          ...values,
        }),
      )
  const list = async (response: Response, by: string, more: object = {}, status = 200) => {
    const conflicts = await namedConflicts(app, by)
    send(response, { by, count: conflicts.length, conflicts: conflicts.map(view), ...more }, status)
  }
  return {
    form: async (_request, response) => {
      send(response, { count: (await openConflicts(app.pool)).length })
    },
    show: async (request, response) => list(response, looker.parse(request.body).by),
    solve: async (request: Request, response) => {
      const { id, keep, by } = decision.parse({
        ...(request.body as object),
        id: request.params['id'],
      })
      try {
        const solved = await solveConflict(app, id, keep, by)
        await list(response, by, { done: doneText(solved) })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        await list(response, by, { fault: error.swedish }, toProblem(error).status)
      }
    },
  }
}

const kinds = {
  'second-booking': 'Två tider för samma sak.',
  'ended-with-us':
    'Tiden är avbokad eller flyttad hos oss men finns kvar hos den andra mottagningen.',
}

const view = (conflict: NamedConflict) => ({
  id: conflict.id,
  name: conflict.name,
  identityNumber: conflict.identityNumber,
  phone: conflict.phone ? shownPhone(conflict.phone) : 'telefonnummer saknas',
  purpose: conflict.purpose,
  kind: kinds[conflict.kind],
  ours: `${timeOf(conflict.ours.startsAt)}, ${conflict.ours.clinic}`,
  outside: `${timeOf(conflict.outside.startsAt)}, ${conflict.outside.clinic}`,
  reference: conflict.outside.reference,
  live: conflict.kind === 'second-booking',
  decided: conflict.keep !== null,
})

function doneText({ keep, cancelThere, told }: Solved): string {
  const there = cancelThere.map(
    ({ clinic, phone, reference }) =>
      ` Ring ${clinic}, ${shownPhone(phone)}, och be dem avboka ${reference}.`,
  )
  return (
    `${keep === 'ours' ? 'Vår tid' : 'Den andra mottagningens tid'} gäller.` +
    `${toldText[told]}${there.join('')}`
  )
}
const toldText: Record<Solved['told'], string> = {
  email: ' Personen får veta det i ett mejl.',
  sms: ' Personen får veta det i ett sms.',
  letter: ' Personen får veta det i ett brev.',
  call: ' Inget meddelande når fram i tid. Personen står nu på mottagningens ringlista.',
  nobody: ' Inget meddelande går ut. Ring personen.',
}
