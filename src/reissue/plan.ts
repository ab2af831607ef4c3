import { DateTime } from 'luxon'
import { DosesLeft } from '../clinics/doses/left.ts'
import { zone } from '../clock.ts'
import { nearer, PlaceCalendar, type Run } from './places.ts'
import type { OpenSlot } from '../ledger/appointments.ts'

/** Somebody who has a time. */
export interface Seat {
  appointmentId: number
  slotId: number
  clinicId: number
  startsAt: Date
  household: string | null
  /** lower is more urgent */
  priority: number
  madeAt: Date
  /** booked by the person or a clinic, or moved once before: moved after all others */
  chosen: boolean
  needs: readonly string[]
  /** a new time is later than this: the message has to arrive first */
  earliest: Date
  /** why no message of ours can move this person; null: it can */
  byHand: string | null
}

export interface Target {
  clinicId: number
  startsAt: Date
}

/** So many people of the clinic have a time between two moments and will have no dose. */
export interface Doseless {
  from: Date
  until: Date
  people: number
}

export type Move = { appointmentId: number; fromSlotId: number } & (
  | { outcome: 'moved'; to: Target; chain: boolean }
  | { outcome: 'queued'; reason?: 'short-notice' }
  | { outcome: 'by-hand'; reason: string }
)

export interface Reissue {
  moves: Move[]
  /** people too many over all slots: no plan could move fewer */
  overflow: number
  /** of the others, people who must leave since there is no dose for them */
  doseless: number
  kept: number
}

/** A new time at the same clinic is better than another clinic as long as it is this near. */
const nearDays = 7

/**
 * Keep-and-place. Of each slot that holds too many, exactly as many leave as are too many, and where the clinic has too
 * few doses, as many more as will have none: those who were assigned before those who chose their time themselves, the less urgent first, then the later booked; a household counts as its
 * most urgent member. Who leaves gets a place at the same clinic the same day, else within a week, else at another
 * clinic that the `places` hold, else at the same clinic later, else a queue place; households together where that can
 * be, nobody with anaphylaxis at a central reception.
 *
 * Only when `chains` holds people (assigned, and with a time that fits) may one of them be moved to make room: that
 * helps somebody with anaphylaxis when only central receptions have room, and nobody else, since any free place would
 * do for them. The same input in any order gives the same answer.
 */
export function planReissue(given: {
  seats: readonly Seat[]
  overflow: ReadonlyMap<number, number>
  places: readonly OpenSlot[]
  /** what the doses leave, before anybody moves */
  doses?: DosesLeft
  /** the smallest spans first */
  doseless?: readonly Doseless[]
  chains?: readonly Seat[]
}): Reissue {
  const tooMany = beyondCapacity(given.seats, given.overflow)
  const doseless = withoutDose(given.seats, given.doseless ?? [], tooMany)
  const [leaving, stuck] = [tooMany, doseless].flat().reduce<[Seat[], Seat[]]>(
    ([go, stay], seat) => {
      ;(seat.byHand === null ? go : stay).push(seat)
      return [go, stay]
    },
    [[], []],
  )
  const moves: Move[] = stuck.map((seat) => ({
    appointmentId: seat.appointmentId,
    fromSlotId: seat.slotId,
    outcome: 'by-hand',
    reason: seat.byHand!,
  }))
  const doses = given.doses?.copy() ?? new DosesLeft([])
  for (const seat of leaving) doses.take(seat, -1)
  const dayOf = swedishDays()
  const calendars = calendarsOf(given.places, dayOf, doses)
  const placed = new Map<Seat, Target>()
  for (const unit of households(leaving)) {
    if (unit.length > 1 && place(unit, calendars, placed)) continue
    for (const seat of unit) place([seat], calendars, placed)
  }
  const chained = chain(
    leaving.filter((seat) => !placed.has(seat)),
    given.chains ?? [],
    calendars,
    placed,
  )
  for (const seat of [...leaving, ...chained]) {
    const to = placed.get(seat)
    const move = { appointmentId: seat.appointmentId, fromSlotId: seat.slotId }
    moves.push(
      to === undefined
        ? { ...move, outcome: 'queued' }
        : { ...move, outcome: 'moved', to, chain: chained.has(seat) },
    )
  }
  const overflow = [...given.overflow.values()].reduce((sum, over) => sum + over, 0)
  return {
    moves,
    overflow,
    doseless: doseless.length,
    kept:
      given.seats.length - moves.filter((move) => move.outcome !== 'by-hand').length + chained.size,
  }
}

/** Of each slot as many as are too many. */
function beyondCapacity(seats: readonly Seat[], overflow: ReadonlyMap<number, number>): Seat[] {
  const bySlot = Map.groupBy(seats, (seat) => seat.slotId)
  return [...overflow]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([slotId, over]) => inOrderOfLeaving(bySlot.get(slotId) ?? []).slice(0, over))
}

