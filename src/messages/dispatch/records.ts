import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { putBack, recordTries, type Verdict } from '../../ledger/messages-sending.ts'

/** Milliseconds after which results are written, or sooner when there are so many. */
const writeAfter = 50
const writeAtMost = 100

/**
 * Writes what became of a worker's messages, in sets: one statement a message would cost the database more than all
 * else. A kill leaves those of the last moment in doubt, like those under way.
 */
export class Records {
  readonly #deps: { pool: pg.Pool; clock: Clock }
  readonly #worker: string
  readonly #recorded: (ids: string[]) => void
  #verdicts: Verdict[] = []
  #unsent: string[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  /** the first write that failed: what it should have told is in doubt */
  fault: { error: unknown } | undefined

  /** @param recorded told of the messages whose tries have been written */
  constructor(
    deps: { pool: pg.Pool; clock: Clock },
    worker: string,
    recorded: (ids: string[]) => void,
  ) {
    this.#deps = deps
    this.#worker = worker
    this.#recorded = recorded
  }

  /** A call has ended so. */
  tried(verdict: Verdict): void {
    this.#verdicts.push(verdict)
    this.#later()
  }

  /** It is not sent after all and goes back. */
  unsent(id: string): void {
    this.#unsent.push(id)
    this.#later()
  }

  /** Waits until all is written. */
  async end(): Promise<void> {
    this.#write()
    await this.#writing
  }

  #later(): void {
    if (this.#verdicts.length + this.#unsent.length >= writeAtMost) this.#write()
    else this.#timer ??= setTimeout(() => this.#write(), writeAfter)
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const [verdicts, unsent] = [this.#verdicts, this.#unsent]
    this.#verdicts = []
    this.#unsent = []
    const { pool, clock } = this.#deps
    this.#writing = this.#writing
      .then(async () => {
        await recordTries(pool, verdicts, this.#worker, clock.now())
        await putBack(pool, unsent, this.#worker)
        this.#recorded(verdicts.map(({ id }) => id))
      })
      .catch((error: unknown) => {
        this.fault ??= { error }
      })
  }
}
