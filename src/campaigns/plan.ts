import { DateTime } from 'luxon'
import type pg from 'pg'
import { zone, type Clock } from '../clock.ts'
import { compileCohort } from '../cohorts/compile.ts'
import { cohortAudience, type CohortAudience } from '../cohorts/audience.ts'
import { cohortById } from '../cohorts/store.ts'
import { dayOf } from '../people/dates.ts'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { classifyMembers } from './plan-sql.ts'
import { Refused } from '../errors.ts'
import { campaignPlanned } from '../ledger/campaigns.ts'
import { insertInvitations } from '../ledger/invitations.ts'
import type { Selection } from '../ledger/selection.ts'
import type { Reason } from './reasons.ts'
import { campaignNamed, heldWhy, lockCampaign, logEvent, setState, type Campaign } from './store.ts'

export interface Preview {
  cohort: number
  invited: number
  suppressed: Partial<Record<Reason, number>>
  byRoute: Record<string, number>
  /** those who would be invited: what messages will cost is counted from it */
  routes: { route: string; language: string; number: number }[]
  byLanguage: Record<string, number>
  byArea: Record<string, number>
  /**
   * the whole cohort, with those who are left out: by municipality, listed clinic, age, language and what can reach
   * them
   */
  members: Omit<CohortAudience, 'total'>
}

/**
 * Makes the plan of a started campaign: one row for each member of the cohort, invited or left out with a reason, all
 * in one transaction. Two campaigns with the same purpose wait for each other; running it again does nothing.
 * @param hold it is paused in the same transaction, so that nothing can be released before it is resumed
 */
export async function planCampaign(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  campaignId: number,
  hold = false,
): Promise<void> {
  await transaction(pool, async (tx) => {
    await run(tx, `set local work_mem = '64MB'`) // sorts a hundred thousand people in memory
    const campaign = await lockCampaign(tx, campaignId)
    if (campaign.state !== 'planning' || campaign.way === 'notice') return // a notice's plan: notices/plan.ts
    await run(tx, 'select pg_advisory_xact_lock(hashtext($1))', [`plan ${campaign.purpose}`])
    const now = clock.now()
    const members = await makePlan(tx, campaign, now)
    // or the release that follows takes minutes for 100 000, believing that there are none
    await run(tx, 'analyze invitation')
    await campaignPlanned(tx, campaign.id, members, now)
    await logEvent(tx, campaign.id, now, 'kallelse', 'planned', { members })
    if (!hold) return
    await logEvent(tx, campaign.id, now, 'kallelse', 'paused', { why: heldWhy })
    await setState(tx, campaign, 'paused', heldWhy)
  })
}

/** Makes the rows of the plan; for a look, in a transaction that is undone. @returns how many */
export async function makePlan(tx: Db, campaign: Campaign, now: Date): Promise<number> {
  await makeMembers(tx, campaign, dayOf(now))
  return insertInvitations(tx, campaign, plannedMembers(campaign), now)
}

/**
 * Each member with their state. Fixed times are given out afterwards (allocation/assign.ts): until then people wait for
 * one.
 */
function plannedMembers(campaign: Campaign): Selection {
  const { sql, values } = classifyMembers(campaign)
  const purpose = `$${values.length + 1}`
  const timed = `$${values.length + 2}::boolean`
  return {
    sql: `
      select x.person_id, coalesce(w.generation + 1, 1) as generation, w.id as replaces_id,
             case when reason is not null then 'suppressed' when ${timed} then 'waiting' else 'planned' end as state,
             coalesce(reason, case when ${timed} then 'no-free-time' end) as reason,
             area, priority, route, language, null::bigint as appointment_id
        from (${sql}) x
        left join (${withdrawnBefore(purpose)}) w on w.person_id = x.person_id and x.reason is null`,
    values: [...values, campaign.purpose, campaign.way === 'timed'],
  }
}

/**
 * Earlier invitations for the purpose that were taken back, with messages made for them, the last of each person: the
 * new one is the next generation and points at it, so that its messages are no repetition of those (message_once).
 */
const withdrawnBefore = (purpose: string): string => `
  select distinct on (i.person_id) i.person_id, i.id, i.generation
    from invitation i
   where i.purpose = ${purpose}
     and i.state = 'withdrawn'
     and exists (select from message m where m.invitation_id = i.id)
     and not exists (select from invitation r where r.replaces_id = i.id)
   order by i.person_id, i.generation desc, i.id desc`

