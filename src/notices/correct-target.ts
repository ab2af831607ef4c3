import { compileCohort } from '../cohorts/compile.ts'
import type { CohortRule } from '../cohorts/rule.ts'
import type { Happened } from '../campaigns/spec.ts'
import { campaignNamed, lockCampaign, type Campaign } from '../campaigns/store.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

/** Who of those that a correction is of. */
export interface Aim {
  only: CohortRule | null
  happened?: Happened | undefined
}

/** What a correction is of: messages of one campaign, all of them or those of a wave, a batch or a reconciliation. */
export interface Target {
  of: string
  campaign: Campaign
  /** SQL about m (message) and i (its invitation), with `value` as $1 */
  where: string
  value: unknown
  /** the whole campaign, with those who have not had any message yet */
  whole: boolean
  /** one batch: who says that it was sent twice knows it of all of it */
  batch?: true
  /** the supplier says that these were printed, whatever we thought */
  printed?: true
}

/**
 * Finds what `--of` names: a campaign or notice; a batch; a wave as CAMPAIGN@YYYY-MM-DD or CAMPAIGN@YYYY-MM-DD/AREA; or
 * reconciliation:ID or reconciliation:ID/KIND, the letters that the supplier says came out wrong.
 * @throws Refused `unknown-target`
 */
export async function findTarget(db: Db, of: string): Promise<Target> {
  const [, reconciliation, kind] = /^reconciliation:(\d{1,18})(?:\/([a-z-]+))?$/.exec(of) ?? []
  if (reconciliation) return reconciled(db, of, reconciliation, kind ?? null)
  const [, name = '', day, area] =
    /^([a-z0-9-]+)(?:@(\d{4}-\d{2}-\d{2})(?:\/(.+))?)?$/.exec(of) ?? []
  if (day) return released(db, of, name, day, area ?? null)
  const batch = await row<{ id: number; campaignId: number }>(
    db,
    `select id, campaign_id as "campaignId" from batch where name = $1`,
    [name],
  )
  if (batch)
    return {
      of,
      campaign: await lockCampaign(db, batch.campaignId),
      where: 'm.batch_id = $1 and m.id in (select unnest(letter_ids) from batch where id = $1)',
      value: batch.id,
      whole: false,
      batch: true,
    }
  if (!(await row(db, 'select from campaign where name = $1', [name])))
    throw unknown(`There is nothing named ${of}.`)
  const campaign = await campaignNamed(db, name)
  return { of, campaign, where: 'm.campaign_id = $1', value: campaign.id, whole: true }
}

const unknown = (what: string) =>
  new Refused(
    'unknown-target',
    `${what} Say what the correction is of: a campaign, a notice, a batch, a wave (CAMPAIGN@YYYY-MM-DD or ` +
      'CAMPAIGN@YYYY-MM-DD/AREA), or reconciliation:ID. See: campaign status',
  )

/** The letters that a reconciliation found to be wrong. */
async function reconciled(
  db: Db,
  of: string,
  reconciliation: string,
  kind: string | null,
): Promise<Target> {
  const value = [reconciliation, kind]
  const affected = `
    select message_id
      from reconciliation_affected
     where reconciliation_id = ($1::text[])[1]::bigint
       and (($1::text[])[2] is null or kind = ($1::text[])[2])`
  const campaigns = await rows<{ id: number }>(
    db,
    `select distinct campaign_id as id
       from message
      where id in (${affected})`,
    [value],
  )
  if (campaigns.length === 0)
    throw unknown(`Reconciliation ${reconciliation} has no letters that anybody got wrongly.`)
  if (campaigns.length > 1)
    throw unknown(
      `Reconciliation ${reconciliation} has letters of several campaigns: correct each batch by itself.`,
    )
  return {
    of,
    campaign: await lockCampaign(db, campaigns[0]!.id),
    where: `m.id in (${affected})`,
    value,
    whole: false,
    printed: true,
  }
}

