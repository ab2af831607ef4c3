/** Lets work through in the order it came, so much of it at once. What fails doesn't hold up what follows. */
export type Limit = <T>(work: () => Promise<T>) => Promise<T>

export function limitConcurrency(atOnce = 1): Limit {
  const waiting: (() => void)[] = []
  let free = atOnce
  return async (work) => {
    if (free > 0) free--
    else await new Promise<void>((go) => waiting.push(go))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
