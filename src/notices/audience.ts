import { DateTime } from 'luxon'
import { compileCohort } from '../cohorts/compile.ts'
import { dayOf } from '../people/dates.ts'
import { cohortById } from '../cohorts/store.ts'
import { lockCampaign } from '../campaigns/store.ts'
import { zone } from '../clock.ts'
import { row, rows, transaction, type Db } from '../db/pool.ts'
import { aimOf, correctionCounts, type CorrectionCounts } from './correct.ts'
import { findTarget, makeTarget } from './correct-target.ts'
import type { NoticeDeps } from './notice.ts'
import { addAudience, addWhoGotIt, inviteAddressees, makeAddressees } from './people.ts'
import { roomToday } from './release.ts'
import { noticeNamed } from './store.ts'

export interface NoticeAudience {
  state: string
  people: number
  /** those who would get it */
  told: number
  /** by channel and language, or by the reason for which they are left out */
  groups: { route: string | null; language: string | null; reason: string | null; number: number }[]
  /** what the phones can bear today; null: no limit */
  perDay: number | null
  /** of a correction: what is taken back, and what isn't known */
  counts?: CorrectionCounts
}

/** What the plan of a notice would be now: made as it will be, counted, and undone. */
export async function noticeAudience(
  deps: NoticeDeps & { phoneCapacity?: number | undefined },
  name: string,
): Promise<NoticeAudience> {
  const notice = await noticeNamed(deps.pool, name)
  const counts =
    notice.kind === 'correction' && ['draft', 'approved'].includes(notice.state)
      ? await correctionCounts(deps, notice)
      : undefined
  let preview: NoticeAudience | undefined
  const undone = new Error('undone')
  await transaction(deps.pool, async (tx) => {
    const campaign = await lockCampaign(tx, notice.campaignId)
    const now = deps.clock.now()
    const today = dayOf(now)
    if (['draft', 'approved'].includes(campaign.state)) {
      await makeAddressees(tx)
      const { correction } = campaign.spec.notice!
      if (correction) {
        await makeTarget(tx, await findTarget(tx, correction.of), aimOf(campaign.spec), today)
        await addWhoGotIt(tx, campaign.spec)
      } else if (campaign.spec.channels.length > 0)
        await addAudience(
          tx,
          compileCohort((await cohortById(tx, campaign.cohortId))!.rule, today),
          campaign.spec,
        )
      await inviteAddressees(tx, campaign, now)
    }
    const { groups, people } = await invited(tx, campaign.id)
    const { room } = await roomToday(
      tx,
      campaign,
      DateTime.fromJSDate(now, { zone }).toISODate()!,
      deps.phoneCapacity,
    )
    preview = {
      state: campaign.state,
      people: people.all,
      told: people.told,
      groups,
      perDay: room === Infinity ? null : room,
      ...(counts ? { counts } : {}),
    }
    throw undone
  }).catch((error: unknown) => {
    if (error !== undone) throw error
  })
  return preview!
}

/** Those invited by route and language, those left out by reason. */
async function invited(
  tx: Db,
  campaignId: number,
): Promise<{ groups: NoticeAudience['groups']; people: { all: number; told: number } }> {
  const groups = await rows<NoticeAudience['groups'][number]>(
    tx,
    `select case when state <> 'suppressed' then route end as route,
            case when state <> 'suppressed' then language end as language,
            reason, count(*)::int as number
       from invitation
      where campaign_id = $1
      group by 1, 2, 3
      order by 3 nulls first, 1, 2`,
    [campaignId],
  )
  const people = await row<{ all: number; told: number }>(
    tx,
    `select count(*)::int as all,
            count(*) filter (where state not in ('suppressed', 'waiting', 'withdrawn'))::int as told
       from invitation
      where campaign_id = $1`,
    [campaignId],
  )
  return { groups, people: people! }
}
