import { row, type Db } from '../db/pool.ts'
import type { Due } from '../messages/claim.ts'
import { hasDied, hasOptedOut } from '../people/all-records.ts'

interface Invited {
  state: string
  reason: string | null
  route: string | null
  language: string | null
  replacesReleasedAt: Date | null
  clinic: Due['clinic']
  startsAt: Date | null
}

const clinic = `case when k.id is not null then jsonb_build_object(
              'name', k.name, 'street', k.street, 'postcode', k.postcode, 'town', k.town,
              'phone', k.phone, 'phoneHours', k.phone_hours) end`

/**
 * What a campaign has planned for a person; undefined before its plan, and for people who are not in it.
 * @param personId the leading record's
 */
export const invitationFor = (
  db: Db,
  campaignId: number,
  personId: number,
): Promise<Invited | undefined> =>
  row<Invited>(
    db,
    `select i.state, i.reason, i.route, i.language,
            earlier.released_at as "replacesReleasedAt", s.starts_at as "startsAt",
            ${clinic} as clinic
       from invitation i
       left join invitation earlier on earlier.id = i.replaces_id
       left join appointment a on a.id = i.appointment_id
       left join slot s on s.id = a.slot_id
       left join clinic k on k.id = s.clinic_id
      where i.campaign_id = $1
        and i.person_id in (select id from person where lead_id = $2)
      order by i.generation desc
      limit 1`,
    [campaignId, personId],
  )

interface Person {
  person: Due['person']
  /** where they are listed */
  clinic: Due['clinic']
  /** why nothing would be sent to them now, whatever the plan says (messages/claim.ts), or null */
  stop: 'deceased' | 'gone-from-register' | 'opted-out' | null
}

/** What a message is composed of. */
export const recipientOf = async (db: Db, personId: number): Promise<Person> =>
  (await row<Person>(
    db,
    `select jsonb_build_object(
              'givenName', p.given_name, 'familyName', p.family_name, 'phone', p.phone, 'email', p.email,
              'registered', p.registered_address, 'special', p.special_address,
              'foreign', p.foreign_address, 'largePrint', p.large_print) as person,
            ${clinic} as clinic,
            case when ${hasDied('p')} then 'deceased'
                 when p.gone_since is not null then 'gone-from-register'
                 when ${hasOptedOut('p')} then 'opted-out' end as stop
       from person p
       left join clinic k on k.hsa_id = p.listed_clinic
      where p.id = $1`,
    [personId],
  ))!
