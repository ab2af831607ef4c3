import type { CampaignSpec } from '../campaigns/spec.ts'
import { rows, run, type Db } from '../db/pool.ts'
import { hasEmail, hasMobile } from '../people/contact.ts'
import { firstTimes } from '../release/model/arrival.ts'

// When people know of a change: a new time keeps the campaign's least notice, and the old one must be called off in time.

/** What a message sent now can tell the people of a campaign's route. */
export interface Telling {
  campaign: number
  route: string
  /** the first new time that they may get */
  earliest: Date
  /** the first moment at which they can know */
  known: Date
}

const atOnce = (spec: CampaignSpec): CampaignSpec => ({
  ...spec,
  channels: spec.channels.map((line) => ({
    ...line,
    steps: line.steps.map((step) => ({ ...step, after: 0 })),
  })),
})

/** For each route of all campaigns with people who have been invited. @param cutOff of the print supplier, HH:MM */
export async function tellingNow(
  db: Db,
  now: Date,
  cutOff: string | undefined,
): Promise<Telling[]> {
  const campaigns = await rows<{ id: number; spec: CampaignSpec }>(
    db,
    `select id, spec
       from campaign
      where way <> 'notice'
        and state not in ('draft', 'approved')
      order by id`,
  )
  // Campaigns are many after a year of reissues, and their channel plans few.
  const byPlan = new Map<string, Omit<Telling, 'campaign'>[]>()
  return campaigns.flatMap(({ id, spec }) => {
    const { channels, postDays, leastNotice } = spec
    const plan = JSON.stringify([channels, postDays, leastNotice])
    const told = byPlan.get(plan) ?? toldByRoute(spec, now, cutOff)
    byPlan.set(plan, told)
    return told.map((route) => ({ campaign: id, ...route }))
  })
}

function toldByRoute(
  spec: CampaignSpec,
  now: Date,
  cutOff: string | undefined,
): Omit<Telling, 'campaign'>[] {
  const { leastNotice: _, ...bare } = atOnce(spec)
  const known = new Map(firstTimes(bare, now, cutOff).map((t) => [t.route, t.earliest]))
  return firstTimes(atOnce(spec), now, cutOff).map(({ route, earliest }) => ({
    route,
    earliest,
    known: known.get(route)!,
  }))
}

/** How people are told whose old time comes before a letter can; they get the letter as well. */
export interface ToldInTime {
  sms: number
  email: number
  /** the clinic calls them */
  call: number
}

/**
 * Decides for each of `moving` who has been told of a time (write.ts, makeMoving) whether their route tells them of the
 * change before that time. If not, an SMS goes too, else an e-mail, whatever the channel plan says; who has neither, or
 * whose time is within the hour, is called.
 */
export async function decideHowToTell(
  tx: Db,
  telling: readonly Telling[],
  now: Date,
): Promise<ToldInTime> {
  await run(tx, 'alter table moving add column also text, add column from_clinic bigint')
  await run(
    tx,
    `update moving v
        set from_clinic = s.clinic_id,
            also = case
              when coalesce(t.known, $2::timestamptz) <= s.starts_at then null
              when s.starts_at < $2::timestamptz + interval '1 hour' then 'call'
              when ${hasMobile} then 'sms'
              when ${hasEmail} then 'email'
              else 'call' end
       from appointment a
       join slot s on s.id = a.slot_id,
            person p,
            moving w
       left join jsonb_to_recordset($1::jsonb) as t(campaign bigint, route text, known timestamptz)
         on t.campaign = w.campaign_id and t.route = w.route
      where v.told
        and a.id = v.appointment_id
        and p.id = v.person_id
        and w.appointment_id = v.appointment_id`,
    [JSON.stringify(telling), now],
  )
  const told = { sms: 0, email: 0, call: 0 }
  for (const { also, n } of await rows<{ also: keyof ToldInTime; n: number }>(
    tx,
    `select also, count(*)::int as n
       from moving
      where also is not null
      group by also`,
  ))
    told[also] = n
  return told
}

/** Puts those who must be called on the list of the clinic they would have come to. */
export const callWhoMustBeCalled = (tx: Db, campaignId: number, now: Date): Promise<number> =>
  run(
    tx,
    `insert into call_list (invitation_id, person_id, clinic_id, why, added_at, next_try)
     select i.id, i.person_id, v.from_clinic,
            case when v.to_slot_id is null then 'lost-time' else 'moved-time' end, $2, $2
       from invitation i
       join moving v on v.invitation_id = i.replaces_id
      where i.campaign_id = $1
        and v.also = 'call'`,
    [campaignId, now],
  )
