import { rows, run, type Db } from '../db/pool.ts'
import { change, newCode, type Selection } from './selection.ts'

// The only writer of the table invitation. Which steps there are is in docs/developer/states.md; the database refuses
// any other. Statements that write two nouns at once take the SQL from here (`…Sql`).

/**
 * Makes an invitation of each member of a campaign, in the state that its plan gives.
 * @param members yields person_id, generation, replaces_id, state, reason, area, priority, route, language,
 *   appointment_id
 */
export const insertInvitations = (
  db: Db,
  campaign: { id: number; purpose: string },
  members: Selection,
  now: Date,
): Promise<number> => {
  const [id, purpose, at] = [1, 2, 3].map((n) => `$${members.values.length + n}`)
  return run(
    db,
    `insert into invitation (
            campaign_id, purpose, person_id, generation, replaces_id, state, reason,
            area, priority, route, language, appointment_id, code, state_since)
     select ${id}, ${purpose}, person_id, generation, replaces_id, state, reason,
            area, priority, route, language, appointment_id, ${newCode}, ${at}
       from (${members.sql}) members`,
    [...members.values, campaign.id, campaign.purpose, now],
  )
}

/** Their turn will come after all. @param from name of a CTE with id */
export const planSql = (from: string, now: string): string =>
  `update invitation i
      set state = 'planned', reason = null, state_since = ${now}
     from ${from}
    where i.id = ${from}.id`

export const planInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(db, which, (at) => planSql('chosen', at), now)

/** Those who waited have got a time. @param which yields id, appointment_id, generation, replaces_id */
export const assignToInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(
    db,
    which,
    (at) => `
     update invitation i
        set state = 'planned',
            reason = null,
            appointment_id = chosen.appointment_id,
            generation = chosen.generation,
            replaces_id = chosen.replaces_id,
            state_since = ${at}
       from chosen
      where i.id = chosen.id`,
    now,
  )

/** Those who have not been told of their time have another. @param which yields id, appointment_id */
export const changeUntoldTimes = (db: Db, which: Selection): Promise<number> =>
  change(
    db,
    which,
    () => `
     update invitation i
        set appointment_id = chosen.appointment_id
       from chosen
      where i.id = chosen.id`,
  )

/** Those who were to be invited and had not been told so are left out after all. @param which yields id, reason */
export const suppressInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(
    db,
    which,
    (at) => `
     update invitation i
        set state = 'suppressed', reason = chosen.reason, appointment_id = null, state_since = ${at}
       from chosen
      where i.id = chosen.id
        and i.state in ('waiting', 'planned')`,
    now,
  )

/** Invites those who are still planned when their row is reached. @param which yields id, wave_id */
export const releaseInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(
    db,
    which,
    (at) => `
     update invitation i
        set state = 'released', wave_id = chosen.wave_id, released_at = ${at}, state_since = ${at}
       from chosen
      where i.id = chosen.id
        and i.state = 'planned'`,
    now,
  )

/** They no longer count on a place, but can still book. */
export const expireInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(
    db,
    which,
    (at) => `
     update invitation i
        set state = 'expired', state_since = ${at}
       from chosen
      where i.id = chosen.id
        and i.state = 'released'`,
    now,
  )

/** Has booked. @param from name of a CTE with id, appointment_id */
export const answerSql = (from: string, now: string): string =>
  `update invitation i
      set state = 'answered', appointment_id = ${from}.appointment_id, state_since = ${now}
     from ${from}
    where i.id = ${from}.id`

/** @param which yields id, appointment_id */
export const answerInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(db, which, (at) => answerSql('chosen', at), now)

/**
 * The time is gone: people who have been told can book another, the others wait for one.
 * @param from name of a CTE with id
 */
export const loseTimeSql = (from: string, now: string): string =>
  `update invitation i
      set state = case state when 'answered' then 'released' when 'planned' then 'waiting' else state end,
          reason = case state when 'planned' then 'no-free-time' end,
          appointment_id = null,
          state_since = ${now}
     from ${from}
    where i.id = ${from}.id`

/**
 * Says of those who wait whether it is for want of a free time or because the free ones are too near.
 * @param which yields id, short
 * @returns how many have changed to too near
 */
export const sayShortNotice = async (db: Db, { sql, values }: Selection): Promise<number> =>
  (
    await rows<{ reason: string }>(
      db,
      `with chosen as (${sql})
       update invitation i
          set reason = case when chosen.short then 'short-notice' else 'no-free-time' end
         from chosen
        where i.id = chosen.id
          and i.state = 'waiting'
          and i.reason in ('no-free-time', 'short-notice')
          and chosen.short is distinct from (i.reason = 'short-notice')
       returning i.reason`,
      [...values],
    )
  ).filter(({ reason }) => reason === 'short-notice').length

export const loseTimes = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(db, which, (at) => loseTimeSql('chosen', at), now)

/** Has taken a time from the reserve list, whatever the invitation was; who had not been invited yet will not be. */
export const takeOfferedTime = (
  db: Db,
  invitationId: number,
  appointmentId: number,
  now: Date,
): Promise<number> =>
  run(
    db,
    `update invitation
        set appointment_id = $2,
            state_since = $3,
            state = case
              when state in ('released', 'declined', 'expired') then 'answered'
              when state in ('planned', 'waiting') then 'suppressed'
              else state end,
            reason = case when state in ('planned', 'waiting') then 'already-booked' else reason end
      where id = $1`,
    [invitationId, appointmentId, now],
  )

/** A reissue has replaced them. */
export const supersedeInvitations = (db: Db, which: Selection, now: Date): Promise<number> =>
  change(
    db,
    which,
    (at) => `
     update invitation i
        set state = 'superseded', state_since = ${at}
       from chosen
      where i.id = chosen.id`,
    now,
  )

/** Taken back, before or after they left (withdraw.ts). @param from name of a CTE with id, reason */
export const withdrawSql = (from: string, now: string): string =>
  `update invitation i
      set state = 'withdrawn', reason = ${from}.reason, state_since = ${now}
     from ${from}
    where i.id = ${from}.id`

/** Another line of the channel plan takes over. @param which yields id, route */
export const rerouteInvitations = (db: Db, which: Selection): Promise<number> =>
  change(
    db,
    which,
    () => `
     update invitation i
        set route = chosen.route
       from chosen
      where i.id = chosen.id`,
  )

/** They are another record's of the same person now. @param which yields id, person_id */
export const giveInvitationsTo = (db: Db, which: Selection): Promise<number> =>
  change(
    db,
    which,
    () => `
     update invitation i
        set person_id = chosen.person_id
       from chosen
      where i.id = chosen.id`,
  )
