import { stringify } from 'csv-stringify/sync'
import { Refused } from '../errors.ts'

/** Why a row was left out: row is the line of the file, counted from 1, column by its English name. */
export interface Rejected {
  row: number
  column: string
  code: string
  message: string
}

/**
 * The rejected rows as CSV (UTF-8 with BOM, so that Excel reads it); cells that a spreadsheet would run are
 * defused.
 */
export const rejectedCsv = (rejected: readonly Rejected[]): string =>
  stringify([...rejected], {
    header: true,
    columns: ['row', 'column', 'code', 'message'],
    bom: true,
    escape_formulas: true,
  })

/** How many rows the rejections touch: a row can have several faults. */
export const rejectedRows = (rejected: readonly Rejected[]): number =>
  new Set(rejected.map((r) => r.row)).size

/**
 * A file of which more than one row in twenty is bad is most likely the wrong file or a broken export.
 * @throws Refused too-many-bad-rows
 */
export function refuseIfMostlyBad(
  fileName: string,
  read: { rows: number; bad: number; rejected: readonly Rejected[] },
  options: { force: boolean; rejectedFile?: string | null },
): void {
  const { rows, bad, rejected } = read
  if (options.force || bad * 20 <= rows) return
  const first = rejected[0]!
  throw new Refused(
    'too-many-bad-rows',
    `${fileName}: ${bad} of ${rows} rows are bad, so nothing was imported. ` +
      `The first is row ${first.row}, ${first.column}: ${first.message}` +
      `${options.rejectedFile ? ` All are listed in ${options.rejectedFile}.` : ''} ` +
      'Correct the file, or add --force to import the good rows.',
    { rows, rejected: bad },
  )
}
