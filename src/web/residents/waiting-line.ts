import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

/** Who has not looked for so long has gone away. */
const goneAfter = 180_000 // ms
/**
 * Seconds until a page that waits reloads itself: soon when it is almost their turn, else rarely enough that a screen
 * reader gets to the link that stops it (WCAG 2.2.1 wants that people can turn such a limit off).
 */
export const lookAgainAfter = (before: number): number => (before < 100 ? 5 : 15)
/**
 * Who is among so many at the front gets in when there is room at the moment their page looks: a hundred a second look,
 * about as many as the pages of one program can take in.
 */
const front = 1500

/**
 * The line before signing in, when more people come than can be served at once: without it everybody waits for a page
 * that in the end does not come. Whoever has signed in is served always. One line a process; a number of another
 * process, or of an earlier life of this one, has waited already and goes to the front.
 */
export class WaitingLine {
  readonly #room: number
  readonly #formed: () => void
  #formedAt = -Infinity
  readonly #process = randomBytes(6).toString('base64url')
  readonly #atWork = new Set<object>()
  #next = 1
  /** the last number that was given at the front: below those of all who came */
  #first = 1
  /** numbers in order, with those who have gone since it was last tidied */
  #order: number[] = []
  readonly #lastSeen = new Map<number, number>()
  #tidied = 0

  /**
   * @param room requests that are served at once before those who come have to wait
   * @param formed told when a line forms, once a minute at most
   */
  constructor(room: number, formed: () => void) {
    this.#room = room
    this.#formed = formed
  }

  /** A request is being served, until `end`. */
  begin(request: object): void {
    this.#atWork.add(request)
  }

  end(request: object): void {
    this.#atWork.delete(request)
  }

  /** @param now milliseconds. @returns undefined: come in; else the number they got */
  come(now: number): string | undefined {
    this.#tidy(now)
    if (!this.#order.length && this.#atWork.size <= this.#room) return undefined
    if (now - this.#formedAt > 60_000) {
      this.#formedAt = now
      this.#formed()
    }
    const number = this.#next++
    this.#order.push(number)
    this.#lastSeen.set(number, now)
    return `${this.#process}.${number}`
  }

  /**
   * Somebody who has a number looks again.
   * @returns undefined: come in; else their number, and how many are before them
   */
  look(given: string, now: number): { number: string; before: number } | undefined {
    this.#tidy(now)
    const [process, text] = given.split('.')
    let number = Number(text)
    if (process !== this.#process || !this.#lastSeen.has(number)) {
      number = --this.#first
      this.#order.unshift(number)
    }
    const before = this.#placeOf(number)
    if (before < front && this.#atWork.size <= this.#room) {
      this.#lastSeen.delete(number)
      this.#order.splice(before, 1)
      return undefined
    }
    this.#lastSeen.set(number, now)
    return { number: `${this.#process}.${number}`, before }
  }

  /** How many wait. */
  get length(): number {
    return this.#order.length
  }

  #placeOf(number: number): number {
    let [low, high] = [0, this.#order.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#order[middle]! < number) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Once a second: who has gone stands in nobody's way. */
  #tidy(now: number): void {
    if (now - this.#tidied < 1000) return
    this.#tidied = now
    for (const [number, seen] of this.#lastSeen)
      if (now - seen > goneAfter) this.#lastSeen.delete(number)
    this.#order = this.#order.filter((number) => this.#lastSeen.has(number))
  }
}

/** What somebody who waits has typed, with their number. */
export interface Waiting {
  number: string
  code: string
  birth: string
}

/** Seals what a waiting browser keeps in its cookie, so that nobody who finds it there can read a code. */
export class Seal {
  readonly #key: Buffer

  constructor(secret: string) {
    this.#key = createHash('sha256').update(`waiting line ${secret}`).digest()
  }

  close(waiting: Waiting): string {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv)
    const sealed = Buffer.concat([cipher.update(JSON.stringify(waiting), 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
  }

  /** @returns undefined when it is not ours */
  open(text: string): Waiting | undefined {
    const bytes = Buffer.from(text, 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return JSON.parse(
        Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'),
      ) as Waiting
    } catch {
      return undefined
    }
  }
}
