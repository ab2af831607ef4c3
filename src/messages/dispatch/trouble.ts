import type pg from 'pg'
import { needsOperator, type Channel } from '../../channels/channel.ts'
import type { Clock } from '../../clock.ts'
import { row, rows, run, transaction, type Db } from '../../db/pool.ts'
import type { Jobs } from '../../jobs/boss.ts'
import { pauseForProvider, resumeForProvider } from '../../ledger/campaigns.ts'
import type { Log } from '../../log.ts'

// The only writer of provider_trouble: a provider that doesn't take messages is left alone, tried with one, and goes on
// by itself. Nobody is given up for it.

type Provider = Channel['name']

/** What a provider said that is no message's fault. */
export interface Said {
  code: string
  /** seconds, when it said how long to wait */
  after?: number | undefined
}

/** Seconds until a provider is tried again, by how often that has been in vain. */
const firstWait = 5
const longestWait = 300
const waitFor = (probes: string): string =>
  `least(${longestWait}, ${firstWait} * 2 ^ least(${probes}, 10))`

/** Whether messages may leave: all; one, to see whether it is taken; none yet. */
export interface Gate {
  gate: 'open' | 'probe' | 'shut'
  /** when the provider last took a message, to the minute */
  takenAt: Date | null
}

/** @param lease of all who ask only one may probe; another may after so many seconds, should that one die */
export async function gateOf(db: Db, provider: Provider, now: Date, lease: number): Promise<Gate> {
  const found = await row<{ due: boolean | null; takenAt: Date | null }>(
    db,
    `select (select probe_at <= $2 from provider_trouble where provider = $1) as due,
            (select taken_at from provider_rate where provider = $1) as "takenAt"`,
    [provider, now],
  )
  const takenAt = found?.takenAt ?? null
  if (found?.due == null) return { gate: 'open', takenAt }
  if (!found.due) return { gate: 'shut', takenAt }
  const mine = await run(
    db,
    `update provider_trouble
        set probe_at = $2::timestamptz + make_interval(secs => $3)
      where provider = $1
        and probe_at <= $2`,
    [provider, now, lease],
  )
  return { gate: mine ? 'probe' : 'shut', takenAt }
}

/** There was nothing to try it with: whoever has something may. */
export const giveBackProbe = (db: Db, provider: Provider, now: Date): Promise<number> =>
  run(db, 'update provider_trouble set probe_at = $2 where provider = $1', [provider, now])

/**
 * The provider takes nothing just now: its lanes wait, as long as it asks for and longer each time it is tried in vain.
 * @param probing it was tried with one message; else several may tell of the same fault
 */
export async function noteTrouble(
  db: Db,
  provider: Provider,
  { code, after = 0 }: Said,
  now: Date,
  probing: boolean,
): Promise<void> {
  await run(
    db,
    `insert into provider_trouble as t (provider, code, since, probe_at)
     values ($1, $2, $3, $3::timestamptz + make_interval(secs => greatest($4, ${firstWait})))
     on conflict (provider) do update
       set code = excluded.code,
           probes = t.probes + $5::int,
           probe_at = case
             when $5 = 1
             then $3::timestamptz + make_interval(secs => greatest($4, ${waitFor('t.probes + 1')}))
             else greatest(t.probe_at, excluded.probe_at) end`,
    [provider, code, now, after, probing ? 1 : 0],
  )
}

/** The provider has taken a message: its lanes open, and the campaigns that waited for it go on. */
export const endTrouble = (
  { pool, log, jobs, clock }: { pool: pg.Pool; log: Log; jobs: Jobs; clock: Clock },
  provider: Provider,
): Promise<void> =>
  transaction(pool, async (tx) => {
    const now = clock.now()
    const ended = await row<{ since: Date; paused: boolean }>(
      tx,
      `delete from provider_trouble
        where provider = $1
       returning since, paused_at is not null as paused`,
      [provider],
    )
    if (!ended?.paused) return
    const campaigns = await resumeForProvider(tx, provider, now)
    await jobs.enqueue(
      tx,
      'release',
      campaigns.map(({ id }) => ({ campaign: id })),
    )
    log.info(
      { provider, since: ended.since, campaigns: campaigns.length },
      'the provider answers again',
    )
  })

export interface Trouble {
  provider: Provider
  code: string
  since: Date
  probeAt: Date
  /** an alarm was given, and its campaigns wait */
  paused: boolean
}

export const troubles = (db: Db): Promise<Trouble[]> =>
  rows<Trouble>(
    db,
    `select provider, code, since, probe_at as "probeAt", paused_at is not null as paused
       from provider_trouble
      order by provider`,
  )

/**
 * Gives the alarm and pauses the campaigns of a provider that has taken nothing for so many minutes; at once when it is
 * our account or settings, which somebody must see to.
 */
export async function pauseInTrouble(
  { pool, log, clock }: { pool: pg.Pool; log: Log; clock: Clock },
  minutes: number,
): Promise<void> {
  const now = clock.now()
  for (const { provider, code, since, paused } of await troubles(pool)) {
    const lasts = now.getTime() - since.getTime()
    if (paused || (lasts < minutes * 60_000 && !needsOperator(code))) continue
    await transaction(pool, async (tx) => {
      const first = await run(
        tx,
        'update provider_trouble set paused_at = $2 where provider = $1 and paused_at is null',
        [provider, now],
      )
      if (!first) return
      const campaigns = await pauseForProvider(tx, provider, code, now)
      log.error(
        { provider, code, since, campaigns },
        needsOperator(code)
          ? 'the provider refuses our account or settings: its campaigns wait until it takes a message'
          : 'the provider takes no messages: its campaigns wait until it does',
      )
    })
  }
}
