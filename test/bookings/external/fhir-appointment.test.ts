import { describe, expect, it } from '@jest/globals'
import {
  appointmentsIn,
  readFhirAppointment,
} from '../../../src/bookings/external/fhir-appointment.ts'

const personnummer = 'urn:oid:1.2.752.129.2.1.3.1'
const actor = (type: string, system: string, value: string) => ({
  actor: { type, identifier: { system, value } },
  status: 'accepted',
})
const good = {
  resourceType: 'Appointment',
  id: 'a1',
  status: 'booked',
  identifier: [{ system: 'urn:system', value: '17' }],
  serviceType: [{ coding: [{ system: 'urn:kallelse:purpose', code: 'covid-19/dose-1' }] }],
  start: '2021-03-15T08:05:00+01:00',
  end: '2021-03-15T08:10:00+01:00',
  participant: [
    actor('Patient', personnummer, '194401019809'),
    actor('Location', 'urn:oid:1.2.752.129.2.1.4.1', 'SE2321000180-1'),
  ],
}
const read = (resource: unknown, beside = new Map(), purpose: string | null = null) =>
  readFhirAppointment(resource, beside, purpose, '2021-03-11')
const codes = (reading: ReturnType<typeof read>) =>
  'rejected' in reading ? reading.rejected.map((r) => r.code) : []

describe('a FHIR R4 Appointment', () => {
  it('is a booking of a person at a clinic', () => {
    expect(read(good)).toEqual({
      value: {
        reference: 'urn:system|17',
        identityNumber: '194401019809',
        purpose: 'covid-19/dose-1',
        hsaId: 'SE2321000180-1',
        startsAt: new Date('2021-03-15T07:05:00Z'),
        state: 'booked',
      },
    })
  })

  it.each([
    ['arrived', 'booked'],
    ['checked-in', 'booked'],
    ['fulfilled', 'attended'],
    ['noshow', 'no-show'],
    ['cancelled', 'cancelled'],
    ['entered-in-error', 'cancelled'],
  ])('%s is %s', (status, state) => {
    expect(read({ ...good, status })).toMatchObject({ value: { state } })
  })
  it.each(['proposed', 'pending', 'waitlist'])('%s is not booked', (status) =>
    expect(codes(read({ ...good, status }))).toEqual(['not-booked']),
  )

  it('finds its actors among what is contained, and in the Bundle', () => {
    const contained = {
      ...good,
      contained: [
        {
          resourceType: 'Patient',
          id: 'p',
          identifier: [{ system: personnummer, value: '19440101-9809' }],
        },
      ],
      participant: [{ actor: { reference: '#p' } }, good.participant[1]],
    }
    expect(read(contained)).toMatchObject({ value: { identityNumber: '194401019809' } })
    const bundle = {
      resourceType: 'Bundle',
      type: 'message',
      entry: [
        {
          resource: {
            ...good,
            participant: [
              { actor: { reference: 'Patient/7' } },
              { actor: { reference: 'urn:uuid:l' } },
            ],
          },
        },
        {
          resource: {
            resourceType: 'Patient',
            id: '7',
            identifier: [
              { system: 'urn:other', value: 'x' },
              { system: personnummer, value: '194401019809' },
            ],
          },
        },
        {
          fullUrl: 'urn:uuid:l',
          resource: { resourceType: 'Location', identifier: [{ value: 'se2321000180-1' }] },
        },
      ],
    }
    const found = appointmentsIn(bundle)!
    expect(read(found.appointments[0], found.beside)).toMatchObject({
      value: { identityNumber: '194401019809', hsaId: 'SE2321000180-1' },
    })
  })

  it('says what is missing, without what was there', () => {
    const { start: _, serviceType: __, id: ___, identifier: ____, ...bare } = good
    const reading = read({ ...bare, participant: [actor('Patient', personnummer, '194401019800')] })
    expect(codes(reading).sort()).toEqual([
      'bad-identity-number',
      'bad-time',
      'no-purpose',
      'no-reference',
      'unknown-clinic',
    ])
    expect(JSON.stringify(reading)).not.toContain('194401019800')
    expect(codes(read({ resourceType: 'Appointment' }))).toEqual(['bad-resource'])
  })

  it("takes the file's purpose where it says none, and its own before that", () => {
    const { serviceType: _, ...bare } = good
    expect(read(bare, new Map(), 'flu')).toMatchObject({ value: { purpose: 'flu' } })
    expect(read(good, new Map(), 'flu')).toMatchObject({ value: { purpose: 'covid-19/dose-1' } })
  })
})