/** What was released on a day, in one area or all. */
async function released(
  db: Db,
  of: string,
  name: string,
  day: string,
  area: string | null,
): Promise<Target> {
  const campaign = await campaignNamed(db, name)
  const waves = await rows<{ id: number }>(
    db,
    `select id
       from wave
      where campaign_id = $1
        and day = $2::date
        and ($3::text is null or area = $3)`,
    [campaign.id, day, area],
  )
  if (waves.length === 0)
    throw unknown(`${name} has no wave on ${day}${area ? ` in ${area}` : ''}.`)
  const value = waves.map(({ id }) => id)
  return { of, campaign, where: 'i.wave_id = any($1)', value, whole: false }
}

/**
 * The messages of a target, for this transaction: `got` when the person has it or surely will, `maybe` when nobody
 * knows yet, `unsent` when it can still be taken back, `lost` when it never got there. Messages about a time of the
 * person's own (confirmations, reminders of a visit, offers) are not the campaign's words and stay out of it.
 * @param aim only: members of this cohort; null: all. happened: of what was sent twice those who got it twice
 * @param today YYYY-MM-DD
 */
export async function makeTarget(
  tx: Db,
  target: Target,
  { only, happened }: Aim,
  today: string,
): Promise<void> {
  const cohort = only && compileCohort(only, today)
  const shifted = cohort?.sql.replaceAll(/\$(\d+)/g, (_, n: string) => `$${Number(n) + 1}`)
  await run(
    tx,
    `create temporary table target (
       message_id uuid primary key,
       invitation_id bigint not null,
       person_id bigint not null,
       channel text not null,
       language text not null,
       step text not null,
       state text not null,
       at timestamptz not null
     ) on commit drop`,
  )
  await run(
    tx,
    `insert into target
     select m.id, m.invitation_id, p.lead_id, m.channel, m.language, m.step,
            case when ${target.printed ?? false} or m.state in ('sent', 'delivered') then 'got'
                 when m.state = 'queued' or (m.state = 'sending' and b.state in ('open', 'sealed')) then 'unsent'
                 when m.state in ('sending', 'in-doubt') then 'maybe'
                 else 'lost' end,
            coalesce(m.sent_at, m.sending_since, m.due_at)
       from message m
       join invitation i on i.id = m.invitation_id
       join person p on p.id = m.person_id
       left join batch b on b.id = m.batch_id
      where m.offer_id is null
        and m.appointment_id is null
        and ${target.where}
        ${shifted ? `and p.lead_id in (${shifted})` : ''}`,
    [target.value, ...(cohort?.values ?? [])],
  )
  if (happened === 'sent-twice') await keepWhoGotItTwice(tx, target, only !== null)
  await run(tx, 'analyze target')
}

/**
 * Leaves in the target only those who got it twice: whose letter the supplier says it printed more than once, or who got
 * two of the same (two records of one person). Where that is not known they are whom the order names: a batch that was
 * printed twice, or a cohort. Of a campaign or wave nobody, then. What has not left is not wrong.
 */
async function keepWhoGotItTwice(
  tx: Db,
  { batch, printed }: Target,
  named: boolean,
): Promise<void> {
  const doubled = `
    select t.person_id
      from target t
      join reconciliation_affected a on a.message_id = t.message_id and a.kind = 'doubled'`
  const two = `
    select person_id
      from target
     where state = 'got'
     group by person_id, step, channel
    having count(*) > 1`
  const known = batch || printed ? doubled : `${doubled} union ${two}`
  const someKnown = await row(tx, `select from (${known}) k limit 1`)
  const all = !someKnown && (batch || named) && !printed
  await run(
    tx,
    `delete from target
      where state not in ('got', 'maybe')
         or not ($1 or person_id in (${known}))`,
    [all],
  )
}

/** Each person who got it once, by the first message they got: the invitation before its reminder. */
export const whoGotIt = `
  select distinct on (person_id) person_id, channel, language, message_id, state = 'got' as sure
    from target t
   where state in ('got', 'maybe')
   order by person_id, state = 'got' desc, step = 'reminder', at, message_id`
