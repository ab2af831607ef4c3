/**
 * Milliseconds that one and the same notice waits before a campaign steps aside: single confirmations go out beside a
 * campaign, each within its share of the limit; a warning to thousands does not.
 */
const patience = 500
/** Whoever has waited for so long is not waiting for the campaign, but for a person: its own text is broken. */
const atMost = 60_000

/** Whether a campaign waits so that notices on its channel go first. */
export class Aside {
  #waiting: { notice: string; since: number } | undefined
  #aside = false

  /**
   * @param notice the first of those that could leave now; undefined: none does
   * @param now milliseconds
   * @returns whether the campaign waits; once it has stepped aside, until no notice waits
   */
  look(notice: string | undefined, now: number): boolean {
    if (notice === undefined) this.#waiting = undefined
    else if (this.#waiting?.notice !== notice) this.#waiting = { notice, since: now }
    const waited = this.#waiting ? now - this.#waiting.since : 0
    this.#aside =
      this.#waiting !== undefined && waited < atMost && (this.#aside || waited >= patience)
    return this.#aside
  }
}
