import express, { type Request, type Router } from 'express'
import type { App } from '../../app.ts'
import type { OutsideBooking } from '../../bookings/external/external-booking.ts'
import { appointmentsIn, readFhirAppointment } from '../../bookings/external/fhir-appointment.ts'
import { takeOutside } from '../../bookings/external/import-bookings.ts'
import { Refused } from '../../errors.ts'
import { dayOf } from '../../people/dates.ts'
import { received } from '../../received.ts'
import { findApiKey, type ApiKey } from '../../staff/api-keys.ts'
import type { KeyGuard } from '../../verification/guesses.ts'
import { asKeyMay } from '../key-limit.ts'
import { HttpProblem } from '../problem.ts'

/**
 * POST /webhooks/fhir/appointment: one FHIR R4 Appointment (or a Bundle with one and what it refers to) from
 * another booking
 * system, with a key that has the right to book. 200 says what became of it; the same again changes nothing.
 */
export function fhirWebhooks(app: App, keys: KeyGuard): Router {
  const router = express.Router()
  router.use(express.raw({ type: () => true, limit: '256kb' }))
  router.post('/appointment', async (request, response) => {
    const key = await authenticate(app, request)
    const found = appointmentsIn(received.parse(readJson(request)))
    if (found?.appointments.length !== 1)
      throw new HttpProblem(
        400,
        'not-one-appointment',
        'Send one FHIR R4 Appointment, or a Bundle with one and what it refers to.',
      )
    const read = readFhirAppointment(
      found.appointments[0],
      found.beside,
      null,
      dayOf(app.clock.now()),
    )
    if ('rejected' in read)
      throw new HttpProblem(422, read.rejected[0]!.code, read.rejected[0]!.message, {
        errors: read.rejected.map(({ column, message }) => ({ field: column, message })),
      })
    if (key.clinic !== null && read.value.hsaId !== key.clinic)
      throw new HttpProblem(422, 'other-clinic', `This key books at ${key.clinic} only.`)
    const taken = await asKeyMay(
      app,
      keys,
      key,
      () => takeOrRefuse(app, read.value),
      (answer) => answer instanceof Refused && answer.code === 'unknown-person',
    )
    if (taken instanceof Refused) throw new HttpProblem(422, taken.code, taken.message)
    app.log.info({ actor: key.name, outcome: taken }, 'a booking came from outside')
    response.set('Cache-Control', 'no-store').json({ outcome: taken })
  })
  return router
}

const takeOrRefuse = (app: App, booking: OutsideBooking) =>
  takeOutside(app, booking).catch((error: unknown) => {
    if (error instanceof Refused) return error
    throw error
  })

async function authenticate(app: App, request: Request): Promise<ApiKey> {
  const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
  const key = given ? await findApiKey(app.pool, given, app.clock.now()) : undefined
  if (!key)
    throw new HttpProblem(
      401,
      'unauthorized',
      'Send a key that is in use: "Authorization: Bearer <key>".',
      { headers: { 'WWW-Authenticate': 'Bearer' } },
    )
  if (!key.rights.includes('book'))
    throw new HttpProblem(403, 'right-missing', `The key ${key.name} lacks the right to book.`)
  return key
}

function readJson(request: Request): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '') as unknown
  } catch {
    throw new HttpProblem(400, 'invalid-json', 'The body is not JSON.')
  }
}
