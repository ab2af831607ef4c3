/** A calendar day as whole days since 1970-01-01: plain arithmetic, no zone, no clock. */
export type Day = number

const DAY_MS = 86_400_000
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/

/** `2021-03-10` → day number; NaN when the text is not a real date (31 February). */
export function parseDay(text: string): Day {
  const match = ISO.exec(text)
  if (!match) return NaN
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3])) / DAY_MS
  return formatDay(day) === text ? day : NaN
}

export function formatDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}

/** 1 Monday … 7 Sunday. Day 0, 1 January 1970, was a Thursday. */
export function weekday(day: Day): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}

/** Easter Sunday of the Gregorian calendar (Meeus/Jones/Butcher, Astronomical Algorithms ch. 8). */
export function easterSunday(year: number): Day {
  const a = year % 19
  const b = Math.floor(year / 100)
  const c = year % 100
  const d = Math.floor(b / 4)
  const e = b % 4
  const f = Math.floor((b + 8) / 25)
  const g = Math.floor((b - f + 1) / 3)
  const h = (19 * a + b - d - g + 15) % 30
  const i = Math.floor(c / 4)
  const k = c % 4
  const l = (32 + 2 * e + 2 * i - h - k) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const month = Math.floor((h + l - 7 * m + 114) / 31)
  const dayOfMonth = ((h + l - 7 * m + 114) % 31) + 1
  return Date.UTC(year, month - 1, dayOfMonth) / DAY_MS
}

/** First given weekday on or after a day: Midsummer Day and All Saints' Day move within a week. */
const onOrAfter = (day: Day, wanted: number): Day => day + ((wanted - weekday(day) + 7) % 7)

/**
 * Days without post, phones or clinics: public holidays (lag 1989:253) and the three eves that
 * semesterlagen (1977:480, 3 a §) counts as Sundays: Midsummer, Christmas and New Year's Eve.
 */
export function publicHolidays(year: number): ReadonlySet<Day> {
  const at = (month: number, day: number): Day => Date.UTC(year, month - 1, day) / DAY_MS
  const easter = easterSunday(year)
  const midsummer = onOrAfter(at(6, 20), 6)
  return new Set([
    at(1, 1),
    at(1, 6),
    easter - 2,
    easter,
    easter + 1,
    at(5, 1),
    easter + 39,
    easter + 49,
    at(6, 6),
    midsummer - 1,
    midsummer,
    onOrAfter(at(10, 31), 6),
    at(12, 24),
    at(12, 25),
    at(12, 26),
    at(12, 31),
  ])
}

const holidaysByYear = new Map<number, ReadonlySet<Day>>()

export function isWorkingDay(day: Day): boolean {
  if (weekday(day) > 5) return false
  const year = new Date(day * DAY_MS).getUTCFullYear()
  let holidays = holidaysByYear.get(year)
  if (!holidays) holidaysByYear.set(year, (holidays = publicHolidays(year)))
  return !holidays.has(day)
}

/** The day `count` working days before `day`; with 0, the day itself. */
export function workingDaysBefore(day: Day, count: number): Day {
  let at = day
  for (let left = count; left > 0;) if (isWorkingDay(--at)) left--
  return at
}

/** The day `count` working days after `day`; with 0, the day itself. */
export function addWorkingDays(day: Day, count: number): Day {
  let at = day
  for (let left = count; left > 0;) if (isWorkingDay(++at)) left--
  return at
}
