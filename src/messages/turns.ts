/** Lets work through one after the other, in the order it came. What fails doesn't hold up what follows. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>

export function inTurn(): Turn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => {})
    return mine
  }
}
