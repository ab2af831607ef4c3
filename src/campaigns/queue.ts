import { rows, type Db } from '../db/pool.ts'

/**
 * Where a campaign `k` stands in the queue for places that several want: first people who lost their time (a reissue
 * moved them), then those who searched and found none, then by the campaigns' priority, then the one that was made first.
 */
const place = (k: string): string => `(
  case when exists (
         select from campaign_event e
          where e.campaign_id = ${k}.id
            and e.event = 'created'
            and e.details ? 'reissueProposal') then 0
       when ${k}.spec->'reissueOf'->>'who' = 'no-free-time' then 1
       else 2 end,
  coalesce((${k}.spec->>'priority')::int, 50),
  ${k}.id)`

const days = (k: string): string =>
  `daterange((${k}.spec->'slots'->>'from')::date, (${k}.spec->'slots'->>'to')::date, '[]')`

/** The campaign `o` comes before the campaign `k`: it is running, for the same purpose and days. */
export const comesBefore = (o: string, k: string): string => `
  ${o}.id <> ${k}.id
  and ${o}.purpose = ${k}.purpose
  and ${o}.state = 'running'
  and ${o}.way <> 'notice'
  and ${days(o)} && ${days(k)}
  and ${place(o)} < ${place(k)}`

/** The running campaigns that come before one, in the order of the queue, and how many of each wait for their turn. */
export const queueBefore = (
  db: Db,
  campaignId: number,
): Promise<{ id: number; name: string; way: 'open' | 'timed'; left: number }[]> =>
  rows(
    db,
    `select o.id, o.name, o.way,
            (select count(*)::int
               from invitation i
              where i.campaign_id = o.id
                and i.state in ('planned', 'waiting')) as "left"
       from campaign k
       join campaign o on ${comesBefore('o', 'k')}
      where k.id = $1
      order by ${place('o')}`,
    [campaignId],
  )

/** Of these the ones with fixed times in which somebody waits for one. */
export const waitingBefore = async (db: Db, campaignId: number): Promise<number[]> =>
  (
    await rows<{ id: number }>(
      db,
      `select o.id
         from campaign k
         join campaign o on ${comesBefore('o', 'k')}
        where k.id = $1
          and o.way = 'timed'
          and exists (select from invitation where campaign_id = o.id and state = 'waiting')
        order by ${place('o')}`,
      [campaignId],
    )
  ).map((campaign) => campaign.id)
