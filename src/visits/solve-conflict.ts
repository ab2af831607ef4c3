import type pg from 'pg'
import { settleOutside } from '../bookings/external/settle.ts'
import { openStaging } from '../bookings/external/store.ts'
import { tellKept } from '../bookings/confirm.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { retried } from '../db/retried.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Jobs } from '../jobs/boss.ts'
import { endAppointments } from '../ledger/appointments.ts'
import { reopenFinished } from '../ledger/campaigns.ts'
import { loseTimes } from '../ledger/invitations.ts'
import { toldBy } from '../release/model/arrival.ts'
import { callFromClinic } from './call-list.ts'

export type Side = 'ours' | 'outside'

export interface Solved {
  id: number
  keep: Side
  /** the time that stays; null: the person has none with us any more, and keeps none elsewhere */
  appointment: number | null
  /** bookings in other systems that their clinics must cancel themselves */
  cancelThere: { clinic: string; phone: string; reference: string }[]
  /** how the person hears which time stays; nobody: there is no invitation to write about, so the clinic calls */
  told: 'email' | 'sms' | 'letter' | 'call' | 'nobody'
}

/**
 * Solves a double booking: one time stays, the other ends with us or is to be cancelled by its clinic, and the person
 * hears which time stays: by e-mail, else by SMS, else by a letter that comes in time, else by a call.
 * @throws Refused unknown-conflict, conflict-decided, slot-past, appointment-state (they have been there)
 */
export async function solveConflict(
  {
    pool,
    clock,
    jobs,
    config,
  }: {
    pool: pg.Pool
    clock: Clock
    jobs: () => Promise<Jobs>
    config: Pick<Config, 'PRINT_CUT_OFF'>
  },
  id: number,
  keep: Side,
  by: string,
): Promise<Solved> {
  const solved = await retried(() =>
    transaction(pool, async (tx) => {
      const now = clock.now()
      const conflict = await lockConflict(tx, id, keep, now)
      const ended = keep === 'outside' ? await takeTheirs(tx, conflict, now) : []
      await run(
        tx,
        'update booking_conflict set keep = $2, decided_by = $3, decided_at = $4 where id = $1',
        [id, keep, by, now],
      )
      await run(
        tx,
        `insert into access_log (at, actor, action, person_id) values ($1, $2, 'solve double booking', $3)`,
        [now, by, conflict.person],
      )
      const stays = await liveTime(tx, conflict)
      return {
        id,
        keep,
        appointment: stays?.id ?? null,
        cancelThere: await cancelThere(tx, keep === 'ours' ? [conflict.outsideId] : ended),
        told: stays
          ? await tell(tx, conflict, stays, now, config.PRINT_CUT_OFF)
          : ('nobody' as const),
      }
    }),
  )
  if (solved.told === 'email' || solved.told === 'sms')
    await (await jobs()).wake(pool, `${solved.told}-first`)
  return solved
}

interface Conflict {
  person: number
  purpose: string
  outsideId: number
  theirTime: Date
}

async function lockConflict(tx: Db, id: number, keep: Side, now: Date): Promise<Conflict> {
  await run(tx, `select pg_advisory_xact_lock(hashtext('outside bookings'))`)
  const found = await row<Conflict & { open: boolean; keep: Side | null; attended: boolean }>(
    tx,
    `select p.lead_id as person, o.purpose, o.id as "outsideId", s.starts_at as "theirTime", k.keep,
            exists (select from open_booking_conflict c where c.id = k.id) as open,
            exists (
              select from appointment a
                join person q on q.id = a.person_id
               where q.lead_id = p.lead_id
                 and a.purpose = o.purpose
                 and a.state = 'attended') as attended
       from booking_conflict k
       join outside_booking o on o.id = k.outside_booking_id
       join person p on p.id = o.person_id
       join slot s on s.id = o.slot_id
      where k.id = $1
        for update of k`,
    [id],
  )
  if (!found?.open)
    throw new Refused('unknown-conflict', `There is no open double booking ${id}: see the list.`)
  if (found.keep)
    throw new Refused(
      'conflict-decided',
      `Double booking ${id} is decided: ${found.keep} stays. It is listed until the other clinic has cancelled.`,
    )
  if (keep === 'outside' && found.attended)
    throw new Refused('appointment-state', 'The person has been there with us: keep ours.')
  if (keep === 'outside' && found.theirTime <= now)
    throw new Refused('slot-past', 'The time elsewhere has passed and can not be kept.')
  return found
}

