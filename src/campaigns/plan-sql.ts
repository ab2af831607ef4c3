import { hasEmail, hasMobile } from '../people/contact.ts'
import type { CampaignSpec } from './spec.ts'

const has = { email: 'email', mobile: 'mobile', address: 'address' } as const

/**
 * The SQL that gives each person of the temporary table `member` a state: invited by which route, in which language, or
 * left out for which reason. Pure; every value is a parameter, and only fixed words are put into the text.
 *
 * Someone with two records counts as one: what is known of a linked record counts for the leading one.
 */
export function classifyMembers(campaign: {
  id: number
  purpose: string
  way: string
  reissueOf: number | null
  spec: CampaignSpec
}): { sql: string; values: unknown[] } {
  const values: unknown[] = []
  const value = (v: unknown) => `$${values.push(v)}`
  const routes = campaign.spec.channels.map(
    (line) =>
      `when ${line.needs.map((need) => has[need]).join(' and ')} then ${value(line.route)}::text`,
  )
  const given: Given = {
    purpose: value(campaign.purpose),
    abroad: value(campaign.spec.abroad),
    languages: value(campaign.spec.languages),
    otherRoute: value(campaign.spec.otherRouteFor),
    reissueOf: value(campaign.reissueOf),
    onlyThoseWhoSearched: value(campaign.spec.reissueOf?.who === 'no-free-time'),
  }
  const sql = `
with ${served(given.purpose)}, known as (${known(given)}
), judged as (${judged(given, routes)}
), decided as (
  select *, coalesce('home ' || household, 'alone ' || id) as home,
         coalesce(reason, case when route is null then 'no-reachable-channel' end) as why
    from judged
), turns as (
  -- a household comes with the one of it who is due first
  select *, coalesce(min(birth_date) filter (where why is null) over (partition by home), birth_date) as due
    from decided
)
select id as person_id, area, route, language,
       row_number() over (order by due nulls last, home, birth_date nulls last, id) as priority,
       why as reason
  from turns`
  return { sql, values }
}

/** The parameters of the statement. */
interface Given {
  purpose: string
  abroad: string
  languages: string
  otherRoute: string
  reissueOf: string
  onlyThoseWhoSearched: string
}

/** What has happened to people for the purpose, on any of their records; and the release area of each municipality. */
const served = (purpose: string): string => `
booked as (
  select distinct p.lead_id as person_id
    from appointment a
    join person p on p.id = a.person_id
   where a.purpose = ${purpose}
     and a.state in ('booked', 'attended')
), dosed as (
  select distinct p.lead_id as person_id
    from dose d
    join person p on p.id = d.person_id
   where d.purpose = ${purpose}
), invited as (
  select distinct on (p.lead_id) p.lead_id as person_id, i.campaign_id, i.state, i.id, i.generation
    from invitation i
    join person p on p.id = i.person_id
   where i.purpose = ${purpose}
     and i.state not in ('suppressed', 'waiting', 'withdrawn')
   order by p.lead_id, i.generation desc
), linked as (
  select same_as as person_id,
         bool_or(deceased_on is not null) as deceased,
         bool_or(protection <> 'none') as protected,
         bool_or(opted_out) as opted_out
    from person
   where same_as is not null
   group by same_as
), home as (
  select municipality, min(area) as area
    from clinic
   group by municipality
)`

/** What decides about each member. */
const known = ({
  purpose,
  abroad,
  languages,
  otherRoute,
  reissueOf,
  onlyThoseWhoSearched,
}: Given): string => `
  select p.id, p.birth_date, p.household,
         p.deceased_on is not null or coalesce(l.deceased, false) as deceased,
         p.emigrated_on is not null and not (${abroad} and p.foreign_address is not null) as moved_abroad,
         p.gone_since is not null as gone,
         p.protection <> 'none' or coalesce(l.protected, false) as protected,
         p.opted_out or coalesce(l.opted_out, false) as opted_out,
         dosed.person_id is not null as dosed,
         booked.person_id is not null as booked,
         p.needs && ${otherRoute}::text[]
           and not exists (
             select from ordination o
              where o.person_id = p.id
                and o.purpose = ${purpose}
                and o.state = 'wants-clinic') as other_route,
         ${hasEmail} as email,
         ${hasMobile} as mobile,
         coalesce(
           coalesce(p.special_address, p.registered_address, case when ${abroad} then p.foreign_address end)
             <> coalesce(p.returned_address, '{}'), -- not one that post came back from
           false) as address,
         coalesce(listed.area, home.area) as area,
         case when p.language = 'sv' and p.easy_read and 'sv-simple' = any(${languages}::text[]) then 'sv-simple'
              when p.language = any(${languages}::text[]) then p.language
              else 'sv' end as language,
         invited.id is not null as invited,
         ${reissueOf}::bigint is not null and coalesce(
           invited.campaign_id = ${reissueOf}
             and invited.state in ('released', 'expired')
             and (not ${onlyThoseWhoSearched} or exists (
               select from failed_search f
                where f.invitation_id = invited.id)),
           false) as concerned
    from member
    join person p on p.id = member.person_id
    left join linked l on l.person_id = p.id
    left join booked on booked.person_id = p.id
    left join dosed on dosed.person_id = p.id
    left join invited on invited.person_id = p.id
    left join clinic listed on listed.hsa_id = p.listed_clinic
    left join home on home.municipality = p.municipality`

/** The first reason that holds is the one that is given. */
const judged = ({ reissueOf }: Given, routes: readonly string[]): string => `
  select *,
         case ${routes.join(' ')} end as route,
         case when deceased then 'deceased'
              when moved_abroad then 'moved-abroad'
              when gone then 'gone-from-register'
              when protected then 'protected'
              when opted_out then 'opted-out'
              when dosed then 'already-vaccinated'
              when booked then 'already-booked'
              when ${reissueOf}::bigint is not null and not concerned then 'not-concerned'
              when ${reissueOf}::bigint is null and invited then 'already-invited'
              when other_route then 'needs-other-route'
              when area is null then 'no-clinic' end as reason
    from known`
