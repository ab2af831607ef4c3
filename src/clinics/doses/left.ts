/** How many people more may have a time at a clinic between two moments; below 0: so many too many have one. */
export interface SpanLeft {
  clinicId: number
  startsAt: Date
  endsAt: Date
  left: number
}

export interface TimeAt {
  clinicId: number
  startsAt: Date
}

/** The doses of clinics while times are planned: asked before each, told of each. Clinics without spans have enough. */
export class DosesLeft {
  readonly #spans: Map<number, { from: number; until: number; left: number }[]>

  constructor(spans: readonly SpanLeft[]) {
    this.#spans = new Map(
      [...Map.groupBy(spans, (span) => span.clinicId)].map(([clinicId, own]) => [
        clinicId,
        own.map(({ startsAt, endsAt, left }) => ({
          from: startsAt.getTime(),
          until: endsAt.getTime(),
          left,
        })),
      ]),
    )
  }

  /** How many people more may have this time, as far as doses go. */
  at(time: TimeAt): number {
    return Math.max(
      0,
      this.#at(time).reduce((least, span) => Math.min(least, span.left), Infinity),
    )
  }

  /** How many of those who have a time then, or at another with the same doses, will have none. */
  owed(time: TimeAt): number {
    return Math.max(
      0,
      this.#at(time).reduce((most, span) => Math.max(most, -span.left), 0),
    )
  }

  /** So many people get this time; below 0: leave it. */
  take(time: TimeAt, people = 1): void {
    for (const span of this.#at(time)) span.left -= people
  }

  /** The slots with what doses leave of their places, the soonest first. */
  cap<S extends TimeAt & { free: number }>(slots: readonly S[]): S[] {
    const left = this.copy()
    return slots
      .toSorted((a, b) => a.startsAt.getTime() - b.startsAt.getTime())
      .map((slot) => {
        const free = Math.min(slot.free, left.at(slot))
        if (free > 0) left.take(slot, free)
        return free === slot.free ? slot : { ...slot, free: Math.max(0, free) }
      })
  }

  copy(): DosesLeft {
    const copy = new DosesLeft([])
    for (const [clinicId, own] of this.#spans)
      copy.#spans.set(
        clinicId,
        own.map((span) => ({ ...span })),
      )
    return copy
  }

  #at({ clinicId, startsAt }: TimeAt) {
    const time = startsAt.getTime()
    return (this.#spans.get(clinicId) ?? []).filter(
      (span) => span.from <= time && time < span.until,
    )
  }
}
