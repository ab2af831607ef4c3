import type { CampaignSpec } from '../campaigns/spec.ts'
import type { CohortQuery } from '../cohorts/compile.ts'
import { run, type Db } from '../db/pool.ts'
import { insertInvitations, planSql } from '../ledger/invitations.ts'
import { hasDied, hasOptedOut, isHidden } from '../people/all-records.ts'
import { hasEmail, hasMobile } from '../people/contact.ts'
import { whoGotIt } from './correct-target.ts'

/**
 * Who a notice is for, for this transaction: by which route, in which language, about which message if it is a
 * correction, and whether they surely got it.
 */
export const makeAddressees = (tx: Db): Promise<number> =>
  run(
    tx,
    `create temporary table addressee (
       person_id bigint primary key, route text, language text not null, message_id uuid, sure boolean not null
     ) on commit drop`,
  )

/** An audience: everybody in the cohort, each by the first route that reaches them. */
export function addAudience(tx: Db, cohort: CohortQuery, spec: CampaignSpec): Promise<number> {
  const values = [...cohort.values, spec.languages]
  const languages = `$${values.length}::text[]`
  const reached: Record<string, string> = {
    letter: `coalesce(p.special_address, p.registered_address${spec.abroad ? ', p.foreign_address' : ''}) is not null`,
    sms: hasMobile,
    email: hasEmail,
  }
  const routes = spec.channels.map(({ route }) => `when ${reached[route]} then '${route}'`)
  return run(
    tx,
    `insert into addressee (person_id, route, language, sure)
     select p.id,
            case ${routes.join(' ')} end,
            case when p.language = 'sv' and p.easy_read and 'sv-simple' = any(${languages}) then 'sv-simple'
                 when p.language = any(${languages}) then p.language
                 else 'sv' end,
            true
       from (${cohort.sql}) m
       join person p on p.id = m.id`,
    values,
  )
}

/** Those who got what a correction is of; of one for the region's pages only nobody. */
export async function addWhoGotIt(tx: Db, spec: CampaignSpec): Promise<void> {
  if (spec.channels.length === 0) return
  await run(
    tx,
    `insert into addressee (person_id, route, language, message_id, sure)
     select person_id, channel, language, message_id, sure
       from (${whoGotIt}) x`,
  )
}

/**
 * Makes an invitation of each addressee: planned, left out with the reason, or (a correction of something that may or
 * may not have left) waiting. Where a household shares one message, its eldest member who can be reached gets it. Each
 * keeps which message it corrects.
 * @returns how many there are
 */
export async function inviteAddressees(
  tx: Db,
  campaign: { id: number; purpose: string; spec: CampaignSpec },
  now: Date,
): Promise<number> {
  await run(tx, 'analyze addressee')
  const people = await insertInvitations(
    tx,
    campaign,
    {
      sql: judgedAddressees,
      values: [campaign.purpose, campaign.spec.notice?.perHousehold ?? false, campaign.spec.abroad],
    },
    now,
  )
  if (campaign.spec.notice?.correction) {
    await run(
      tx,
      `insert into corrected_message (invitation_id, message_id)
       select i.id, a.message_id
         from invitation i
         join addressee a using (person_id)
        where i.campaign_id = $1
          and a.message_id is not null`,
      [campaign.id],
    )
  }
  if (campaign.spec.notice?.perHousehold) {
    await run(
      tx,
      `insert into household_share (invitation_id, told_by)
       select i.id, first.id
         from invitation i
         join person p on p.id = i.person_id
         join person q on q.household = p.household
         join invitation first
           on first.campaign_id = $1
          and first.person_id = q.id
          and first.state = 'planned'
        where i.campaign_id = $1
          and i.reason = 'household-told'`,
      [campaign.id],
    )
  }
  return people
}

/** $1: the purpose, $2: one message a household, $3: whether addresses abroad count */
const judgedAddressees = `
  with linked as (
    select same_as as person_id,
           bool_or(deceased_on is not null) as deceased,
           bool_or(protection <> 'none') as protected,
           bool_or(opted_out) as opted_out
      from person
     where same_as is not null
     group by same_as
  ), told as (
    select distinct p.lead_id as person_id
      from invitation i
      join person p on p.id = i.person_id
     where i.purpose = $1
       and i.state not in ('suppressed', 'waiting', 'withdrawn')
  ), judged as (
    select a.*, p.birth_date,
           case when $2 then coalesce(p.household, p.id::text) else p.id::text end as unit,
           case when p.deceased_on is not null or coalesce(l.deceased, false) then 'deceased'
                when p.emigrated_on is not null and not ($3 and p.foreign_address is not null) then 'moved-abroad'
                when p.gone_since is not null then 'gone-from-register'
                when p.protection <> 'none' or coalesce(l.protected, false) then 'protected'
                when p.opted_out or coalesce(l.opted_out, false) then 'opted-out'
                when t.person_id is not null then 'already-invited'
                when a.route is null then 'no-reachable-channel' end as reason
      from addressee a
      join person p on p.id = a.person_id
      left join linked l on l.person_id = p.id
      left join told t on t.person_id = p.id
  ), ranked as (
    select *,
           row_number() over (partition by unit, reason is null order by birth_date nulls last, person_id) as place,
           row_number() over (order by birth_date nulls last, person_id) as turn
      from judged
  )
  select person_id,
         1 as generation,
         null::bigint as replaces_id,
         case when reason is not null or place > 1 then 'suppressed'
              when sure then 'planned'
              else 'waiting' end as state,
         coalesce(reason, case when place > 1 then 'household-told' when not sure then 'in-doubt' end) as reason,
         'region' as area, turn as priority, route, language,
         null::bigint as appointment_id
    from ranked`

/**
 * When the person that a household's message was for can't be reached after all, the next member gets it.
 * @returns how many households it went on in
 */
export async function passOnInHouseholds(db: Db, now: Date): Promise<number> {
  const next = `
    select distinct on (h.told_by) h.told_by, h.invitation_id as id
      from household_share h
      join invitation first on first.id = h.told_by and first.state = 'withdrawn'
      join invitation i on i.id = h.invitation_id and i.state = 'suppressed' and i.reason = 'household-told'
      join campaign c on c.id = i.campaign_id and c.state = 'running'
      join person p on p.id = i.person_id
     where not ${hasDied('p')}
       and not ${isHidden('p')}
       and not ${hasOptedOut('p')}
       and p.same_as is null
     order by h.told_by, i.priority`
  return run(
    db,
    `with next as (${next}),
     others as (
       update household_share h
          set told_by = next.id
         from next
        where h.told_by = next.told_by
          and h.invitation_id <> next.id
     ), own as (
       delete from household_share h
        using next
        where h.invitation_id = next.id
     )
     ${planSql('next', '$1')}`,
    [now],
  )
}
