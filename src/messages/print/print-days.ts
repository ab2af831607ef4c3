import { row, run, type Db } from '../../db/pool.ts'
import { setPrintDay } from '../../ledger/batches.ts'
import { lettersIn } from '../../ledger/messages-letters.ts'
import { roomOn, type PrintDay, type PrintSchedule } from './print-day.ts'

const columns = `day::text as day, letters, expected_letters as "expectedLetters", announced_at as "announcedAt"`

/**
 * Locks a day at the supplier for this transaction; whoever else gives letters to it waits.
 * @returns letters that it still takes
 */
export async function lockRoom(tx: Db, day: string, schedule: PrintSchedule): Promise<number> {
  await run(tx, 'insert into print_day (day) values ($1) on conflict do nothing', [day])
  const found = await row<PrintDay>(
    tx,
    `select ${columns} from print_day where day = $1 for update`,
    [day],
  )
  const capacity =
    schedule.capacity === undefined ? null : Math.max(found!.letters, schedule.capacity)
  await run(
    tx,
    'update print_day set capacity = $2 where day = $1 and capacity is distinct from $2',
    [day, capacity],
  )
  return roomOn(found!, schedule)
}

/** Gives letters to a day that is locked, or takes them back (a negative number). */
export const takeRoom = (tx: Db, day: string, letters: number): Promise<number> =>
  run(tx, 'update print_day set letters = letters + $2 where day = $1', [day, letters])

/**
 * Sees to it that a batch counts among the letters of the day it would be printed now. One that has waited past its
 * day moves to today's, if there is room.
 * @returns `wait` when there is no room today, `too-big` when no day that isn't announced has room for it
 */
export async function moveToDay(
  tx: Db,
  batchId: number,
  day: string,
  schedule: PrintSchedule,
): Promise<'counted' | 'wait' | 'too-big'> {
  const batch = await row<{ printDay: string | null; letters: number }>(
    tx,
    `select print_day::text as "printDay", (select count(*)::int from ${lettersIn('$1')}) as letters
       from batch
      where id = $1
        for update`,
    [batchId],
  )
  const { printDay, letters } = batch!
  if (printDay === day) return 'counted'
  if ((await lockRoom(tx, day, schedule)) < letters)
    return roomOn({ day, letters: 0, expectedLetters: null, announcedAt: null }, schedule) < letters
      ? 'too-big'
      : 'wait'
  await takeRoom(tx, day, letters)
  if (printDay) await takeRoom(tx, printDay, -letters)
  await setPrintDay(tx, batchId, day)
  return 'counted'
}

export const printDayRow = async (db: Db, day: string): Promise<PrintDay> =>
  (await row<PrintDay>(db, `select ${columns} from print_day where day = $1`, [day])) ?? {
    day,
    letters: 0,
    expectedLetters: null,
    announcedAt: null,
  }
