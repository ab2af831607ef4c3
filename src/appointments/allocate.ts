import type { OpenSlot } from './store.ts'

/** Somebody to be given a fixed time; `id` is the invitation's. */
export interface Waiting {
  id: number
  area: string
  /** HSA-id */
  listedClinic: string | null
  household: string | null
  /** lower goes first */
  priority: number
  needs: readonly string[]
  /** no time before this */
  earliest: Date
}

/** Members of a household come within half an hour of each other. */
const neighbours = 30 * 60_000

/**
 * Gives each person a slot: greedy, in order of priority, the household as a unit. A unit is placed together (in one slot,
 * or in slots of one clinic within half an hour) at the clinic of one of its members, else together at another clinic of
 * the area, else each for themselves; always as early as possible. Never above what is free in a slot, nobody with
 * anaphylaxis at a central reception, and nobody is left without while a slot that they may have has room. The same input
 * in any order gives the same answer.
 * @returns slot id by invitation id; who is missing found none
 */
export function allocate(people: readonly Waiting[], slots: readonly OpenSlot[]): Map<number, number> {
  const given = new Map<number, number>()
  const areas = Map.groupBy(calendars(slots), (calendar) => calendar.area)
  for (const unit of units(people)) {
    const open = areas.get(unit[0]!.area) ?? []
    if (unit.length > 1 && placeTogether(unit, open, given)) continue
    for (const person of unit) placeTogether([person], open, given)
  }
  return given
}

/** Households within an area, and those who live alone, by their most urgent member. */
function units(people: readonly Waiting[]): Waiting[][] {
  const urgent = [...people].sort((a, b) => a.priority - b.priority || a.id - b.id)
  // A Map keeps the order of the first member of each unit.
  return [...Map.groupBy(urgent, (p) => (p.household === null ? `person ${p.id}` : `household ${p.area} ${p.household}`)).values()]
}

function placeTogether(unit: Waiting[], open: readonly Calendar[], given: Map<number, number>): boolean {
  const from = Math.max(...unit.map((p) => p.earliest.getTime()))
  const allowed = unit.some((p) => p.needs.includes('anaphylaxis')) ? open.filter((calendar) => !calendar.central) : open
  const listed = unit.flatMap((p) => allowed.filter((calendar) => calendar.hsaId === p.listedClinic))
  // Their own clinics one after the other; then the earliest time at any.
  const found = listed.map((calendar) => calendar.find(unit.length, from)).find((run) => run !== undefined) ?? earliest(allowed.map((calendar) => calendar.find(unit.length, from)))
  if (!found) return false
  unit.forEach((person, i) => {
    const place = found[i]!
    place.calendar.take(place.index)
    given.set(person.id, place.calendar.slots[place.index]!.id)
  })
  return true
}

interface Place {
  calendar: Calendar
  index: number
  startsAt: number
}

const earliest = (runs: (Place[] | undefined)[]): Place[] | undefined =>
  runs.reduce((best, run) => (run && (!best || run.at(-1)!.startsAt < best.at(-1)!.startsAt) ? run : best), undefined)

function calendars(slots: readonly OpenSlot[]): Calendar[] {
  const sorted = [...slots].sort((a, b) => a.clinicId - b.clinicId || a.startsAt.getTime() - b.startsAt.getTime() || a.id - b.id)
  return [...Map.groupBy(sorted, (slot) => slot.clinicId).values()].map((own) => new Calendar(own))
}

/** One clinic's slots by time, with what is left in each. Full slots are skipped by pointers, so a search stays short. */
class Calendar {
  readonly slots: readonly OpenSlot[]
  readonly area: string
  readonly hsaId: string
  readonly central: boolean
  readonly #free: number[]
  readonly #skip: number[]
  readonly #starts: number[]

  constructor(slots: readonly OpenSlot[]) {
    this.slots = slots
    this.area = slots[0]!.area
    this.hsaId = slots[0]!.hsaId
    this.central = slots[0]!.central
    this.#free = slots.map((slot) => slot.free)
    this.#skip = slots.map((_, i) => i)
    this.#starts = slots.map((slot) => slot.startsAt.getTime())
  }

  take(index: number): void {
    this.#free[index]! -= 1
  }

  /** The earliest places for `size` people within half an hour, none before `from`. */
  find(size: number, from: number): Place[] | undefined {
    for (let first = this.#next(this.#firstAt(from)); first < this.slots.length; first = this.#next(first + 1)) {
      const run: Place[] = []
      for (let i = first; i < this.slots.length && this.#starts[i]! - this.#starts[first]! <= neighbours && run.length < size; i = this.#next(i + 1)) {
        for (let left = this.#free[i]!; left > 0 && run.length < size; left--) run.push({ calendar: this, index: i, startsAt: this.#starts[i]! })
      }
      if (run.length === size) return run
    }
    return undefined
  }

  /** The first slot at or after `index` with something left. */
  #next(index: number): number {
    let at = index
    while (at < this.slots.length && this.#free[at]! <= 0) at = this.#skip[at]! > at ? this.#skip[at]! : at + 1
    for (let i = index; i < at; ) {
      const then = this.#skip[i]! > i ? this.#skip[i]! : i + 1
      this.#skip[i] = at
      i = then
    }
    return at
  }

  #firstAt(time: number): number {
    let [low, high] = [0, this.slots.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#starts[middle]! < time) low = middle + 1
      else high = middle
    }
    return low
  }
}
