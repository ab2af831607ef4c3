import type pg from 'pg'
import type { CampaignSpec } from '../campaigns/spec.ts'
import type { Clock } from '../clock.ts'
import { rows, run, transaction, type Db } from '../db/pool.ts'
import type { Jobs } from '../jobs/boss.ts'
import { queueMessages } from '../ledger/messages.ts'
import { hasEmail, hasMobile } from '../people/contact.ts'
import { tellPhonesApart } from '../reserve/offer-messages.ts'

type Reminder = CampaignSpec['reminders'][number]

/** Whole hours of the day, Swedish time, in which no SMS leaves; the same hour twice means never. */
export interface Quiet {
  from: number
  to: number
}

/**
 * SQL: when a reminder of a slot `s` is due: `before` ($2) its time, by the clock in Sweden. An SMS whose moment is in
 * quiet hours ($6 to $7) leaves when they end. Where fewer than four hours would be left then (a visit at 8.10 or
 * 10.30 and a reminder of three hours, quiet until 8) it is due an hour before they begin instead, the evening before:
 * all of an evening's reminders must have left by then.
 */
const dueAt = `(
  select (case when $3::text = 'sms' and quiet.now and moment.visit - quiet.until < interval '4 hours'
            then quiet.since - interval '1 hour'
            else moment.at end) at time zone 'Europe/Stockholm' as at
    from (select s.starts_at at time zone 'Europe/Stockholm' as visit,
                 s.starts_at at time zone 'Europe/Stockholm' - $2::text::interval as at) moment
   cross join lateral (
         select moment.at::date + $6::int * interval '1 hour' as evening,
                moment.at::date + $7::int * interval '1 hour' as morning) today
   cross join lateral (
         select case when $6::int <= $7::int then moment.at >= today.evening and moment.at < today.morning
                     else moment.at >= today.evening or moment.at < today.morning end as now,
                case when $6::int > $7::int and moment.at < today.morning
                  then today.evening - interval '1 day'
                  else today.evening end as since,
                case when $6::int > $7::int and moment.at >= today.evening
                  then today.morning + interval '1 day'
                  else today.morning end as until) quiet)`

/**
 * Makes the reminders of times that are so near now, as each campaign's file says: set by set, and each once an
 * appointment and rule (step `appointment-reminder:<appointment>:<before>`). By SMS the person is asked to confirm. Who
 * got the time after the moment of the reminder needs none; nor does anybody within two hours of the time.
 * @param quiet hours that an SMS would have to wait through
 * @returns how many were made
 */
export async function askReminders({
  pool,
  clock,
  jobs,
  quiet,
}: {
  pool: pg.Pool
  clock: Clock
  jobs: Jobs
  quiet: Quiet
}): Promise<number> {
  const campaigns = await rows<{ id: number; reminders: Reminder[] }>(
    pool,
    `select id, spec->'reminders' as reminders
       from campaign
      where state in ('running', 'finished')
        and jsonb_array_length(coalesce(spec->'reminders', '[]')) > 0`,
  )
  let made = 0
  for (const { id, reminders } of campaigns) {
    for (const reminder of reminders)
      made += await transaction(pool, (tx) => ask(tx, jobs, id, reminder, quiet, clock.now()))
  }
  return made
}

async function ask(
  tx: Db,
  jobs: Jobs,
  campaignId: number,
  { before, channel, template }: Reminder,
  quiet: Quiet,
  now: Date,
): Promise<number> {
  // two sweeps at once: the second sees what the first made
  await run(tx, `select pg_advisory_xact_lock(hashtext('appointment reminders'))`)
  const { total: made } = await queueMessages(
    tx,
    {
      sql: `select i.id as invitation_id,
                   'appointment-reminder:' || a.id || ':' || $2::text as step,
                   $3::text as channel,
                   $4::text as template, 50 as priority, $5::timestamptz as due_at, a.id as appointment_id,
                   case when $3 = 'sms' then lpad(nextval('offer_code')::text, 4, '0') end as answer_code
              from slot s
              cross join lateral (
                     select * from appointment where slot_id = s.id and state = 'booked' and reply is null offset 0) a
              cross join lateral (select * from invitation where appointment_id = a.id offset 0) i
              join person p on p.id = i.person_id
              cross join lateral ${dueAt} reminder
             where i.campaign_id = $1
               and i.state in ('released', 'answered')
               and s.starts_at > $5::timestamptz + interval '2 hours'
               and s.starts_at < $5::timestamptz + $2::text::interval + interval '1 day' -- for the planner
               and reminder.at <= $5
               and reminder.at > greatest(a.made_at, i.released_at)
               and case $3
                     when 'sms' then ${hasMobile}
                     else ${hasEmail}
                   end
               and not exists (
                     select from message m
                      where m.appointment_id = a.id
                        and m.channel = $3
                        and m.step = 'appointment-reminder:' || a.id || ':' || $2::text)`,
      values: [campaignId, before, channel, template, now, quiet.from, quiet.to],
      extra: ['priority', 'appointment_id', 'answer_code'],
    },
    now,
  )
  if (!made) return 0
  if (channel === 'sms') await tellPhonesApart(tx, now)
  await jobs.wake(tx, channel)
  return made
}
