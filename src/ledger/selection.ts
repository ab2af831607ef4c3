import { run, type Db } from '../db/pool.ts'

/**
 * Which rows a ledger function is to change: a query that yields their ids (column `id`, and what else the function
 * says it reads). It stays SQL, so that memory does not grow with the number of people.
 */
export interface Selection {
  sql: string
  values: readonly unknown[]
}

/** The rows with these ids: for sets that a job's chunk bounds. */
export const idsOf = (ids: readonly number[]): Selection => ({
  sql: 'select unnest($1::bigint[]) as id',
  values: [ids],
})

/** The first term of a set-based change's `with`: the selection, read once and before anything is changed. */
export const chosen = (which: Selection): string => `chosen as materialized (${which.sql})`

/**
 * Changes what a selection chooses.
 * @param statement reads `chosen`; it is given the parameters of `values`, numbered after the selection's own
 * @returns how many rows were changed
 */
export function change(
  db: Db,
  which: Selection,
  statement: (...parameters: string[]) => string,
  ...values: unknown[]
): Promise<number> {
  const before = which.values.length
  return run(
    db,
    `with ${chosen(which)}
     ${statement(...values.map((_, n) => `$${before + n + 1}`))}`,
    [...which.values, ...values],
  )
}

/** What a column's default new_code() gives, for statements that make many: they read the secret once. */
export const newCode = `code_of(nextval('code_number'), (select secret from code_key))`
