/**
 * A table of bounded size that forgets what has not been asked for lately: when it is full, what was asked
 * for only once goes. What is the same in all letters stays though every letter brings names and numbers of
 * its own.
 */
export class BoundedCache<K, V> {
  readonly #most: number
  readonly #entries = new Map<K, { value: V; again: boolean }>()

  constructor(most: number) {
    this.#most = most
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    entry.again = true
    return entry.value
  }

  set(key: K, value: V): V {
    if (this.#entries.size >= this.#most) this.#forget()
    this.#entries.set(key, { value, again: false })
    return value
  }

  #forget(): void {
    for (const [key, entry] of this.#entries) {
      if (entry.again) entry.again = false
      else this.#entries.delete(key)
    }
    // All was asked for: it would be swept again and again.
    if (2 * this.#entries.size > this.#most) this.#entries.clear()
  }
}
