import type pg from 'pg'
import type { CampaignSpec } from '../campaigns/spec.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { row, run } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { unprotected } from '../people/protection.ts'

interface Found {
  personId: number
  name: string
  area: string
  spec: CampaignSpec
  clinic: {
    name: string
    street: string
    postcode: string
    town: string
    phone: string
    phoneHours: string
  }
}

/**
 * The facts that a call is made with: those of the campaign's letters and messages. Noted in the access log.
 * @throws Refused unknown-call
 */
export async function callFacts(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  callId: number,
  config: Config,
  actor: string,
) {
  const found = await row<Found>(
    pool,
    `select p.id as "personId", p.given_name || ' ' || p.family_name as name, k.area, c.spec,
            jsonb_build_object(
              'name', k.name, 'street', k.street, 'postcode', k.postcode, 'town', k.town, 'phone', k.phone,
              'phoneHours', coalesce(nullif(k.phone_hours, ''), $2)) as clinic
       from call_list l
       join person p on p.id = l.person_id and ${unprotected('p.lead_id')}
       join invitation i on i.id = l.invitation_id
       join campaign c on c.id = i.campaign_id
       join clinic k on k.id = l.clinic_id
      where l.id = $1`,
    [callId, config.REGION_PHONE_HOURS],
  )
  if (!found) throw new Refused('unknown-call', `There is no call ${callId}.`)
  await run(
    pool,
    `insert into access_log (at, actor, action, person_id) values ($1, $2, 'call script', $3)`,
    [clock.now(), actor, found.personId],
  )
  const facts = {
    region: {
      name: config.REGION_NAME,
      phone: config.REGION_PHONE,
      phoneHours: config.REGION_PHONE_HOURS,
      website: config.REGION_WEBSITE,
      signer: found.spec.signer,
    },
    person: { name: found.name },
    what: found.spec.what,
    clinic: found.clinic,
    check: { code: '-', url: config.PUBLIC_URL },
    campaignDate: clock.now(),
  }
  return { facts, area: found.area }
}
