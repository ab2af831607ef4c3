import type { CampaignSpec, NoticeKind } from '../campaigns/spec.ts'
import type { CampaignState } from '../campaigns/store.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

export interface Notice {
  campaignId: number
  name: string
  kind: NoticeKind
  state: CampaignState
  spec: CampaignSpec
  /** of a correction: what it is of */
  corrects: string | null
  isPublic: boolean
  /** how many people it is for; null: not planned yet */
  people: number | null
  publishedAt: Date | null
  liftedAt: Date | null
  createdAt: Date
  /** the day of the first message that it corrects */
  correctsFrom: Date | null
}

const select = `
  select n.campaign_id as "campaignId", c.name, n.kind, c.state, c.spec, n.corrects, n.is_public as "isPublic",
         c.cohort_size as people, n.published_at as "publishedAt", n.lifted_at as "liftedAt",
         c.created_at as "createdAt",
         (select min(m.due_at)
            from corrected_message u
            join invitation i on i.id = u.invitation_id
            join message m on m.id = u.message_id
           where i.campaign_id = c.id) as "correctsFrom"
    from notice n
    join campaign c on c.id = n.campaign_id`

export const notices = (db: Db): Promise<Notice[]> =>
  rows<Notice>(db, `${select} order by n.campaign_id desc`)

/** What is on the region's pages: in force, newest first. */
export const publishedNotices = (db: Db): Promise<Notice[]> =>
  rows<Notice>(
    db,
    `${select}
   where n.published_at is not null
     and n.lifted_at is null
   order by n.published_at desc, n.campaign_id desc
   limit 100`,
  )

/** Whether there is anything to read at /meddelanden: a notice in force, or a time of heightened fraud. */
export const anythingPublished = async (db: Db): Promise<boolean> =>
  (await row<{ any: boolean }>(
    db,
    `select exists (select from notice where published_at is not null and lifted_at is null)
            or exists (select from heightened_fraud where lifted_at is null) as any`,
  ))!.any

/** @throws Refused `unknown-notice` */
export async function noticeNamed(db: Db, name: string): Promise<Notice> {
  const found = await row<Notice>(db, `${select} where c.name = $1`, [name])
  if (!found)
    throw new Refused(
      'unknown-notice',
      `There is no notice named ${name}. List them with: notice status`,
    )
  return found
}

export const insertNotice = (
  db: Db,
  given: { campaignId: number; kind: Notice['kind']; corrects: string | null; isPublic: boolean },
): Promise<number> =>
  run(db, 'insert into notice (campaign_id, kind, corrects, is_public) values ($1, $2, $3, $4)', [
    given.campaignId,
    given.kind,
    given.corrects,
    given.isPublic,
  ])

export const publish = (db: Db, campaignId: number, now: Date): Promise<number> =>
  run(
    db,
    'update notice set published_at = $2 where campaign_id = $1 and is_public and published_at is null',
    [campaignId, now],
  )
