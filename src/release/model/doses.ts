import type { DosesLeft } from '../../clinics/doses/left.ts'

/** A clinic's day: places free, as published. Dates are YYYY-MM-DD. */
export interface ClinicDay {
  clinicId: number
  area: string
  day: string
  /** the first of its times that is still to come */
  startsAt: Date
  free: number
}

/** Doses beyond those that are sure: of planned deliveries, and what is usually drawn of confirmed ones. */
export interface LikelyDoses {
  clinicId: number
  /** the day from which they can be used */
  day: string
  doses: number
  /** when they are to be confirmed, or seen */
  publishedOn: string
}

export interface AreaPlaces {
  free: Record<string, number>
  planned: Record<string, { expected: number; publishedOn: string }>
}

/**
 * Places by area: published slots as far as sure doses go, and the rest of them as far as likely doses go, from the day
 * those are to be confirmed. A clinic that doses don't limit is taken at its word.
 * @param left what the doses leave to those who have no time yet
 */
export function placesByArea(
  days: readonly ClinicDay[],
  left: DosesLeft,
  likely: readonly LikelyDoses[],
): Map<string, AreaPlaces> {
  const areas = new Map<string, AreaPlaces>()
  const sure = left.copy()
  const hoped = Map.groupBy(likely, (doses) => doses.clinicId)
  for (const [clinicId, own] of Map.groupBy(days, (day) => day.clinicId)) {
    const coming = (hoped.get(clinicId) ?? []).toSorted((a, b) => (a.day < b.day ? -1 : 1))
    let planned = 0
    let publishedOn = ''
    for (const clinicDay of own.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
      const { area, day } = clinicDay
      const at = areas.get(area) ?? { free: {}, planned: {} }
      areas.set(area, at)
      while (coming[0] && coming[0].day <= day) {
        const doses = coming.shift()!
        planned += doses.doses
        publishedOn = doses.publishedOn
      }
      const free = Math.min(clinicDay.free, sure.at(clinicDay))
      sure.take(clinicDay, free)
      const rest = Math.min(clinicDay.free - free, planned)
      planned -= rest
      if (free > 0) at.free[day] = (at.free[day] ?? 0) + free
      if (rest > 0)
        at.planned[day] = { expected: (at.planned[day]?.expected ?? 0) + rest, publishedOn }
    }
  }
  return areas
}
