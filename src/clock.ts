/** The only place that reads the time. Simulations and tests hand in a clock of their own and move it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that showed `showed` at the real moment `at` and has gone on since. */
export const clockGoingOn = (showed: Date, at: Date): Clock => ({
  now: () => new Date(showed.getTime() + systemClock.now().getTime() - at.getTime()),
})

/** A clock that stands still until it is moved. */
export class MovableClock implements Clock {
  #now: Date
  constructor(start: Date) {
    this.#now = start
  }
  now(): Date {
    return new Date(this.#now)
  }
  moveTo(time: Date): void {
    if (time < this.#now)
      throw new RangeError(
        `the clock can't go back from ${this.#now.toISOString()} to ${time.toISOString()}`,
      )
    this.#now = time
  }
}

export const zone = 'Europe/Stockholm'
