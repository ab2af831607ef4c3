import { row, rows, run, type Db } from '../db/pool.ts'
import { change, type Selection } from './selection.ts'

// The only writer of the table campaign. Who may take a step, and what is logged about it, is campaigns/actions.ts.

/**
 * A draft that was cancelled before anybody was planned gives its name back, and keeps it with its number behind.
 * @returns undefined when the name is taken
 */
export async function draftCampaign(
  db: Db,
  draft: {
    name: string
    purpose: string
    way: string
    cohortId: number
    reissueOf: number | null
    spec: object
    createdBy: string
  },
  now: Date,
): Promise<{ id: number } | undefined> {
  await run(
    db,
    `update campaign
        set name = name || '-cancelled-' || id
      where name = $1
        and state = 'cancelled'
        and planned_at is null`,
    [draft.name],
  )
  return row<{ id: number }>(
    db,
    `insert into campaign (name, purpose, way, cohort_id, reissue_of, spec, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (name) do nothing
     returning id`,
    [
      draft.name,
      draft.purpose,
      draft.way,
      draft.cohortId,
      draft.reissueOf,
      draft.spec,
      draft.createdBy,
      now,
    ],
  )
}

/**
 * SQL: what has been released of a campaign leaves, because it runs or only waits for a provider to answer.
 * @param c alias of campaign
 */
export const sends = (c: string): string => `(${c}.state = 'running' or ${c}.waits_for is not null)`

/** @param pausedWhy with `paused`, and only then */
export const setCampaignState = (
  db: Db,
  id: number,
  state: string,
  pausedWhy: string | null,
): Promise<number> =>
  run(
    db,
    `update campaign
        set state = $2, paused_why = $3, waits_for = null
      where id = $1`,
    [id, state, pausedWhy],
  )

/**
 * Running campaigns that need a provider which doesn't answer wait until it does. Notices go on: what they say is
 * urgent, and their other channels work.
 * @returns how many wait now
 */
export const pauseForProvider = (
  db: Db,
  provider: 'sms' | 'email',
  code: string,
  now: Date,
): Promise<number> =>
  run(
    db,
    `with paused as (
       update campaign
          set state = 'paused', paused_why = $1 || ': ' || $2, waits_for = $1
        where state = 'running'
          and way <> 'notice'
          and jsonb_path_exists(spec, '$.channels[*].steps[*] ? (@.channel == $provider)', jsonb_build_object('provider', $1::text))
       returning id)
     insert into campaign_event (campaign_id, at, actor, event, details)
     select id, $3, 'kallelse', 'paused', jsonb_build_object('why', $1::text || ': ' || $2::text)
       from paused`,
    [provider, code, now],
  )

/**
 * The provider answers again. A campaign whose approval is no longer in force stays paused, until two people approve it.
 * @returns the campaigns that go on
 */
export const resumeForProvider = (
  db: Db,
  provider: 'sms' | 'email',
  now: Date,
): Promise<{ id: number }[]> =>
  rows<{ id: number }>(
    db,
    `with ended as (
       select c.id, count(a.approver) >= 2 as approved
         from campaign c
         left join approval_in_force a on a.campaign_id = c.id
        where c.waits_for = $1
        group by c.id
     ), changed as (
       update campaign c
          set state = case when e.approved then 'running' else c.state end,
              paused_why = case when e.approved then null else c.paused_why end,
              waits_for = null
         from ended e
        where c.id = e.id
       returning c.id, c.state)
     insert into campaign_event (campaign_id, at, actor, event)
     select id, $2, 'kallelse', 'resumed'
       from changed
      where state = 'running'
     returning campaign_id as id`,
    [provider, now],
  )

/** Its plan is made. @param members how many invitations there are, with those who are left out */
export const campaignPlanned = (db: Db, id: number, members: number, now: Date): Promise<number> =>
  run(
    db,
    `update campaign
        set state = 'running', cohort_size = $2, planned_at = $3
      where id = $1`,
    [id, members, now],
  )

/** A finished campaign has something to send again. */
export const reopenFinished = (db: Db, which: Selection): Promise<number> =>
  change(
    db,
    which,
    () => `
     update campaign c
        set state = 'running'
       from chosen
      where c.id = chosen.id
        and c.state = 'finished'`,
  )

/**
 * A campaign is finished when nobody is left to invite and nothing is left to send.
 * @returns how many were finished now
 */
export const finishCampaigns = (db: Db, now: Date): Promise<number> =>
  run(
    db,
    `with done as (
       update campaign c
          set state = 'finished'
        where c.state = 'running'
          and not exists (
            select from invitation i
             where i.campaign_id = c.id
               and i.state in ('waiting', 'planned'))
          and not exists (
            select from outgoing o
             where o.campaign_id = c.id)
          and not exists (
            select from batch b
             where b.campaign_id = c.id
               and b.state in ('open', 'sealed', 'handing-over'))
       returning c.id)
     insert into campaign_event (campaign_id, at, actor, event)
     select id, $1, 'kallelse', 'finished'
       from done`,
    [now],
  )
