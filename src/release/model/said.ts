import { formatDay, parseDay, publicHolidays, weekday } from './calendar.ts'
import { SAID_AHEAD } from './supply.ts'

/** A clinic where supply is said to continue as usual. Dates are YYYY-MM-DD. */
export interface SaidClinic {
  area: string
  until: string
  /** the last known week of places, its days in order */
  week: readonly { day: string; places: number }[]
  /** doses of the last week of deliveries; null when doses don't limit the clinic */
  doses: number | null
}

/**
 * The clinic's last known week, repeated by weekday until the day that was said, from the day after the last that is
 * known. A week gives no more than a week's doses, used from its first day. Nothing on public holidays.
 */
export function saidDays(
  { week, doses, until }: Omit<SaidClinic, 'area'>,
  today: string,
): { day: string; places: number }[] {
  const usual = new Map<number, number>()
  let left = doses ?? Infinity
  for (const { day, places } of week) {
    const given = Math.min(places, left)
    left -= given
    usual.set(weekday(parseDay(day)), given)
  }
  const days: { day: string; places: number }[] = []
  const last = Math.max(parseDay(today), ...week.map(({ day }) => parseDay(day)))
  for (let on = last + 1; on <= parseDay(until); on++) {
    const places = usual.get(weekday(on)) ?? 0
    const day = formatDay(on)
    if (places > 0 && !publicHolidays(Number(day.slice(0, 4))).has(on)) days.push({ day, places })
  }
  return days
}

/**
 * By area, the places that are said, as far ahead as they can count and within the campaign's days.
 * @param within first and last day of the campaign's times
 */
export function saidByArea(
  clinics: readonly SaidClinic[],
  today: string,
  within: { from?: string | undefined; to?: string | undefined },
): Map<string, Record<string, number>> {
  const areas = new Map<string, Record<string, number>>()
  const latest = formatDay(parseDay(today) + SAID_AHEAD)
  for (const clinic of clinics)
    for (const { day, places } of saidDays(clinic, today)) {
      if (day > latest || day < (within.from ?? day) || day > (within.to ?? day)) continue
      const at = areas.get(clinic.area) ?? {}
      areas.set(clinic.area, at)
      at[day] = (at[day] ?? 0) + places
    }
  return areas
}
