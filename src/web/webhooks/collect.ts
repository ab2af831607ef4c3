/**
 * Gathers what comes in within a moment and hands it over as one set: receipts come by the hundred a second, and one
 * statement for many is what the database likes.
 * @param handle all or nothing: when the data of one can't be kept, each is handled alone, so that one fails alone;
 *   any other failure is told to everybody in the set
 * @param moment milliseconds at most that the first one waits
 */
export function collect<T>(
  handle: (items: T[]) => Promise<unknown>,
  moment = 20,
  most = 1000,
): (item: T) => Promise<void> {
  let waiting: Waiting<T>[] = []
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    const set = waiting
    waiting = []
    handleSet(handle, set).catch(() => {}) // each of the set has been told
  }
  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      if (waiting.length >= most) flush()
      else timer ??= setTimeout(flush, moment)
    })
}

interface Waiting<T> {
  item: T
  done: () => void
  failed: (error: unknown) => void
}

async function handleSet<T>(
  handle: (items: T[]) => Promise<unknown>,
  set: Waiting<T>[],
): Promise<void> {
  try {
    await handle(set.map(({ item }) => item))
    set.forEach(({ done }) => done())
  } catch (error) {
    if (set.length > 1 && isOfData(error)) for (const one of set) await handleSet(handle, [one])
    else set.forEach(({ failed }) => failed(error))
  }
}

/** Whether PostgreSQL refused the values (SQLSTATE classes 22 and 23), and not something else failed. */
const isOfData = (error: unknown): boolean =>
  /^2[23]/.test(String((error as { code?: unknown } | null)?.code))
