/**
 * Does it again when PostgreSQL ended it to undo a deadlock: a booking locks the invitation before the slot,
 * the allocation of fixed times and the import lock the slots first.
 */
export async function retried<T>(work: () => Promise<T>, tries = 3): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (tries > 1 && (error as { code?: string }).code === '40P01') return retried(work, tries - 1)
    throw error
  }
}
