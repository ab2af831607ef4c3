import { movedReason } from '../campaigns/moved.ts'
import type { CampaignSpec } from '../campaigns/spec.ts'
import { rows, type Db } from '../db/pool.ts'
import { sends } from '../ledger/campaigns.ts'
import type { Address } from '../people/address.ts'
import { hasDied, hasOptedOut, isHidden } from '../people/all-records.ts'
import { hasEmail, hasMobile } from '../people/contact.ts'
import { readWhatOpens } from './stored-letters.ts'

/**
 * A message with all that it is composed from, read at the moment it is claimed: nothing older decides what is sent.
 */
export interface Due {
  id: string
  campaignId: number
  personId: number
  channel: 'letter' | 'sms' | 'email'
  /**
   * invitation, reminder, confirmation, queue, or what it is about: reserve-offer:<offer>,
   * appointment-reminder:<appointment>:<before>
   */
  step: string
  language: string
  template: string
  checkCode: string
  priority: number
  dueAt: Date
  attempts: number
  /** when it was last claimed, or the restored point since which the provider has been asked about it */
  sendingSince: Date | null
  /** since when it has been refused for a passing reason of its own */
  refusedSince: Date | null
  /** on a retry: the very bytes and recipient of the first try */
  content: Buffer | null
  /** of a letter: where its bytes are kept */
  keptIn: number | null
  keptLine: number | null
  recipient: string | null
  /** why it must not be sent after all, or null */
  stop: string | null
  spec: CampaignSpec
  cohortSize: number
  bookingCode: string
  replacesReleasedAt: Date | null
  person: {
    givenName: string
    familyName: string
    phone: string | null
    email: string | null
    registered: Address | null
    special: Address | null
    foreign: Address | null
    largePrint: boolean
  }
  clinic: {
    name: string
    street: string
    postcode: string
    town: string
    phone: string
    phoneHours: string
  } | null
  startsAt: Date | null
  minutes: number | null
  appointmentId: number | null
  /** the time that the person had and that had to be moved */
  wasAt: Date | null
  wasWhere: string | null
  /** the invitation that this one replaces led to a search that found no time */
  searchedInVain: boolean
  /** a correction: when the message that it supersedes was sent, or the date in it if it was a letter */
  supersededAt: Date | null
  /** it is a time of heightened fraud, and this is no fraud warning itself: the warning goes with it */
  heightened: boolean
  /** for a message that asks for JA or NEJ: the code when it must be said, and until when an answer counts */
  answer: { code: string | null; clinicCode: string; by: Date | null } | null
}

const moved = movedReason('i')

const aboutInvitation = '(m.offer_id is null and m.appointment_id is null)'

// All records of the person `p`. As an array it is looked up first: joined, a planner that expects few rows reads all
// bookings and doses of the purpose for each message instead.
const records = 'array(select q.id from person q where q.lead_id = p.id)'

/**
 * In SQL that has `m` message, `c` campaign, `i` invitation, `p` person and the time now as $2. Why a message that
 * was due must not leave now: looked up again at each claim and, for letters, once more before hand-over (promise 5:
 * also those who died in between). What has a key is asked as `(select …)`: of `exists` the planner makes a table of
 * all rows when it expects to ask often.
 */
export const stopReason = `
  case when ${hasDied('p')} then 'deceased'
       when p.emigrated_on is not null
        and not ((c.spec->>'abroad')::boolean and p.foreign_address is not null) then 'moved-abroad'
       when p.gone_since is not null then 'gone-from-register'
       when ${isHidden('p')} then 'protected'
       when ${hasOptedOut('p')} then 'opted-out'
       when exists (
              select from dose d
               where d.person_id = any(${records})
                 and d.purpose = m.purpose) then 'already-vaccinated'
       when m.step in ('confirmation', 'confirmation:kept')
        and (select state from appointment where id = m.appointment_id) is distinct from 'booked'
            then 'appointment-ended'
       when m.step in ('confirmation', 'confirmation:kept')
        and (select z.starts_at <= $2
               from appointment b
               join slot z on z.id = b.slot_id
              where b.id = m.appointment_id) then 'time-has-passed'
       when m.answer_code is not null
        and (select x.state <> 'offered' from offer x where x.id = m.offer_id) then 'offer-ended'
       when (select x.state <> 'booked' or z.starts_at <= $2
               from appointment x
               join slot z on z.id = x.slot_id
              where x.id = m.appointment_id) then 'appointment-ended'
       when ${aboutInvitation} and c.way = 'open' and (
              i.state = 'answered'
              or exists (
                   select from appointment b
                    where b.person_id = any(${records})
                      and b.purpose = m.purpose
                      and b.state in ('booked', 'attended'))) then 'already-booked'
       when ${aboutInvitation} and c.way = 'timed'
        and (select z.starts_at <= $2
               from appointment b
               join slot z on z.id = b.slot_id
              where b.id = i.appointment_id) then 'time-has-passed'
       when ${aboutInvitation}
        and case m.step
              when 'queue' then i.state <> 'waiting'
              else i.state not in ('released', 'answered') end then 'invitation-' || i.state
       -- a time that the person has been told of is theirs, and so is what more there is to say of it
       when ${aboutInvitation}
        and ${moved} is not null
        and (c.way = 'open'
          or (select true
                from message t
               where t.invitation_id = i.id
                 and t.id <> m.id
                 and t.state in ('sending', 'in-doubt', 'sent', 'delivered')
               limit 1) is null) then ${moved}
       when m.channel = 'letter'
        and p.returned_address = coalesce(
              p.special_address,
              p.registered_address,
              case when (c.spec->>'abroad')::boolean then p.foreign_address end) then 'post-returned'
       when m.channel = 'sms'
        and (m.content is null and not ${hasMobile}
          or m.recipient in (select phone from sms_stop)) then 'no-mobile'
       when m.channel = 'email' and m.content is null and not ${hasEmail} then 'no-email' end`

