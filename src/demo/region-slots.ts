import { DateTime } from 'luxon'
import type { Clinic } from '../clinics/read-clinics.ts'
import type { StatedSlot } from '../clinics/read-slots.ts'
import { zone } from '../clock.ts'
import { Random } from './region-random.ts'

const [opens, closes, every, minutes] = [8, 16, 10, 5] // hours; a start each ten minutes, five minutes a person

/**
 * The slots of a week, Monday to Friday 8–16, at all clinics: about `places` in all, by how many people the
 * municipality has.
 * A central reception takes as many as three clinics.
 * @param monday YYYY-MM-DD
 */
export function makeSlots(
  seed: number,
  clinics: readonly Clinic[],
  peopleIn: ReadonlyMap<string, number>,
  monday: string,
  places: number,
): StatedSlot[] {
  const weight = (clinic: Clinic): number => (clinic.central ? 3 : 1)
  const total = [...peopleIn.values()].reduce((a, b) => a + b, 0)
  return clinics.flatMap((clinic, i) => {
    const neighbours = clinics
      .filter((c) => c.municipality === clinic.municipality)
      .reduce((sum, c) => sum + weight(c), 0)
    const aWeek =
      (places * (peopleIn.get(clinic.municipality) ?? 0) * weight(clinic)) / (total * neighbours)
    const random = new Random(seed + i * 7919 + Number(monday.replaceAll('-', '')))
    return [0, 1, 2, 3, 4].flatMap((day) =>
      daySlots(
        clinic,
        DateTime.fromISO(monday, { zone }).plus({ days: day }),
        (aWeek / 5) * (0.9 + random.next() * 0.2),
      ),
    )
  })
}

/** A day's places spread evenly over the opening hours. */
function daySlots(clinic: Clinic, day: DateTime, wanted: number): StatedSlot[] {
  const starts = ((closes - opens) * 60) / every
  const places = Math.max(1, Math.round(wanted))
  const open = day.set({ hour: opens }).toMillis() // the clock never changes in opening hours
  return Array.from({ length: starts }, (_, i) => i).flatMap((i): StatedSlot[] => {
    const capacity = Math.floor(((i + 1) * places) / starts) - Math.floor((i * places) / starts)
    if (capacity === 0) return []
    return [
      {
        hsaId: clinic.hsaId,
        startsAt: new Date(open + i * every * 60_000),
        minutes,
        capacity,
        taken: 0,
        overbooking: 0,
        bookingUrl: null,
        bookingPhone: null,
      },
    ]
  })
}
