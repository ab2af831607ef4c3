import type { DosesLeft } from '../clinics/doses/left.ts'
import type { OpenSlot } from '../ledger/appointments.ts'

/**
 * Free places next to each other at one clinic, one for each member of a household, and how far they are from the old
 * time.
 */
export interface Run {
  calendar: PlaceCalendar
  slots: number[]
  days: number
  minutes: number
}

/** Members of a household come within half an hour of each other. */
const neighbours = 30 * 60_000

/** Nearer in days first, then nearer in time of day. */
export const nearer = (a: Run | undefined, b: Run | undefined): Run | undefined =>
  !a || (b && (b.days < a.days || (b.days === a.days && b.minutes < a.minutes))) ? b : a

/**
 * One clinic's free places by time. Full slots are skipped by pointers in both directions that only ever grow longer,
 * so that looking for the nearest place stays short however full the calendar is.
 */
export class PlaceCalendar {
  readonly clinicId: number
  readonly central: boolean
  readonly #slots: readonly OpenSlot[]
  readonly #starts: number[]
  readonly #dayOf: (time: number) => number
  readonly #free: number[]
  readonly #doses: DosesLeft
  readonly #after: number[]
  readonly #before: number[]
  /** household sizes for which there is no run left anywhere: places only become fewer */
  readonly #none = new Set<number>()

  /**
   * @param slots one clinic's, by time
   * @param dayOf the number of the day in Sweden
   * @param doses shared by all calendars: what is taken here is taken there
   */
  constructor(slots: readonly OpenSlot[], dayOf: (time: number) => number, doses: DosesLeft) {
    this.clinicId = slots[0]!.clinicId
    this.central = slots[0]!.central
    this.#slots = slots
    this.#starts = slots.map((slot) => slot.startsAt.getTime())
    this.#dayOf = dayOf
    this.#doses = doses
    this.#free = slots.map((slot) => slot.free)
    this.#after = slots.map((_, i) => i)
    this.#before = slots.map((_, i) => i)
  }

  take(run: Run): OpenSlot[] {
    for (const i of run.slots) {
      this.#free[i]! -= 1
      this.#doses.take(this.#slots[i]!)
    }
    return run.slots.map((i) => this.#slots[i]!)
  }

  /** The places for `size` people nearest to a time, by days and then by minutes; none at or before `earliest`. */
  nearest(size: number, time: number, earliest: number): Run | undefined {
    if (this.#none.has(size)) return undefined
    const lowest = this.#firstAfter(earliest)
    const middle = Math.max(lowest, this.#firstAfter(time - 1))
    let best: Run | undefined
    for (let i = this.#next(middle); i < this.#slots.length && !best; i = this.#next(i + 1))
      best = this.#run(i, size, time)
    let earlier: Run | undefined
    for (let i = this.#previous(middle - 1); i >= lowest && !earlier; i = this.#previous(i - 1))
      earlier = this.#run(i, size, time)
    best = nearer(best, earlier)
    if (!best && lowest === 0) this.#none.add(size)
    return best
  }

  #run(first: number, size: number, time: number): Run | undefined {
    const slots: number[] = []
    // Half an hour on the doses are the same, and like places they only become fewer.
    const doses = this.#doses.at(this.#slots[first]!)
    if (doses === 0) this.#free[first] = 0
    if (doses < size) return undefined
    for (
      let i = first;
      i < this.#slots.length &&
      this.#starts[i]! - this.#starts[first]! <= neighbours &&
      slots.length < size;
      i = this.#next(i + 1)
    ) {
      for (let left = this.#free[i]!; left > 0 && slots.length < size; left--) slots.push(i)
    }
    if (slots.length < size) return undefined
    return {
      calendar: this,
      slots,
      days: Math.abs(this.#dayOf(this.#starts[first]!) - this.#dayOf(time)),
      minutes: Math.abs(this.#starts[first]! - time) / 60_000,
    }
  }

  #next(index: number): number {
    let at = index
    while (at < this.#slots.length && this.#free[at]! <= 0) at = Math.max(this.#after[at]!, at + 1)
    for (let i = index; i < at;) {
      const then = Math.max(this.#after[i]!, i + 1)
      this.#after[i] = at
      i = then
    }
    return at
  }

  #previous(index: number): number {
    let at = index
    while (at >= 0 && this.#free[at]! <= 0) at = Math.min(this.#before[at]!, at - 1)
    for (let i = index; i > at && i >= 0;) {
      const then = Math.min(this.#before[i]!, i - 1)
      this.#before[i] = at
      i = then
    }
    return at
  }

  #firstAfter(time: number): number {
    let [low, high] = [0, this.#starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#starts[middle]! <= time) low = middle + 1
      else high = middle
    }
    return low
  }
}
