import type pg from 'pg'
import { lockCampaign, logEvent, type Campaign } from '../campaigns/store.ts'
import { hasDose } from '../clinics/doses/store.ts'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import { endAppointments } from '../ledger/appointments.ts'
import { loseTimes, sayShortNotice } from '../ledger/invitations.ts'
import { idsOf } from '../ledger/selection.ts'
import { firstTimesAs, withinDays, type FirstTimes } from './store.ts'

/** A time so soon that its people would know of it too late is given back; they wait for another. */
export async function returnLateTimes(
  tx: Db,
  campaign: Campaign,
  first: FirstTimes,
  now: Date,
): Promise<void> {
  const late = (
    await rows<{ id: number }>(
      tx,
      `select i.id
         from invitation i
         join appointment a on a.id = i.appointment_id and a.state = 'booked'
         join slot s on s.id = a.slot_id
         join ${firstTimesAs('$2')} on told.route = i.route
        where i.campaign_id = $1
          and i.state = 'planned'
          and s.starts_at < told.earliest
        order by i.id
          for update of i`,
      [campaign.id, JSON.stringify(first)],
    )
  ).map((i) => i.id)
  if (late.length === 0) return
  const given = `
    select i.id as invitation_id, a.id, a.slot_id, 'cancelled' as state
      from invitation i
      join appointment a on a.id = i.appointment_id and a.state = 'booked'
     where i.id = any($1)`
  await run(
    tx,
    `select from slot
      where id in (select slot_id from (${given}) given)
      order by id
        for update`,
    [late],
  )
  const lost = (
    await rows<{ id: number }>(
      tx,
      `select given.invitation_id as id
         from (${given}) given
         join appointment a using (id)
          for update of a`,
      [late],
    )
  ).map((i) => i.id)
  await endAppointments(tx, { sql: given, values: [lost] }, now)
  await loseTimes(tx, idsOf(lost), now)
  await logEvent(tx, campaign.id, now, 'kallelse', 'times-returned', { people: lost.length })
}

/** Of those who still wait, as many as there are free times that are only too near for them: they wait for later ones. */
export async function sayWhoseNoticeIsTooShort(
  pool: pg.Pool,
  campaign: Campaign,
  first: FirstTimes,
  now: Date,
): Promise<void> {
  await transaction(pool, async (tx) => {
    await lockCampaign(tx, campaign.id)
    const people = await sayShortNotice(tx, {
      sql: `
          with near as (
            select c.area, s.starts_at, s.capacity - s.booked as free
              from slot s
              join clinic c on c.id = s.clinic_id
             where s.booked < s.capacity
               and ${hasDose('s')}
               and s.starts_at > $2
               and s.starts_at < (select max(earliest) from ${firstTimesAs('$3')})
               and ${withinDays('$4', '$5')}
          ), waiting as (
            select i.id, i.area, told.earliest,
                   row_number() over (partition by i.area, told.earliest order by i.priority, i.id) as place
              from invitation i
              join ${firstTimesAs('$3')} on told.route = i.route
             where i.campaign_id = $1
               and i.state = 'waiting'
               and i.reason in ('no-free-time', 'short-notice')
          ), room as (
            select w.area, w.earliest, sum(n.free) as free
              from (select distinct area, earliest from waiting) w
              join near n on n.area = w.area and n.starts_at < w.earliest
             group by w.area, w.earliest
          )
          select w.id, coalesce(w.place <= r.free, false) as short
            from waiting w
            left join room r using (area, earliest)`,
      values: [
        campaign.id,
        now,
        JSON.stringify(first),
        campaign.spec.slots.from ?? null,
        campaign.spec.slots.to ?? null,
      ],
    })
    if (people > 0) await logEvent(tx, campaign.id, now, 'kallelse', 'short-notice', { people })
  })
}
