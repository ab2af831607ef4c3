/** A call leaves at most this many milliseconds after its time, or waits for another. */
export const lateAtMost = 30

/**
 * The share of the limit that is used. Calls that leave up to `lateAtMost` after their times come closer together than
 * their times are: there can be as many in a second as there are times in 1.03 s. With 96.5 % of the limit that stays
 * below it, with 6 ms left for the way to the provider.
 */
export const usedShare = 0.965

/** The times at which a worker may send, as they are reserved, set after set; pure. */
export class Turns {
  readonly #times: number[] = []
  #size = 0
  #used = 0
  #missed = 0

  /** Adds a set of reserved times, `step` milliseconds apart. */
  add(first: number, step: number, size: number): void {
    for (let i = 0; i < size; i++) this.#times.push(first + i * step)
    this.#size = size
    this.#used = 0
    this.#missed = 0
  }

  /** The next time that is not over. */
  next(now: number): number | undefined {
    while (this.#times.length && now - this.#times[0]! > lateAtMost) {
      this.#times.shift()
      this.#missed++
    }
    return this.#times[0]
  }

  /** Takes the next time, for a call that leaves now. @returns whether there is one */
  take(now: number): boolean {
    const at = this.next(now)
    if (at === undefined || now < at) return false
    this.#times.shift()
    this.#used++
    return true
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
