import { DateTime } from 'luxon'
import { zone } from '../clock.ts'
import type { SwedishStart } from './allocate-person.ts'

const [hour, day] = [3_600_000, 86_400_000]
const offsets = new Map<number, number>()

/**
 * The clock in Sweden is calculated once for each hour: it changes on the hour, and hundreds of thousands of
 * slots share a few hundred.
 */
export function swedishStart(time: number): SwedishStart {
  const atHour = Math.floor(time / hour)
  let offset = offsets.get(atHour)
  if (offset === undefined) {
    if (offsets.size > 100_000) offsets.clear()
    offset = DateTime.fromMillis(atHour * hour, { zone }).offset * 60_000
    offsets.set(atHour, offset)
  }
  const local = time + offset
  const days = Math.floor(local / day) // 1970-01-01 was a Thursday
  return {
    time,
    week: Math.floor((days + 3) / 7),
    weekday: ((((days + 3) % 7) + 7) % 7) + 1,
    minute: Math.floor((local - days * day) / 60_000),
  }
}
