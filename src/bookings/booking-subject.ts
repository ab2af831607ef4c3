import type { Db } from '../db/pool.ts'
import { prepared } from '../db/pool.ts'
import { hasDied } from '../people/all-records.ts'
import { needsOf } from '../people/needs.ts'
import { unprotected } from '../people/protection.ts'
import { clinicOf, type ClinicOf, type Search } from './find.ts'

/** A person and a purpose, with the invitation if there is one: what a booking, a move or a cancellation is about. */
export interface BookingSubject {
  personId: number
  /** the person's record and those linked to it */
  records: number[]
  purpose: string
  needs: string[]
  listedClinic: string | null
  /** the time they have, when the subject was looked up */
  booked: Booked | null
  invitation: {
    id: number
    code: string
    state: string
    way: 'open' | 'timed'
    area: string
    firstDay: string | null
    lastDay: string | null
  } | null
}

/** The time somebody has, with all that a confirmation or a calendar needs. */
export interface Booked {
  appointmentId: number
  state: 'booked' | 'attended'
  slotId: number
  startsAt: Date
  minutes: number
  clinic: ClinicOf
  /** a confirmation by e-mail is on its way or has been sent */
  mailed: boolean
}

/** Booked, of these records and this purpose. @param records SQL: an array; @param purpose SQL */
const bookedSql = (records: string, purpose: string) => `
  select a.id as "appointmentId", a.state, s.id as "slotId", s.starts_at as "startsAt", s.minutes,
         ${clinicOf} as clinic,
         exists (
           select from message m
            where m.appointment_id = a.id
              and m.step = 'confirmation'
              and m.state not in ('failed', 'suppressed', 'recalled')) as mailed
    from appointment a
    join slot s on s.id = a.slot_id
    join clinic c on c.id = s.clinic_id
   where a.person_id = any(${records})
     and a.purpose = ${purpose}
     and a.state in ('booked', 'attended')
   order by a.id
   limit 1`

const records = 'array(select r.id from person r where r.lead_id = l.id order by 1)'

/** Of the leading record `l`. @param purpose SQL */
const columns = (purpose: string) => `
  l.id as "personId",
  ${records} as records,
  ${needsOf('l.id')} as needs,
  l.listed_clinic as "listedClinic",
  (select to_jsonb(b) from (${bookedSql(records, purpose)}) b) as booked`
const invitation = `
  jsonb_build_object(
    'id', i.id, 'code', i.code, 'state', i.state, 'way', k.way, 'area', i.area,
    'firstDay', k.spec->'slots'->>'from', 'lastDay', k.spec->'slots'->>'to')`
const bookable = `i.state in ('released', 'answered', 'expired', 'declined')`

/**
 * People that a page or a phone call may be about: alive, and not protected since (nobody is told where they will be).
 */
const reachable = `not ${hasDied('l')} and ${unprotected('l.id')}`

/**
 * What the code of a letter stands for. An earlier letter's code leads to the invitation that replaced it: people who
 * kept the old letter are helped too.
 * @param birth YYYYMMDD or YYMMDD that must be right; null: not asked (a clinic on the phone)
 */
export function subjectByCode(
  db: Db,
  code: string,
  birth: string | null,
): Promise<BookingSubject | undefined> {
  return lookUp(
    db,
    `select ${columns('i.purpose')}, i.purpose, ${invitation} as invitation
       from invitation g
       join person p on p.id = g.person_id
       join person l on l.id = p.lead_id
       join lateral (
         select i.*
           from invitation i
          where i.purpose = g.purpose
            and i.person_id = any(array[g.person_id, l.id])
            and ${bookable}
          order by i.id = g.id desc, i.generation desc
          limit 1) i
         on g.state in ('released', 'answered', 'expired', 'declined', 'superseded')
       join campaign k on k.id = i.campaign_id
      where g.code = $1
        and k.way <> 'notice'
        and ${reachable}
        and ($2::text is null
             or to_char(l.birth_date, case length($2) when 8 then 'YYYYMMDD' else 'YYMMDD' end) = $2)`,
    [code, birth],
  )
}

/** What a session is about: the invitation that it began with, looked up again. */
export function subjectByInvitation(
  db: Db,
  invitationId: number,
): Promise<BookingSubject | undefined> {
  return lookUp(
    db,
    `select ${columns('i.purpose')}, i.purpose, ${invitation} as invitation
       from invitation i
       join campaign k on k.id = i.campaign_id
       join person p on p.id = i.person_id
       join person l on l.id = p.lead_id
      where i.id = $1
        and ${bookable}
        and ${reachable}`,
    [invitationId],
  )
}

/** For somebody who calls without a letter. @param identityNumber 12 characters */
export function subjectByNumber(
  db: Db,
  identityNumber: string,
  purpose: string,
): Promise<BookingSubject | undefined> {
  return lookUp(
    db,
    `select ${columns('$2')}, $2::text as purpose,
            (select ${invitation}
               from invitation i
               join campaign k on k.id = i.campaign_id
               join person q on q.id = i.person_id
              where q.lead_id = l.id
                and i.purpose = $2
                and ${bookable}
              order by i.generation desc, i.id desc
              limit 1) as invitation
       from person p
       join person l on l.id = p.lead_id
      where p.identity_number = $1
        and ${reachable}`,
    [identityNumber, purpose],
  )
}

/** What a look-up yields: within `booked` the time is still text. */
type Found = Omit<BookingSubject, 'booked'> & {
  booked: (Omit<Booked, 'startsAt'> & { startsAt: string }) | null
}

async function lookUp(
  db: Db,
  sql: string,
  values: readonly unknown[],
): Promise<BookingSubject | undefined> {
  const [found] = await prepared<Found>(db, sql, values)
  if (!found) return undefined
  const { booked, ...subject } = found
  return { ...subject, booked: booked && { ...booked, startsAt: new Date(booked.startsAt) } }
}

/** The time somebody has now. */
export const bookedBy = async (
  db: Db,
  subject: Pick<BookingSubject, 'records' | 'purpose'>,
): Promise<Booked | undefined> =>
  (await prepared<Booked>(db, bookedSql('$1', '$2'), [subject.records, subject.purpose]))[0]

/** What times this person may have. A clinic on the phone may look in another area. */
export const searchFor = (
  subject: BookingSubject,
  from: Date,
  area = subject.invitation?.area ?? '',
): Search => ({
  area,
  from,
  firstDay: subject.invitation?.firstDay ?? null,
  lastDay: subject.invitation?.lastDay ?? null,
  listedClinic: subject.listedClinic,
  noCentral: subject.needs.includes('anaphylaxis'),
})
