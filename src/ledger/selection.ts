/**
 * Which rows a ledger function is to change: a query that yields their ids (column `id`, and what else the function says it
 * reads). It stays SQL, so that memory does not grow with the number of people.
 */
export interface Selection {
  sql: string
  values: readonly unknown[]
}

/**
 * The first term of a set-based change's `with`: the selection as `chosen`, read once and before anything is changed. The
 * statement's own parameters are numbered after the selection's: `$${which.values.length + 1}`.
 */
export const chosen = (which: Selection): string => `chosen as materialized (${which.sql})`

/** The rows with these ids: for sets that a job's chunk bounds. */
export const idsOf = (ids: readonly number[]): Selection => ({
  sql: 'select unnest($1::bigint[]) as id',
  values: [ids],
})
