import type pg from 'pg'
import { run, rows, transaction } from '../../src/db/pool.ts'
import { makeWorld } from '../bookings/world.ts'
import type { StatedSlot } from '../../src/clinics/read-slots.ts'

export const hall = 'SE2321000180-5'
export const week = { from: '2021-06-07', to: '2021-06-11' }

/**
 * A hall whose week is full: `people` have a time there, half of them booked by themselves, half assigned and told.
 * Elsewhere in the area there is room for three fifths of those whom a halved week is too small for.
 * @returns the clock, and the hall's slots with half the places
 */
export async function fullWeek(pool: pg.Pool, people: number) {
  const { clock } = await makeWorld(pool, people)
  const perSlot = Math.ceil(people / 500)
  await transaction(pool, async (tx) => {
    await run(tx, 'update slot set capacity = 0, overbooking = 0')
    await run(
      tx,
      `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
      select 'SE2321000180-' || n, 'Mottagning ' || n, '2080', 'falun', 'Gatan 1', '79131', 'Falun', '+46846500401'
        from generate_series(5, 42) n`,
    )
    await run(
      tx,
      `insert into slot (clinic_id, starts_at, capacity)
      select 5, $1::timestamptz + d * interval '1 day' + t * interval '5 minutes', $2
        from generate_series(0, 4) d, generate_series(0, 99) t`,
      [`${week.from}T08:00:00+02:00`, perSlot],
    )
    await run(
      tx,
      `insert into slot (clinic_id, starts_at, capacity)
      select c.id, $1::timestamptz + d * interval '1 day' + t * interval '20 minutes', 1
        from clinic c, generate_series(0, 6) d, generate_series(0, $2 - 1) t
       where c.id > 5`,
      [`${week.from}T08:00:00+02:00`, Math.floor((people * 0.3) / 37 / 7)],
    )
    await run(
      tx,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at)
      select i.person_id, i.purpose, s.id, case when i.state = 'released' then 'person' else 'assigned' end, $1
        from (select *, row_number() over (order by (person_id / 3) % 977, person_id) - 1 as n from invitation) i
        join (select id, row_number() over (order by starts_at) - 1 as n from slot where clinic_id = 5) s on s.n = i.n % 500`,
      [clock.now()],
    )
    for (const [from, to] of [
      ['released', 'answered'],
      ['waiting', 'planned'],
      ['planned', 'released'],
    ]) {
      await run(
        tx,
        `update invitation i
            set state = $2, reason = null, appointment_id = a.id,
                wave_id = coalesce(i.wave_id, i.campaign_id), released_at = $3
           from appointment a
          where a.person_id = i.person_id
            and i.state = $1`,
        [from, to, clock.now()],
      )
    }
    await run(
      tx,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, due_at, created_at, state)
      select id, campaign_id, person_id, purpose, generation, 'invitation', 'letter', 'sv',
             'invitation-timed', $1, $1, 'queued'
        from invitation`,
      [clock.now()],
    )
  })
  await run(pool, 'analyze')
  const slots = await rows<StatedSlot>(
    pool,
    `select c.hsa_id as "hsaId", s.starts_at as "startsAt", s.minutes, s.capacity / 2 as capacity, 0 as taken,
            s.overbooking, null as "bookingUrl", null as "bookingPhone"
       from slot s
       join clinic c on c.id = s.clinic_id
      where c.id = 5
      order by s.id`,
  )
  return { clock, slots }
}