/**
 * A campaign's messages leave while it runs or only waits for a provider; who books afterwards still gets the confirmation, and offers and
 * reminders go on. (c: the campaign, m: the message)
 */
export const mayLeave = `(${sends('c')} or (c.state = 'finished' and not ${aboutInvitation}))`

// The spec is long and the same for all of a campaign: a caller that has it does not read it for each message.
// $1: ids of messages. Each row is looked up by its key, whatever the planner believes of tables that have just been
// filled: otherwise it read all messages of the campaign for each thousand.
const due = (spec: 'c.spec' | 'null') => `
  select m.id, m.campaign_id as "campaignId", m.person_id as "personId",
         m.channel, m.step, m.language, m.template, m.check_code as "checkCode",
         m.priority, m.due_at as "dueAt", m.attempts,
         m.sending_since as "sendingSince", m.refused_since as "refusedSince",
         m.content, m.kept_in as "keptIn", m.kept_line as "keptLine", m.recipient,
         ${stopReason} as stop,
         ${spec} as spec,
         c.cohort_size as "cohortSize",
         i.code as "bookingCode",
         o.released_at as "replacesReleasedAt",
         was.starts_at as "wasAt", was.name as "wasWhere",
         o.id is not null and exists (select from failed_search where invitation_id = o.id) as "searchedInVain",
         case when w.channel = 'letter' then w.due_at else coalesce(w.sent_at, w.sending_since) end as "supersededAt",
         exists (select from heightened_fraud where lifted_at is null) -- first: the spec is unpacked for each row
           and c.spec->'notice'->>'kind' is distinct from 'fraud-warning' as heightened,
         jsonb_build_object(
           'givenName', p.given_name, 'familyName', p.family_name, 'phone', p.phone, 'email', p.email,
           'registered', p.registered_address, 'special', p.special_address, 'foreign', p.foreign_address,
           'largePrint', p.large_print) as person,
         case when k.id is not null then jsonb_build_object(
           'name', k.name, 'street', k.street, 'postcode', k.postcode, 'town', k.town,
           'phone', k.phone, 'phoneHours', k.phone_hours) end as clinic,
         s.starts_at as "startsAt", s.minutes, a.id as "appointmentId",
         case when m.answer_code is not null then jsonb_build_object(
           'code', case when m.code_shown then m.answer_code end,
           'clinicCode', m.answer_code,
           'by', f.expires_at) end as answer
    from unnest($1::uuid[]) as chosen(id)
   cross join lateral (select * from message where id = chosen.id offset 0) m
    join campaign c on c.id = m.campaign_id and ${mayLeave}
   cross join lateral (select * from invitation where id = m.invitation_id offset 0) i
   cross join lateral (
          select *
            from person
           where id = m.person_id
             and same_as is null -- a linked record's messages wait until they have moved (campaigns/follow-links.ts)
          offset 0) p
    left join invitation o on o.id = i.replaces_id
    left join lateral (
          select z.starts_at, x.name
            from appointment e
            join slot z on z.id = e.slot_id
            join clinic x on x.id = z.clinic_id
           where e.id = o.appointment_id
             and e.state = 'moved'
          offset 0) was on true
    left join corrected_message u on u.invitation_id = i.id
    left join message w on w.id = u.message_id
    left join offer f on f.id = m.offer_id
    left join reserve_round r on r.id = f.round_id
    left join lateral (
          select *
            from appointment
           where id = coalesce(m.appointment_id, case when c.way = 'timed' then i.appointment_id end)
          offset 0) a on true
    left join lateral (select * from slot where id = coalesce(r.slot_id, a.slot_id) offset 0) s on true
    left join clinic k on k.id = s.clinic_id`

/** Messages below this priority are answers to what the person wrote just now: they leave in quiet hours too. */
export const urgentBelow = 10
/**
 * Messages below this one have workers of their own (worker.ts): answers and notices don't wait until a campaign's
 * are out.
 */
export const noticesBelow = 50

/**
 * Takes messages that are due, for this transaction only; other workers pass over them.
 * @param below only messages before this priority; null: all
 */
