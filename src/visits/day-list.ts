import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { needsOf } from '../people/needs.ts'
import { unprotected } from '../people/protection.ts'

export interface Visitor {
  appointmentId: number
  personId: number
  startsAt: Date
  state: 'booked' | 'attended' | 'no-show'
  /** to the reminder */
  reply: 'confirmed' | 'wants-to-cancel' | null
  /** what the visit is for, in Swedish words as in the letters */
  what: string
  /** null for people with protected identity: the clinic looks them up in its own records */
  person: { name: string; identityNumber: string; language: string; needs: string[] } | null
}

export interface ClinicDay {
  clinic: string
  /** in the order they come */
  visitors: Visitor[]
}

/**
 * A clinic's day for a paper list: who comes and when, for what, in which language and with which needs. People with
 * protected identity, on any of their records, have a time but no name. Each is noted in the access log, as by
 * `dayList` (attendance.ts).
 * @param day YYYY-MM-DD
 * @throws Refused unknown-clinic
 */
export async function clinicDay(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  hsaId: string,
  day: string,
  actor: string,
): Promise<ClinicDay> {
  return transaction(pool, async (tx) => {
    const clinic = await row<{ id: number; name: string }>(
      tx,
      'select id, name from clinic where hsa_id = $1',
      [hsaId],
    )
    if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
    const visitors = await visitorsOf(tx, clinic.id, day)
    await run(
      tx,
      `insert into access_log (at, actor, unit, action, person_id)
       select $2, $3, $4, 'day list', unnest($1::bigint[])`,
      [visitors.map((visitor) => visitor.personId), clock.now(), actor, hsaId],
    )
    return { clinic: clinic.name, visitors }
  })
}

const visitorsOf = (db: Db, clinicId: number, day: string): Promise<Visitor[]> =>
  rows<Visitor>(
    db,
    `select a.id as "appointmentId", p.id as "personId", s.starts_at as "startsAt", a.state, a.reply,
            coalesce(
              (select c.spec->'what'->>'sv' from campaign c
                where c.purpose = a.purpose
                order by c.id desc
                limit 1),
              a.purpose) as what,
            case when ${unprotected('p.lead_id')}
                 then jsonb_build_object(
                        'name', p.given_name || ' ' || p.family_name,
                        'identityNumber', p.identity_number,
                        'language', p.language,
                        'needs', to_jsonb(${needsOf('p.lead_id')}))
            end as person
       from appointment a
       join slot s on s.id = a.slot_id
       join person p on p.id = a.person_id
      where s.clinic_id = $1
        and a.state in ('booked', 'attended', 'no-show')
        and (s.starts_at at time zone 'Europe/Stockholm')::date = $2::date
      order by s.starts_at, a.id`,
    [clinicId, day],
  )
