import { Refused } from '../errors.ts'
import type { Rejected } from './rejected.ts'

/** What was read of a line: a value, or why there is none. */
export type ReadLine<T> = { row: number } & ({ value: T } | { rejected: Omit<Rejected, 'row'>[] })

const chunk = 5000

/**
 * Hands the lines of a file of any size on in chunks, and tells of those that can't be read.
 * @param reject given each fault of a line that is left out
 * @param put keeps a chunk, e.g. in a table of the transaction
 * @returns how many lines there were, and how many of them could not be read
 * @throws Refused too-many-bad-rows: more than one in twenty, unless `force`
 */
export async function stageRows<T extends object>(
  file: { name: string; force: boolean },
  lines: AsyncIterable<ReadLine<T>>,
  reject: (rejected: Rejected) => void | Promise<void>,
  put: (values: (T & { row: number })[]) => Promise<unknown>,
): Promise<{ rows: number; bad: number }> {
  let [rows, bad] = [0, 0]
  let first: Rejected | undefined
  const waiting: (T & { row: number })[] = []
  for await (const line of lines) {
    rows++
    if ('rejected' in line) {
      bad++
      for (const fault of line.rejected) {
        first ??= { row: line.row, ...fault }
        await reject({ row: line.row, ...fault })
      }
    } else if (waiting.push({ ...line.value, row: line.row }) === chunk)
      await put(waiting.splice(0))
  }
  await put(waiting)
  if (bad * 20 > rows && !file.force)
    throw new Refused(
      'too-many-bad-rows',
      `${file.name}: ${bad} of ${rows} rows can't be read, so nothing was imported. The first is row ` +
        `${first!.row}, ${first!.column}: ${first!.message} Correct the file, or add --force to import the good rows.`,
      { rows, rejected: bad },
    )
  return { rows, bad }
}
