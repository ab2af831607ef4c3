import type pg from 'pg'
import { row } from '../../db/pool.ts'

/**
 * Reserves `n` sends at a provider and says how long to wait for them: the generic cell rate algorithm on one row, by
 * the database's time, so the rate holds for all processes together and across restarts. A burst is `n` at most.
 * @param perSecond sends a second
 * @returns milliseconds to wait
 */
export async function reserve(
  pool: pg.Pool,
  provider: string,
  n: number,
  perSecond: number,
): Promise<number> {
  const reserved = await row<{ wait: number }>(
    pool,
    `insert into provider_rate as r (provider, free_at) values ($1, clock_timestamp() + make_interval(secs => $2))
     on conflict (provider) do update set free_at = greatest(r.free_at, clock_timestamp()) + make_interval(secs => $2)
     returning greatest(0, extract(epoch from free_at - make_interval(secs => $2) - clock_timestamp()) * 1000)::float8 as wait`,
    [provider, n / perSecond],
  )
  return reserved?.wait ?? 0
}
