import { isDeepStrictEqual } from 'node:util'
import { DateTime } from 'luxon'
import type pg from 'pg'
import type { CampaignSpec } from '../campaigns/spec.ts'
import { campaignNamed, insertCampaign, logEvent, type Campaign } from '../campaigns/store.ts'
import { zone, type Clock } from '../clock.ts'
import { readRule } from '../cohorts/rule.ts'
import { saveCohort } from '../cohorts/store.ts'
import { run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { readNotice } from './spec.ts'
import { insertNotice, noticeNamed, type Notice } from './store.ts'

export interface NoticeDeps {
  pool: pg.Pool
  clock: Clock
}

/**
 * Makes a draft of a fraud warning or of information. Two people approve it and one sends it, as every campaign (campaigns/actions.ts).
 * The very same order again answers with the notice there is.
 * @throws Refused `bad-notice`, `bad-words`, `bad-cohort`, `notice-exists`
 */
export async function createNotice(
  { pool, clock }: NoticeDeps,
  given: unknown,
  actor: string,
): Promise<Notice> {
  const { spec, isPublic } = readNotice(
    given,
    DateTime.fromJSDate(clock.now(), { zone }).toISODate()!,
  )
  return transaction(pool, async (tx) => {
    const cohort = await saveCohort(tx, clock, spec.cohort.name, readRule(spec.cohort.rule))
    await insertDraft(
      tx,
      spec,
      { cohortId: cohort.id, corrects: null, isPublic },
      actor,
      clock.now(),
    )
    return noticeNamed(tx, spec.name)
  })
}

/** A draft with its notice; the very same again is the one there is. @throws Refused `notice-exists` */
export async function insertDraft(
  tx: Db,
  spec: CampaignSpec,
  given: { cohortId: number; corrects: string | null; isPublic: boolean },
  actor: string,
  now: Date,
): Promise<Campaign> {
  const made = await insertCampaign(tx, spec, given.cohortId, null, actor, now)
  if (made) {
    await insertNotice(tx, { campaignId: made.id, kind: spec.notice!.kind, ...given })
    await logEvent(
      tx,
      made.id,
      now,
      actor,
      'created',
      given.corrects === null ? {} : { corrects: given.corrects },
    )
    return made
  }
  const there = await campaignNamed(tx, spec.name)
  if (isDeepStrictEqual(there.spec, JSON.parse(JSON.stringify(spec)))) return there
  throw new Refused(
    'notice-exists',
    `There is already another notice or campaign named ${spec.name} (${there.state}). Give this one a name of its own.`,
  )
}

/**
 * A public notice that is no longer in force leaves the lists and feeds; its page says since when. Lifting a lifted one
 * does nothing.
 */
export async function liftNotice(
  { pool, clock }: NoticeDeps,
  name: string,
  actor: string,
): Promise<Notice> {
  if (actor.trim() === '') throw new Refused('no-name', 'Say who lifts it: --by NAME')
  return transaction(pool, async (tx) => {
    const notice = await noticeNamed(tx, name)
    if (notice.publishedAt === null)
      throw new Refused(
        'not-public',
        `${name} is not on the region's pages: there is nothing to lift. To stop what is still to be sent: ` +
          `notice cancel ${name}`,
      )
    const lifted = await run(
      tx,
      'update notice set lifted_at = $2, lifted_by = $3 where campaign_id = $1 and lifted_at is null',
      [notice.campaignId, clock.now(), actor.trim()],
    )
    if (lifted) await logEvent(tx, notice.campaignId, clock.now(), actor, 'lifted')
    return noticeNamed(tx, name)
  })
}
