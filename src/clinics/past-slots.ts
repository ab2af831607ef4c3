import { DateTime } from 'luxon'
import { zone } from '../clock.ts'
import type { ReadSlots, StatedSlot } from './read-slots.ts'

type Start = Pick<StatedSlot, 'hsaId' | 'startsAt'>

const keyOf = ({ hsaId, startsAt }: Start): string => `${hsaId} ${startsAt.getTime()}`
const hasPassed = ({ startsAt }: Start, now: Date): boolean => startsAt <= now

/** Slots whose time has passed. */
export const passed = ({ slots }: ReadSlots, now: Date): StatedSlot[] =>
  slots.filter((slot) => hasPassed(slot, now))

/**
 * Leaves out new slots whose time has passed: nobody can come to them, and the year is wrong or the file old. Those that
 * were there before they passed come back in every delivery of a whole week, and are no fault.
 * @param known those that were there
 */
export function withoutPast(read: ReadSlots, known: readonly Start[], now: Date): ReadSlots {
  const there = new Set(known.map(keyOf))
  const late = read.slots.flatMap((slot, i) =>
    hasPassed(slot, now) && !there.has(keyOf(slot)) ? [{ slot, row: read.lines[i]! }] : [],
  )
  if (!late.length) return read
  const out = new Set(late.map(({ slot }) => slot))
  return {
    ...read,
    bad: read.bad + late.length,
    slots: read.slots.filter((slot) => !out.has(slot)),
    lines: read.lines.filter((_, i) => !out.has(read.slots[i]!)),
    rejected: [
      ...read.rejected,
      ...late.map(({ slot, row }) => ({
        row,
        column: 'starts_at',
        code: 'time-has-passed',
        message:
          `${DateTime.fromJSDate(slot.startsAt, { zone }).toFormat('yyyy-MM-dd HH:mm')} has passed, and ` +
          `${slot.hsaId} had no such time before. Is the date right?`,
      })),
    ].sort((a, b) => a.row - b.row),
  }
}