/** Of each span as many more as will have no dose. @param gone those who leave anyway */
function withoutDose(
  seats: readonly Seat[],
  doseless: readonly Doseless[],
  gone: readonly Seat[],
): Seat[] {
  const leave: Seat[] = []
  const away = new Set(gone)
  for (const { from, until, people } of doseless) {
    const own = seats.filter((seat) => seat.startsAt >= from && seat.startsAt < until)
    const already = own.filter((seat) => away.has(seat)).length
    const stay = own.filter((seat) => !away.has(seat))
    for (const seat of inOrderOfLeaving(stay).slice(0, Math.max(0, people - already))) {
      leave.push(seat)
      away.add(seat)
    }
  }
  return leave
}

const urgency = (a: Seat, b: Seat): number =>
  a.priority - b.priority ||
  a.madeAt.getTime() - b.madeAt.getTime() ||
  a.appointmentId - b.appointmentId

/**
 * Who leaves the slot first. People that no message can move stay longest: a time is never changed without saying so.
 */
function inOrderOfLeaving(seats: readonly Seat[]): Seat[] {
  const standing = (seat: Seat): number => (seat.byHand !== null ? 2 : seat.chosen ? 1 : 0)
  return [...Map.groupBy(seats, standing)]
    .sort((a, b) => a[0] - b[0])
    .flatMap(([, alike]) =>
      households(alike)
        .reverse()
        .flatMap((unit) => [...unit].reverse()),
    )
}

/** Households, and those who live alone, by their most urgent member. */
function households(seats: readonly Seat[]): Seat[][] {
  // A Map keeps the order of the first member of each.
  return [
    ...Map.groupBy([...seats].sort(urgency), (seat) =>
      seat.household === null ? `one ${seat.appointmentId}` : `household ${seat.household}`,
    ).values(),
  ]
}

function place(
  unit: readonly Seat[],
  calendars: readonly PlaceCalendar[],
  placed: Map<Seat, Target>,
): boolean {
  const first = unit[0]!
  const time = first.startsAt.getTime()
  const earliest = Math.max(...unit.map((seat) => seat.earliest.getTime()))
  const allowed = unit.some((seat) => seat.needs.includes('anaphylaxis'))
    ? calendars.filter((calendar) => !calendar.central)
    : calendars
  const find = (calendar: PlaceCalendar) => calendar.nearest(unit.length, time, earliest)
  const own = allowed.filter((calendar) => calendar.clinicId === first.clinicId).map(find)[0]
  const found =
    own && own.days <= nearDays
      ? own
      : (allowed
          .filter((calendar) => calendar.clinicId !== first.clinicId)
          .map(find)
          .reduce<Run | undefined>(nearer, undefined) ?? own)
  if (!found) return false
  found.calendar
    .take(found)
    .forEach(({ clinicId, startsAt }, i) => placed.set(unit[i]!, { clinicId, startsAt }))
  return true
}

/** Moves one who may come anywhere out of a place that one who may not is waiting for. @returns those who make room */
function chain(
  unplaced: readonly Seat[],
  others: readonly Seat[],
  calendars: readonly PlaceCalendar[],
  placed: Map<Seat, Target>,
): Set<Seat> {
  const made = new Set<Seat>()
  const may = others
    .filter(
      (other) => other.byHand === null && !other.chosen && !other.needs.includes('anaphylaxis'),
    )
    .sort(urgency)
    .reverse()
  for (const seat of unplaced.filter((s) => s.needs.includes('anaphylaxis'))) {
    const other = may.find((o) => o.startsAt > seat.earliest && !made.has(o))
    if (!other || !place([other], calendars, placed)) break
    made.add(other)
    placed.set(seat, { clinicId: other.clinicId, startsAt: other.startsAt })
  }
  return made
}

function calendarsOf(
  places: readonly OpenSlot[],
  dayOf: (time: number) => number,
  doses: DosesLeft,
): PlaceCalendar[] {
  const sorted = [...places].sort(
    (a, b) => a.clinicId - b.clinicId || a.startsAt.getTime() - b.startsAt.getTime() || a.id - b.id,
  )
  return [...Map.groupBy(sorted, (slot) => slot.clinicId).values()].map(
    (own) => new PlaceCalendar(own, dayOf, doses),
  )
}

/** The number of the day in Sweden at a time. A day begins on the hour: one reckoning an hour will do. */
function swedishDays(): (time: number) => number {
  const known = new Map<number, number>()
  return (time) => {
    const hour = Math.floor(time / 3_600_000)
    const day =
      known.get(hour) ??
      Math.floor(
        DateTime.fromMillis(hour * 3_600_000, { zone })
          .startOf('day')
          .plus({ hours: 12 })
          .toMillis() / 86_400_000,
      )
    known.set(hour, day)
    return day
  }
}
