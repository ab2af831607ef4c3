import { setTimeout as sleep } from 'node:timers/promises'
import { networksOf } from './network.ts'

/** So many answers of a network are looked at together; each wrong one keeps its place until its wait is over. */
const atOnce = 5
/** More than these wait in vain. */
const waitingAtMost = 100
const forgottenAfter = 15 * 60_000 // ms after the last wrong one

interface Network {
  wrong: number
  last: number
  atWork: number
  waiting: (() => void)[]
}

/** Milliseconds that a wrong answer is kept waiting, by how many the network has given lately. */
const waitAfter = (wrong: number): number => Math.min(8000, 250 * 2 ** Math.min(wrong - 1, 10))

/**
 * Slows down whoever gives wrong answers, and the others of the same network with them; nobody else. In memory: it is
 * about one program's door, and a restart forgets.
 */
export class SlowDoor {
  readonly #networks = new Map<string, Network>()
  #lookedThrough = 0
  readonly #wait: (ms: number) => Promise<unknown>

  constructor(wait: (ms: number) => Promise<unknown> = sleep) {
    this.#wait = wait
  }

  /**
   * Looks whether an answer is right, when the network's turn comes.
   * @returns 'too-many': so many wait that it wasn't looked at
   */
  async ask(address: string, isRight: () => boolean): Promise<boolean | 'too-many'> {
    const name = networksOf(address).at(-1)!
    const network = this.#networkNamed(name)
    if (network.atWork >= atOnce) {
      if (network.waiting.length >= waitingAtMost) return 'too-many'
      await new Promise<void>((turn) => network.waiting.push(turn)) // and has the place of who went
    } else network.atWork++
    try {
      if (isRight()) return true
      network.wrong++
      network.last = performance.now()
      await this.#wait(waitAfter(network.wrong))
      return false
    } finally {
      const next = network.waiting.shift()
      if (next) next()
      else network.atWork--
    }
  }

  #networkNamed(name: string): Network {
    const known = this.#networks.get(name)
    if (known && (known.atWork > 0 || performance.now() - known.last < forgottenAfter)) return known
    this.#forget()
    const network = { wrong: 0, last: performance.now(), atWork: 0, waiting: [] }
    this.#networks.set(name, network)
    return network
  }

  #forget(): void {
    const now = performance.now()
    if (now - this.#lookedThrough < 60_000) return
    this.#lookedThrough = now
    for (const [name, { atWork, last }] of this.#networks)
      if (atWork === 0 && now - last >= forgottenAfter) this.#networks.delete(name)
  }
}
