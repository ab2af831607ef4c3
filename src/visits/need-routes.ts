import { DateTime } from 'luxon'
import type pg from 'pg'
import { campaignNamed } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import { row, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { hasDied } from '../people/all-records.ts'
import { needsOf } from '../people/needs.ts'
import { unprotected } from '../people/protection.ts'
import { standardRoutes, type NeedRoute } from '../purposes/purpose.ts'
import { callFromClinic } from './call-list.ts'

export type Ordination = 'asked' | 'ordinated' | 'done' | 'wants-clinic'

/** Days that municipality and doctor need (Västerbotten 2024); the database holds to it too. */
const ahead = 14

export interface Worklist {
  /** new on a municipality's list */
  added: number
  /** new on the doctors' list */
  toDoctor: number
  withoutMunicipality: number
}

/**
 * Puts those that a planned campaign left to another route on the list their need leads to: a municipality's, or the
 * doctors'. A need that leads to a doctor goes first. Run again it adds only who is new. One row a person and purpose,
 * whichever campaign left them out; a row of a cancelled campaign goes on in this one. Protected people are not on a
 * shared list; the region handles them itself.
 * @param visitFrom YYYY-MM-DD, the first day of a municipality's visits
 * @throws Refused unknown-campaign, too-soon, illegal-transition (the campaign is cancelled)
 */
export async function makeWorklist(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  campaignName: string,
  visitFrom: string,
  by: string,
): Promise<Worklist> {
  const now = clock.now()
  const today = DateTime.fromJSDate(now, { zone })
  const earliest = today.plus({ days: ahead }).toISODate()!
  if (!DateTime.fromISO(visitFrom).isValid || visitFrom < earliest)
    throw new Refused(
      'too-soon',
      `The municipalities need ${ahead} days: the first visit can be on ${earliest}.`,
    )
  return transaction(pool, async (tx) => {
    await run(tx, `select pg_advisory_xact_lock(hashtext('worklist'))`)
    const campaign = await campaignNamed(tx, campaignName)
    if (campaign.state === 'cancelled')
      throw new Refused(
        'illegal-transition',
        `${campaignName} is cancelled: nobody is on its worklist any more.`,
      )
    await run(tx, `create temporary table left_out on commit drop as ${leftOut}`, [
      campaign.id,
      JSON.stringify(standardRoutes),
    ])
    await run(
      tx,
      `insert into ordination (
              invitation_id, person_id, purpose, route, municipality, asked_on, visit_from, changed_by, changed_at)
       select invitation_id, person_id, purpose, route,
              case when route = 'municipality' then municipality end,
              $1::date,
              case when route = 'municipality' then $2::date end,
              $3, $4
         from left_out
        where route = 'doctor'
           or municipality is not null
       on conflict (person_id, purpose) do update
          set invitation_id = excluded.invitation_id,
              route = excluded.route,
              municipality = excluded.municipality,
              asked_on = excluded.asked_on,
              visit_from = excluded.visit_from,
              changed_by = excluded.changed_by,
              changed_at = excluded.changed_at`,
      [today.toISODate(), visitFrom, by, now],
    )
    return (await row<Worklist>(
      tx,
      `select count(*) filter (where route = 'municipality' and municipality is not null)::int as added,
              count(*) filter (where route = 'doctor')::int as "toDoctor",
              count(*) filter (where route = 'municipality' and municipality is null)::int as "withoutMunicipality"
         from left_out`,
    ))!
  })
}

// $1: the campaign, $2: where needs lead that the purpose says nothing of
const leftOut = `
  select i.id as invitation_id, p.id as person_id, i.purpose, p.municipality,
         case when exists (
                select from unnest(${needsOf('p.id')}) need
                 where c.spec->'otherRouteFor' ? need
                   and coalesce(u.routes->>need, $2::jsonb->>need) = 'doctor')
              then 'doctor' else 'municipality' end as route
    from invitation i
    join campaign c on c.id = i.campaign_id
    join purpose u on u.code = c.registered_purpose
    join person p on p.id = i.person_id
   where i.campaign_id = $1
     and i.state = 'suppressed'
     and i.reason = 'needs-other-route'
     and p.same_as is null
     and ${unprotected('p.lead_id')}
     and not ${hasDied('p')}
     and p.emigrated_on is null
     and p.gone_since is null
     and not exists (
       select from ordination o
         join person r on r.id = o.person_id
         join invitation oi on oi.id = o.invitation_id
         join campaign oc on oc.id = oi.campaign_id
        where r.lead_id = p.id
          and o.purpose = i.purpose
          and (oc.state <> 'cancelled' or o.state in ('done', 'wants-clinic')))`

/**
 * Takes a row of a worklist on: the doctor has ordinated, the visit is done (the dose is recorded), or the person comes
 * to a clinic instead: a health centre of their choice calls them, and the next campaign for the purpose invites them
 * (docs/operator/municipal.md). Who was to be assessed comes to a clinic only when a doctor says so.
 * @throws Refused unknown-row, unknown-clinic, illegal-transition, bad-date, ordinator-missing
 */
export async function setOrdination(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  id: number,
  to: Ordination,
  by: string,
  more: {
    ordinatedBy?: string | undefined
    givenOn?: string | undefined
    vaccine?: string | undefined
    /** HSA-id of the health centre they choose, for wants-clinic */
    clinic?: string | undefined
  } = {},
): Promise<{ id: number; state: Ordination }> {
  const now = clock.now()
  if (to === 'ordinated' && !more.ordinatedBy)
    throw new Refused('ordinator-missing', 'Say which doctor ordinated: --ordinated-by')
  const day = DateTime.fromISO(more.givenOn ?? '')
  if (to === 'done' && (!day.isValid || day > DateTime.fromJSDate(now)))
    throw new Refused(
      'bad-date',
      'Say on which day the dose was given, not later than today: --given-on YYYY-MM-DD',
    )
  return transaction(pool, async (tx) => {
    const found = await lockRow(tx, id)
    if (found.state === to) return { id, state: to }
    if (to === 'wants-clinic' && found.route === 'doctor' && !more.ordinatedBy)
      throw new Refused(
        'ordinator-missing',
        `Row ${id} waits for a doctor: say who finds that a clinic will do, --ordinated-by`,
      )
    const clinic = to === 'wants-clinic' && more.clinic ? await clinicId(tx, more.clinic) : null
    await run(
      tx,
      `update ordination
          set state = $2,
              ordinated_by = case when $2 = 'asked' then null else coalesce($3, ordinated_by) end,
              given_on = $4,
              clinic_id = $5,
              changed_by = $6,
              changed_at = $7
        where id = $1`,
      [id, to, more.ordinatedBy ?? null, to === 'done' ? more.givenOn : null, clinic, by, now],
    ).catch((error: unknown) => {
      if ((error as { code?: string }).code !== '23514') throw error
      throw new Refused('illegal-transition', `Row ${id} is ${found.state} and can't become ${to}.`)
    })
    if (clinic !== null) await callFromClinic(tx, found.invitationId, clinic, 'marked', now)
    if (to === 'done') {
      await run(
        tx,
        'insert into dose (person_id, purpose, given_on, vaccine) values ($1, $2, $3, $4) on conflict do nothing',
        [found.personId, found.purpose, more.givenOn, more.vaccine ?? null],
      )
    }
    return { id, state: to }
  })
}

interface Row {
  state: Ordination
  route: NeedRoute
  personId: number
  purpose: string
  invitationId: number
}

async function lockRow(tx: Db, id: number): Promise<Row> {
  const found = await row<Row>(
    tx,
    `select state, route, person_id as "personId", purpose, invitation_id as "invitationId"
       from ordination
      where id = $1
        for update`,
    [id],
  )
  if (!found) throw new Refused('unknown-row', `There is no row ${id} on the worklist.`)
  return found
}

async function clinicId(tx: Db, hsaId: string): Promise<number> {
  const clinic = await row<{ id: number }>(tx, 'select id from clinic where hsa_id = $1', [hsaId])
  if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
  return clinic.id
}
