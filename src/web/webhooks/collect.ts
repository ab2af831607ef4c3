/**
 * Gathers what comes in within a moment and hands it over as one set: receipts come by the hundred a second, and one
 * statement for many is what the database likes.
 * @param handle all or nothing: when it fails, everybody in the set is told
 * @param moment milliseconds at most that the first one waits
 */
export function collect<T>(
  handle: (items: T[]) => Promise<unknown>,
  moment = 20,
  most = 1000,
): (item: T) => Promise<void> {
  let waiting: { item: T; done: () => void; failed: (error: unknown) => void }[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const set = waiting
    waiting = []
    handle(set.map((w) => w.item)).then(
      () => set.forEach((w) => w.done()),
      (error: unknown) => set.forEach((w) => w.failed(error)),
    )
  }
  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      if (waiting.length >= most) flush()
      else timer ??= setTimeout(flush, moment)
    })
}
