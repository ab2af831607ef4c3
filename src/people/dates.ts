import { zone } from '../clock.ts'

const calendar = new Intl.DateTimeFormat('sv-SE', {
  timeZone: zone,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The day in Sweden at a moment, YYYY-MM-DD. */
export const dayOf = (now: Date): string => calendar.format(now)

/** The day after, YYYY-MM-DD. */
export const dayAfter = (day: string): string =>
  new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10)
