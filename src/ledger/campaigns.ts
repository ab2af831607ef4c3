import { row, run, type Db } from '../db/pool.ts'
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
        set state = $2, paused_why = $3
      where id = $1`,
    [id, state, pausedWhy],
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
