/**
 * The share of the limit that is used. Calls that leave up to 20 ms after their times come closer together than their
 * times are: there can be as many in a second as there are times in 1.02 s. With 96.5 % of the limit that stays below
 * it, with 16 ms left for the way to the provider.
 */
export const usedShare = 0.965

/**
 * How long after its time a call may leave; else it waits for another.
 * @param step milliseconds between two times: of those that are more than a second apart none comes too close
 */
export const lateAtMost = (step: number): number => Math.max(20, step - 1000)

/** The times at which a worker may send, as they are reserved, set after set; pure. */
export class Turns {
  readonly #times: number[] = []
  readonly #step: number
  #size = 0
  #used = 0
  #missed = 0

  /** @param step milliseconds between two times */
  constructor(step: number) {
    this.#step = step
  }

  /** Adds a set of reserved times. */
  add(first: number, size: number): void {
    for (let i = 0; i < size; i++) this.#times.push(first + i * this.#step)
    this.#size = size
    this.#used = 0
    this.#missed = 0
  }

  /** The next time that is not over. */
  next(now: number): number | undefined {
    while (this.#times.length && now - this.#times[0]! > lateAtMost(this.#step)) {
      this.#times.shift()
      this.#missed++
    }
    return this.#times[0]
  }

  /** Takes the next time, for a call that leaves now. @returns it, unless it is still to come */
  take(now: number): number | undefined {
    const at = this.next(now)
    if (at === undefined || now < at) return undefined
    this.#times.shift()
    this.#used++
    return at
  }

  /** Half of a set is used: time to reserve the next, so that nothing passes between them. One or two are far apart. */
  get low(): boolean {
    return this.#size > 2 && this.#times.length <= this.#size / 2
  }

  /** The size of the next set: more as long as none is missed, for those are kept from other workers. */
  wanted(atMost: number): number {
    const size = this.#missed ? this.#used : this.#size * 2
    return Math.max(1, Math.min(size, Math.floor(atMost)))
  }
}
