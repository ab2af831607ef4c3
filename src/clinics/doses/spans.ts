import { dayAfter } from '../../people/dates.ts'

/** Doses that came, or are sure to come. Days are YYYY-MM-DD. */
export interface Lot {
  day: string
  doses: number
  /** the last day on which they can be used; null: as long as anybody asks */
  useBy: string | null
  /** doses that are sure out of one vial */
  perVial: number
}

/** What the clinic says of its doses on a day. */
export interface DoseEvent {
  day: string
  kind: 'discarded' | 'drawn' | 'found' | 'counted'
  doses: number
  /** how many vials the doses were drawn from */
  vials: number | null
}

/** What is known of the doses of a clinic. */
export interface ClinicDoses {
  lots: readonly Lot[]
  /** in the order in which they were said */
  events: readonly DoseEvent[]
  /** people with a time, by day */
  booked: ReadonlyMap<string, number>
}

/** From the first day until before the other (null: for ever), no more people than doses. */
export interface DoseSpan {
  from: string
  until: string | null
  doses: number
}

const ever = '9999-12-31'

/** What a clinic has today, by last day: what is used up first comes first. */
type Stock = { useBy: string; doses: number }[]

/**
 * How many people may have a time, between which days, so that everybody gets a dose: those there are today, each until
 * its last day, and those that come, each from its day.
 *
 * Hall's theorem for intervals: the doses suffice if and only if, between any two days, no more people have a time than
 * there are doses that can be used between them. Only the days count on which doses come or have gone. A lot that an
 * earlier one outlives breaks the rule that two days say all (people before it and people after it can't both have the
 * longer one's doses): it counts only up to its own last day, which is safe but a few doses careful.
 */
export function doseSpans(clinic: ClinicDoses, today: string): DoseSpan[] {
  const lots = usable(clinic, today)
  const starts = [today, ...lots.filter((lot) => lot.useBy < ever).map((l) => dayAfter(l.useBy))]
  const ends = [...lots.filter((lot) => lot.day > today).map((lot) => lot.day), ever]
  const spans: DoseSpan[] = []
  for (const from of distinct(starts))
    for (const until of distinct(ends))
      if (from < until)
        spans.push({
          from,
          until: until === ever ? null : until,
          doses: dosesBetween(lots, from, until),
        })
  return spans.filter((span) => !spans.some((other) => other !== span && implies(other, span)))
}

const distinct = (days: readonly string[]): string[] => [...new Set(days)].sort()

interface Usable extends Pick<Lot, 'day' | 'doses'> {
  useBy: string
  /** an earlier one can be used longer */
  outlived: boolean
}

/** What is there today and what comes, as lots with a first and a last day. */
function usable({ lots, events, booked }: ClinicDoses, today: string): Usable[] {
  const left = stockOn(today, lots, events, booked).map(({ useBy, doses }) => ({
    day: today,
    useBy,
    doses,
  }))
  const coming = lots
    .filter((lot) => lot.day > today)
    .map(({ day, doses, useBy }) => ({ day, doses, useBy: useBy ?? ever }))
  const all = [...left, ...coming].filter((lot) => lot.doses > 0)
  return all.map((lot) => ({
    ...lot,
    outlived: all.some((other) => other.day < lot.day && other.useBy > lot.useBy),
  }))
}

/** Doses for people from the one day until before the other. */
const dosesBetween = (lots: readonly Usable[], from: string, until: string): number =>
  lots.reduce(
    (sum, { day, useBy, outlived, doses }) =>
      day < until && useBy >= from && (!outlived || until <= dayAfter(useBy)) ? sum + doses : sum,
    0,
  )

/** What holds for the wider span says all of the narrower one. */
const implies = (wide: DoseSpan, narrow: DoseSpan): boolean =>
  wide.from <= narrow.from &&
  (wide.until ?? ever) >= (narrow.until ?? ever) &&
  wide.doses <= narrow.doses

/**
 * What is left on the morning of a day: what came, less what people with a time got and what was thrown away. What goes
 * first is used first. Nobody is owed a dose of an earlier day: if there were too few, there were more than we knew of.
 */
function stockOn(
  today: string,
  lots: readonly Lot[],
  events: readonly DoseEvent[],
  booked: ReadonlyMap<string, number>,
): Stock {
  const days = [...lots.map((l) => l.day), ...events.map((e) => e.day), ...booked.keys()]
  let stock: Stock = []
  for (const day of distinct(days).filter((d) => d <= today)) {
    stock = stock.filter((part) => part.useBy >= day)
    for (const lot of lots)
      if (lot.day === day) stock.push({ useBy: lot.useBy ?? ever, doses: lot.doses })
    stock.sort((a, b) => (a.useBy < b.useBy ? -1 : 1))
    for (const event of events) if (event.day === day) stock = told(stock, event, lots)
    if (day < today) stock = without(stock, booked.get(day) ?? 0)
  }
  return stock.filter((part) => part.useBy >= today)
}

function told(stock: Stock, event: DoseEvent, lots: readonly Lot[]): Stock {
  const all = stock.reduce((sum, part) => sum + part.doses, 0)
  const change = {
    discarded: -event.doses,
    found: event.doses,
    counted: event.doses - all,
    drawn: event.doses - Math.floor((event.vials ?? 0) * perVial(lots, event.day)),
  }[event.kind]
  return change < 0 ? without(stock, -change) : withMore(stock, change)
}

/** The doses that the latest delivery's vials were counted as. */
const perVial = (lots: readonly Lot[], day: string): number =>
  lots
    .filter((lot) => lot.day <= day)
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
    .at(-1)?.perVial ?? 0

/** They are of what lasts longest, since nobody says of which: what is there must not be forgotten. */
function withMore(stock: Stock, doses: number): Stock {
  const last = stock.at(-1)
  if (doses === 0) return stock
  return last
    ? [...stock.slice(0, -1), { ...last, doses: last.doses + doses }]
    : [{ useBy: ever, doses }]
}

function without(stock: Stock, doses: number): Stock {
  let left = doses
  return stock.flatMap((part) => {
    const gone = Math.min(left, part.doses)
    left -= gone
    return part.doses > gone ? [{ ...part, doses: part.doses - gone }] : []
  })
}