/** What the plan would be now: counts only, nothing is written. */
export async function previewCampaign(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  name: string,
): Promise<Preview> {
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name)
    if (campaign.way === 'notice')
      throw new Refused('is-a-notice', `${name} is a notice. See it with: notice preview ${name}`)
    await makeMembers(tx, campaign, dayOf(clock.now()))
    const { sql, values } = classifyMembers(campaign)
    const groups = await rows<{
      reason: Reason | null
      route: string | null
      language: string
      area: string | null
      n: number
    }>(
      tx,
      `select reason, route, language, area, count(*)::int as n
         from (${sql}) x
        group by reason, route, language, area
        order by 1, 2, 3, 4`,
      values,
    )
    const invited = groups.filter((g) => g.reason === null)
    const today = DateTime.fromJSDate(clock.now(), { zone }).toISODate()!
    const { total: _, ...members } = await cohortAudience(
      tx,
      (await cohortById(tx, campaign.cohortId))!.rule,
      today,
    )
    return {
      cohort: total(groups),
      invited: total(invited),
      suppressed: by(
        groups.filter((g) => g.reason !== null),
        (g) => g.reason!,
      ),
      byRoute: by(invited, (g) => g.route!),
      routes: Object.entries(by(invited, (g) => `${g.route} ${g.language}`)).map(
        ([key, number]) => {
          const [route = '', language = ''] = key.split(' ')
          return { route, language, number }
        },
      ),
      byLanguage: by(invited, (g) => g.language),
      byArea: by(invited, (g) => g.area!),
      members,
    }
  })
}

/**
 * A campaign that would invite nobody is neither approved nor started: it would be finished at once, and its people
 * left out of it for good. Says why they would be left out.
 * @returns how many are in the cohort; undefined: it is a notice, or under way already
 * @throws Refused `nobody-invited`
 */
export async function refuseNobody(
  deps: { pool: pg.Pool; clock: Clock },
  campaign: Campaign,
): Promise<number | undefined> {
  if (!['draft', 'approved'].includes(campaign.state) || campaign.way === 'notice') return undefined
  const { cohort, invited, suppressed } = await previewCampaign(deps, campaign.name)
  if (invited > 0) return cohort
  const why = Object.entries(suppressed).map(([reason, n]) => `${n} ${reason}`)
  throw new Refused(
    'nobody-invited',
    cohort === 0
      ? `Nobody is in the cohort of ${campaign.name}. Correct its rule, or import the people first.`
      : `${campaign.name} would invite none of the ${cohort} in its cohort: ${why.join(', ')}. ` +
          `See them with: campaign preview ${campaign.name}. Correct the file, or cancel the campaign.`,
    { cohort, suppressed },
  )
}

/**
 * What the plan would say of one person now; undefined when they are not in the cohort. Inside a transaction; writes
 * nothing that stays.
 */
export async function planOf(
  tx: Db,
  campaign: Campaign,
  personId: number,
  today: string,
): Promise<{ reason: Reason | null; route: string | null; language: string } | undefined> {
  const cohort = compileCohort((await cohortById(tx, campaign.cohortId))!.rule, today)
  await run(tx, 'create temporary table member (person_id bigint primary key) on commit drop')
  await run(
    tx,
    `insert into member (person_id)
     select id
       from (${cohort.sql}) x (id)
      where id = $${cohort.values.length + 1}`,
    [...cohort.values, personId],
  )
  const { sql, values } = classifyMembers(campaign)
  return row(tx, `select reason, route, language from (${sql}) x`, values)
}

async function makeMembers(tx: Db, campaign: Campaign, today: string): Promise<void> {
  const cohort = compileCohort((await cohortById(tx, campaign.cohortId))!.rule, today)
  await run(tx, 'create temporary table member (person_id bigint) on commit drop')
  await run(tx, `insert into member (person_id) ${cohort.sql}`, [...cohort.values])
  await row(tx, 'analyze member')
}

const total = (groups: { n: number }[]): number => groups.reduce((sum, g) => sum + g.n, 0)

function by<T extends { n: number }>(
  groups: T[],
  key: (group: T) => string,
): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const group of groups) counts[key(group)] = (counts[key(group)] ?? 0) + group.n
  return counts
}
