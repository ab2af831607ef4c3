import { formatDay, parseDay } from './calendar.ts'

/** A clinic's day: places free and taken, as published. Dates are YYYY-MM-DD. */
export interface ClinicDay {
  clinicId: number
  area: string
  day: string
  free: number
  booked: number
}

/** A delivery as it is believed now, in doses. */
export interface Delivery {
  clinicId: number
  day: string
  /** doses sure to be drawn, and those usually drawn */
  min: number
  expected: number
  state: 'planned' | 'confirmed'
  publishedOn: string | null
}

export interface AreaPlaces {
  free: Record<string, number>
  planned: Record<string, { expected: number; publishedOn: string }>
}

/** Deliveries are confirmed a week ahead (Dalarna 2021). */
const confirmedAhead = 7 // days

/**
 * Places by area: published slots as far as confirmed doses go, and the rest of them as far as planned doses
 * go, from the day those are to be confirmed. A clinic of which no delivery is known is taken at its word.
 */
export function placesByArea(
  days: readonly ClinicDay[],
  deliveries: readonly Delivery[],
): Map<string, AreaPlaces> {
  const areas = new Map<string, AreaPlaces>()
  const known = Map.groupBy(deliveries, (delivery) => delivery.clinicId)
  for (const [clinicId, own] of Map.groupBy(days, (day) => day.clinicId)) {
    const doses = known.get(clinicId)
    const first = doses?.map((d) => d.day).sort()[0]
    let confirmed = 0
    let planned = 0
    const left = (doses ?? []).toSorted((a, b) => (a.day < b.day ? -1 : 1))
    for (const { area, day, free, booked } of own.toSorted((a, b) => (a.day < b.day ? -1 : 1))) {
      const at = areas.get(area) ?? { free: {}, planned: {} }
      areas.set(area, at)
      if (!doses || first === undefined || day < first) {
        at.free[day] = (at.free[day] ?? 0) + free
        continue
      }
      let publishedOn = formatDay(parseDay(day) - confirmedAhead)
      while (left[0] && left[0].day <= day) {
        const delivery = left.shift()!
        const sure = delivery.state === 'confirmed' ? delivery.min : 0
        confirmed += sure
        // what is usually drawn from a vial, but not always, is no more than planned
        planned += delivery.expected - sure
        if (delivery.state === 'planned' && delivery.publishedOn) publishedOn = delivery.publishedOn
      }
      // Whoever is booked needs a dose first; what is short is made up from the planned.
      const short = Math.max(0, booked - confirmed)
      confirmed = Math.max(0, confirmed - booked)
      planned = Math.max(0, planned - short)
      const bookable = Math.min(free, Math.floor(confirmed))
      const likely = Math.min(free - bookable, Math.floor(planned))
      confirmed -= bookable
      planned -= likely
      if (bookable > 0) at.free[day] = (at.free[day] ?? 0) + bookable
      if (likely > 0)
        at.planned[day] = { expected: (at.planned[day]?.expected ?? 0) + likely, publishedOn }
    }
  }
  return areas
}