export const lockDue = async (
  tx: Db,
  channel: 'sms' | 'email',
  now: Date,
  limit: number,
  below: number | null,
): Promise<Due[]> =>
  read(
    tx,
    now,
    await lockNext(
      tx,
      `o.channel = $3 and o.channel <> 'letter' and ($4::int is null or o.priority < $4)`,
      'due_at',
      [now, limit, channel, below],
    ),
  )

/** The notice that could be claimed on the channel now before all others; undefined: none waits. */
export const firstNoticeWaiting = async (
  db: Db,
  channel: 'sms' | 'email',
  now: Date,
): Promise<string | undefined> =>
  (
    await rows<{ id: string }>(
      db,
      `select o.message_id as id
         from outgoing o
         join message m on m.id = o.message_id
         join campaign c on c.id = o.campaign_id and ${mayLeave}
         join person p on p.id = m.person_id and p.same_as is null
        where o.channel = $1
          and o.channel <> 'letter'
          and o.state = 'queued'
          and o.due_at <= $2
          and o.priority < ${noticesBelow}
        order by o.priority, o.due_at, o.message_id
        limit 1`,
      [channel, now],
    )
  )[0]?.id

export async function lockDueLetters(
  tx: Db,
  campaign: { id: number; spec: CampaignSpec },
  now: Date,
  limit: number,
): Promise<Due[]> {
  const which = `o.channel = 'letter' and o.campaign_id = $3`
  const ids = await lockNext(tx, which, 'leave_by', [now, limit, campaign.id])
  const found = await read(tx, now, ids, 'null')
  for (const letter of found) letter.spec = campaign.spec
  return found
}

/** These letters, as far as they are queued, for this transaction, whether their day has come or not. */
export async function lockTheseLetters(
  tx: Db,
  campaign: { spec: CampaignSpec },
  ids: readonly string[],
  now: Date,
): Promise<Due[]> {
  const locked = await rows<{ id: string }>(
    tx,
    `select id
       from message
      where id = any($1::uuid[])
        and state = 'queued'
        and channel = 'letter'
      order by id
        for update`,
    [ids],
  )
  const found = await read(
    tx,
    now,
    locked.map(({ id }) => id),
    'null',
  )
  for (const letter of found) letter.spec = campaign.spec
  return found
}

/**
 * How many of the next letters in the queue of all running campaigns are this one's: what the printer can take today is
 * for the letters that must leave first, whoever's they are.
 */
export const lettersInTurn = async (
  db: Db,
  campaignId: number,
  now: Date,
  room: number,
): Promise<number> =>
  (
    await rows<{ n: number }>(
      db,
      `select count(*)::int as n
         from (
              select o.campaign_id
                from campaign c
               cross join lateral (
                     select campaign_id, priority, leave_by, message_id
                       from outgoing
                      where channel = 'letter'
                        and state = 'queued'
                        and campaign_id = c.id
                        and due_at <= $1
                      order by priority, leave_by, message_id
                      limit $2) o
               where ${sends('c')}
               order by o.priority, o.leave_by, o.message_id
               limit $2) next
        where campaign_id = $3`,
      [now, room, campaignId],
    )
  )[0]!.n

/**
 * First the rows and only then what they are composed from: joined in one statement, the 200 next of 100 000 that
 * wait are found by reading all of them and theirs, which takes seconds. One after the other from the head of the
 * queue, each locked as it is reached: a plain join read all messages as soon as the planner knew how many there are.
 */
const lockNext = async (
  tx: Db,
  which: string,
  order: 'due_at' | 'leave_by',
  values: unknown[],
): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      tx,
      `select next.id
         from (
              select o.message_id, o.campaign_id
                from outgoing o
               where o.state = 'queued'
                 and o.due_at <= $1
                 and ${which}
                 and o.campaign_id = any(array(select id from campaign c where c.state = 'finished' or ${sends('c')}))
               order by o.priority, o.${order}, o.message_id
              offset 0) o
        cross join lateral (
              select m.id
                from message m
               where m.id = o.message_id
                 and m.state = 'queued' -- these two are looked at again once the row is locked
                 and m.due_at <= $1
                 and (not ${aboutInvitation}
                   or o.campaign_id = any(array(select id from campaign c where ${sends('c')})))
                 and not exists (
                       select from person p
                        where p.id = m.person_id
                          and p.same_as is not null)
                 for update of m skip locked) next
        limit $2`,
      values,
    )
  ).map(({ id }) => id)

async function read(
  tx: Db,
  now: Date,
  ids: string[],
  spec: 'c.spec' | 'null' = 'c.spec',
): Promise<Due[]> {
  if (!ids.length) return []
  const found = await rows<Due>(
    tx,
    `${due(spec)}
      order by m.priority, coalesce(m.leave_by, m.due_at), m.id`,
    [ids, now],
  )
  for (const changed of await readWhatOpens(tx, found)) changed.stop = 'does-not-open'
  return found
}