/** The person's booked time with us ends, and the one elsewhere takes its place. @returns bookings elsewhere that ended */
async function takeTheirs(tx: Db, conflict: Conflict, now: Date): Promise<number[]> {
  const live = `
    select a.id, 'cancelled' as state
      from appointment a
      join person q on q.id = a.person_id
     where q.lead_id = $1
       and a.purpose = $2
       and a.state = 'booked'`
  const values = [conflict.person, conflict.purpose]
  const others = await rows<{ id: number }>(
    tx,
    `select o.id
       from outside_booking o
       join (${live}) a on a.id = o.appointment_id
      where o.state = 'booked'`,
    values,
  )
  const holding = `
    select i.id
      from (${live}) a
      join invitation i on i.appointment_id = a.id
     where i.state in ('released', 'answered')
     order by i.id
       for update of i`
  const invitations = await rows<{ id: number }>(tx, holding, values)
  await endAppointments(tx, { sql: live, values }, now)
  const lost = {
    sql: 'select unnest($1::bigint[]) as id',
    values: [invitations.map((invitation) => invitation.id)],
  }
  await loseTimes(tx, lost, now)
  await run(tx, 'update outside_booking set appointment_id = null where id = $1', [
    conflict.outsideId,
  ])
  await openStaging(tx)
  await settleOutside(tx, now)
  return others.map((other) => other.id)
}

interface LiveTime {
  id: number
  clinicId: number
  startsAt: Date
}

const liveTime = (tx: Db, { person, purpose }: Conflict): Promise<LiveTime | undefined> =>
  row<LiveTime>(
    tx,
    `select a.id, s.clinic_id as "clinicId", s.starts_at as "startsAt"
       from appointment a
       join person q on q.id = a.person_id
       join slot s on s.id = a.slot_id
      where q.lead_id = $1
        and a.purpose = $2
        and a.state = 'booked'`,
    [person, purpose],
  )

async function tell(
  tx: Db,
  { person, purpose }: Conflict,
  stays: LiveTime,
  now: Date,
  cutOff: string | undefined,
): Promise<Solved['told']> {
  const invitation = await row<{
    id: number
    campaignId: number
    postDays: number
    ended: boolean
  }>(
    tx,
    `select i.id, i.campaign_id as "campaignId", coalesce((c.spec->>'postDays')::int, 3) as "postDays",
            c.state = 'cancelled' as ended
       from invitation i
       join campaign c on c.id = i.campaign_id
       join person q on q.id = i.person_id
      where q.lead_id = $1
        and i.purpose = $2
        and i.state in ('released', 'answered')
      order by i.generation desc, i.id desc
      limit 1`,
    [person, purpose],
  )
  if (!invitation) return 'nobody'
  for (const channel of ['email', 'sms', 'letter'] as const) {
    if (invitation.ended) break // nothing of it leaves any more
    if (toldBy(now, channel, invitation, cutOff) > stays.startsAt) continue
    if (!(await tellKept(tx, invitation.id, stays.id, channel, now))) continue
    if (channel === 'letter')
      await reopenFinished(tx, { sql: 'select $1::bigint as id', values: [invitation.campaignId] })
    return channel
  }
  return (await callFromClinic(tx, invitation.id, stays.clinicId, 'moved-time', now))
    ? 'call'
    : 'nobody'
}

const cancelThere = (tx: Db, outside: readonly number[]): Promise<Solved['cancelThere']> =>
  rows(
    tx,
    `select c.name as clinic, c.phone, o.reference
       from outside_booking o
       join slot s on s.id = o.slot_id
       join clinic c on c.id = s.clinic_id
      where o.id = any($1)
      order by o.id`,
    [outside],
  )
