import { row, run, type Db } from '../../db/pool.ts'
import { noticePriority } from '../../jobs/queues.ts'
import { reopenFinished, sends } from '../../ledger/campaigns.ts'
import { rerouteInvitations } from '../../ledger/invitations.ts'
import { queueMessages, recallMessages } from '../../ledger/messages.ts'
import { hasEmail, hasMobile } from '../../people/contact.ts'
import { firstSteps } from '../message-kind.ts'

/**
 * A message that ends so did not reach its person, but another channel may. (Who died, is protected or has said no is
 * reached by none.)
 */
const channelFaults = [
  'no-mobile',
  'no-email',
  'bad-address',
  'address-too-wide',
  'missing-glyph',
  'letter-too-long',
  'post-returned',
]

/**
 * For people that a channel did not reach (the provider gave up, the letter came back, or there was no usable address
 * at the last look), the next line of the campaign's channel plan takes over: the first after the person's own whose
 * contacts the person has now and whose channels have not been tried; of a notice, any line that has not been tried. A letter must come before a fixed time. What is
 * queued of the old line is recalled. Whoever has no line left is withdrawn as before (sweep.ts).
 * @returns how many people another channel took over for
 */
export async function takeNextChannel(tx: Db, now: Date): Promise<number> {
  await run(tx, `select pg_advisory_xact_lock(hashtext('next-channel'))`) // two sweeps at once
  await run(
    tx,
    `create temp table taken_over on commit drop as
     with lost as (
       select i.id, i.campaign_id, i.person_id, i.route, i.appointment_id
         from (select distinct invitation_id as id from message where lost and step = any($3)) l
        cross join lateral (select * from invitation where id = l.id and state = 'released' offset 0) i
         join campaign c on c.id = i.campaign_id and (c.state = 'finished' or ${sends('c')})
        cross join lateral (
              select state, reason, lost
                from message
               where invitation_id = i.id
                 and step = any($3)
              offset 0) m
        group by i.id, i.campaign_id, i.person_id, i.route, i.appointment_id
       having bool_and(m.lost)
          and bool_or(m.state = 'failed' or m.reason = any($2::text[]))
          and bool_and(m.state = 'failed' or m.reason = any($2::text[] || '{next-channel}'::text[]))
     ), line as (
       select l.id, l.campaign_id, l.person_id, l.appointment_id, plan.line, plan.place
         from lost l
         join campaign c on c.id = l.campaign_id
        cross join jsonb_array_elements(c.spec->'channels') with ordinality as plan(line, place)
        where c.way = 'notice' -- its lines are all one step: whichever has not been tried
           or plan.place > (
                select x.place
                  from jsonb_array_elements(c.spec->'channels') with ordinality as x(line, place)
                 where x.line->>'route' = l.route)
     )
     select distinct on (n.id) n.id, n.campaign_id, n.line
       from line n
       join person p on p.id = n.person_id
       join campaign c on c.id = n.campaign_id
       left join appointment a on a.id = n.appointment_id
       left join slot s on s.id = a.slot_id
      where p.same_as is null
        and (not n.line->'needs' ? 'email' or ${hasEmail})
        and (not n.line->'needs' ? 'mobile' or ${hasMobile})
        and (not n.line->'needs' ? 'address'
             or coalesce(
                  p.special_address,
                  p.registered_address,
                  case when (c.spec->>'abroad')::boolean then p.foreign_address end
                ) <> coalesce(p.returned_address, '{}'))
        and (s.starts_at is null
             or s.starts_at > $1::timestamptz + case
                  when n.line->'needs' ? 'address'
                  then make_interval(days => coalesce((c.spec->>'postDays')::int, 3))
                  else interval '1 hour' end)
        and exists (
              select from jsonb_array_elements(n.line->'steps') st
               where st->>'step' = any($3))
        and not exists (
              select from jsonb_array_elements(n.line->'steps') st
                join message m
                  on m.invitation_id = n.id
                 and m.step = st->>'step'
                 and m.channel = st->>'channel'
               where st->>'step' = any($3))
      order by n.id, n.place`,
    [now, channelFaults, firstSteps],
  )
  if (!(await row(tx, 'select from taken_over limit 1'))) return 0
  await recallMessages(tx, { sql: 'select id from taken_over', values: [] }, 'next-channel', [
    ...firstSteps,
    'reminder',
  ])
  await queueMessages(
    tx,
    {
      sql: `select i.id as invitation_id,
                   st->>'step' as step, st->>'channel' as channel, st->>'template' as template,
                   case when c.way = 'notice' then ${noticePriority} else 100 end as priority,
                   $1::timestamptz + make_interval(days => coalesce((st->>'after')::int, 0)) as due_at
              from taken_over t
              join invitation i on i.id = t.id
              join campaign c on c.id = i.campaign_id
              cross join jsonb_array_elements(t.line->'steps') st
             where not exists (
                     select from message m
                      where m.purpose = i.purpose
                        and m.person_id = i.person_id
                        and m.generation = i.generation
                        and m.step = st->>'step'
                        and m.channel = st->>'channel'
                        and m.appointment_id is null)`,
      values: [now],
      extra: ['priority'],
    },
    now,
  )
  const routes = `select id, line->>'route' as route from taken_over`
  await rerouteInvitations(tx, { sql: routes, values: [] })
  await reopenFinished(tx, { sql: 'select distinct campaign_id as id from taken_over', values: [] })
  await run(
    tx,
    `insert into campaign_event (campaign_id, at, actor, event, details)
     select campaign_id, $1, 'kallelse', 'next-channel',
            jsonb_build_object('route', line->>'route', 'people', count(*))
       from taken_over
      group by campaign_id, line->>'route'`,
    [now],
  )
  return (await row<{ n: number }>(tx, 'select count(*)::int as n from taken_over'))!.n
}
