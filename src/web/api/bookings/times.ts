import { z } from 'zod'
import type { App } from '../../../app.ts'
import { recordFailedSearch } from '../../../bookings/cancel.ts'
import { clinicsWithTimes, timesOnDay } from '../../../bookings/find.ts'
import { searchFor } from '../../../bookings/booking-subject.ts'
import { Refused } from '../../../errors.ts'
import { dayOf } from '../../../people/dates.ts'
import { day } from '../../../received.ts'
import { endpoint } from '../endpoint.ts'
import { booking, findWho, freeTime, refuseOtherClinic, shown, who } from './who.ts'

export const times = endpoint({
  method: 'post',
  path: '/bookings/times',
  right: 'book',
  finds: true,
  summary:
    "The time somebody has, and the times they can have: each clinic's nearest day, the listed clinic first; " +
    "or one clinic's day. A search that found nothing is noted",
  body: z.strictObject({
    who,
    area: z.string().max(80).optional().meta({
      description: "another area than the invitation's; needed when there is no invitation",
    }),
    clinic: z.string().max(40).optional().meta({ description: 'HSA-id: only that clinic' }),
    day: day.optional().meta({ description: 'that day instead of the nearest' }),
  }),
  answer: z.object({ booked: booking.nullable(), times: z.array(freeTime) }),
  async handle(app, { body, actor, clinic: own }) {
    const subject = await findWho(app, body.who, actor, 'look for times')
    await refuseOtherClinic(app, own, subject)
    const area = body.area ?? subject.invitation?.area
    if (area === undefined)
      throw new Refused('bad-area', 'The person has no invitation: say in which area to look.')
    const search = searchFor(subject, app.clock.now(), area)
    const { booked } = subject
    const all = await clinicsWithTimes(app.pool, search)
    const clinics = all.filter((c) =>
      [body.clinic ?? c.hsaId, own ?? c.hsaId].every((hsaId) => hsaId === c.hsaId),
    )
    const days = await Promise.all(
      clinics.slice(0, 20).map(async (c) => {
        const { times } = await timesOnDay(
          app.pool,
          search,
          c.clinicId,
          body.day ?? dayOf(c.firstTime),
        )
        return times.map((t) => ({
          slot: t.slotId,
          startsAt: t.startsAt,
          free: t.free,
          clinic: { hsaId: c.hsaId, name: c.name },
        }))
      }),
    )
    if (!all.length && !booked && subject.invitation && area === subject.invitation.area)
      await noteInVain(app, subject.invitation.code)
    return { booked: booked ? shown(booked) : null, times: days.flat() }
  },
})

const noteInVain = (app: App, code: string): Promise<void> =>
  recordFailedSearch(app.pool, app.clock, code).catch((error: unknown) => {
    if (!(error instanceof Refused)) throw error // withdrawn meanwhile
  })
