import type pg from 'pg'
import { run } from '../src/db/pool.ts'

/** The campaign as it was given; its purpose is in the register then. */
export async function registered<Spec extends { purpose: string }>(
  pool: pg.Pool,
  spec: Spec,
): Promise<Spec> {
  await run(
    pool,
    `insert into purpose (code, name, words, routes, made_by, made_at)
     values ($1, $1, '{}', '{}', 'bench', now())
     on conflict do nothing`,
    [spec.purpose],
  )
  return spec
}
