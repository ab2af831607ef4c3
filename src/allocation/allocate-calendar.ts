import {
  mayStart,
  type AllocationClinic,
  type AllocationSlot,
  type SwedishStart,
  type Waiting,
} from './allocate-person.ts'
import { swedishStart } from './swedish-start.ts'

/** Members of a household come within half an hour of each other. */
export const neighbours = 30 * 60_000

/**
 * One clinic's slots by time, with what is left in each. Full slots are skipped by pointers, so a search stays
 * short.
 */
export class Calendar {
  readonly clinic: AllocationClinic
  readonly slots: readonly AllocationSlot[]
  readonly starts: readonly SwedishStart[]
  /** places in all of them, at the start */
  readonly room: number
  readonly #free: number[]
  readonly #skip: number[]
  /** by size: before this slot no group of the size finds room any more, whoever they are; places only become fewer */
  readonly #none: number[] = []

  /** @param slots of one clinic, by time */
  constructor(slots: readonly AllocationSlot[]) {
    this.clinic = slots[0]!
    this.slots = slots
    this.starts = slots.map((slot) => swedishStart(slot.startsAt.getTime()))
    this.#free = slots.map((slot) => slot.free)
    this.#skip = slots.map((_, i) => i)
    this.room = slots.reduce((sum, slot) => sum + Math.max(0, slot.free), 0)
  }

  /** Takes a place in each of these slots; the same one may come more than once. */
  take(places: readonly number[]): void {
    for (const i of places) this.#free[i]! -= 1
  }

  /** What is left in the slot of that index. */
  left = (i: number): number => Math.max(0, this.#free[i]!)

  /**
   * The earliest places for these people within half an hour, as indexes into `slots`: one each, all of which
   * all may have.
   */
  find(people: readonly Waiting[]): number[] | undefined {
    const size = people.length
    const from = Math.max(...people.map((p) => p.earliest.getTime()))
    const anyTime = people.every((p) => !p.latest && !p.hours)
    const open = (i: number) => anyTime || people.every((p) => mayStart(p, this.starts[i]!))
    const start = this.#firstAt(from)
    const known = this.#none[size] ?? 0
    const learning = anyTime && start <= known
    for (
      let first = this.#next(Math.max(start, known));
      first < this.slots.length;
      first = this.#next(first + 1)
    ) {
      const places = open(first) ? this.#run(first, size, open) : undefined
      if (learning) this.#none[size] = first
      if (places) return places
    }
    if (learning) this.#none[size] = this.slots.length
    return undefined
  }

  #run(first: number, size: number, open: (i: number) => boolean): number[] | undefined {
    const places: number[] = []
    for (
      let i = first;
      i < this.slots.length && this.starts[i]!.time - this.starts[first]!.time <= neighbours;
      i = this.#next(i + 1)
    ) {
      if (!open(i)) continue
      for (let left = this.#free[i]!; left > 0; left--) if (places.push(i) === size) return places
    }
    return undefined
  }

  /** The first slot at or after `index` with something left. */
  #next(index: number): number {
    let at = index
    while (at < this.slots.length && this.#free[at]! <= 0)
      at = this.#skip[at]! > at ? this.#skip[at]! : at + 1
    for (let i = index; i < at;) {
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
      if (this.starts[middle]!.time < time) low = middle + 1
      else high = middle
    }
    return low
  }
}

export function calendars(slots: readonly AllocationSlot[]): Calendar[] {
  const sorted = [...slots].sort(
    (a, b) => a.clinicId - b.clinicId || a.startsAt.getTime() - b.startsAt.getTime() || a.id - b.id,
  )
  return [...Map.groupBy(sorted, (slot) => slot.clinicId).values()].map((own) => new Calendar(own))
}
