/** People of a cell, and how many of them are covered. */
export interface Count {
  members: number
  covered: number
}

/** Below this many people nothing is said of them. */
export const fewest = 5
/** Below this many it isn't said either that all of them are covered, or none. */
const fewestAlike = 20

const few = (n: number): boolean => n > 0 && n < fewest

/** Whether the count would say something of single people. Of nobody there is nothing to say. */
export function isSmall({ members, covered }: Count): boolean {
  const uncovered = members - covered
  if (members === 0) return false
  if (members < fewest || few(covered) || few(uncovered)) return true
  return members < fewestAlike && (covered === 0 || uncovered === 0)
}

const sumOf = (cells: readonly Count[]): Count => ({
  members: cells.reduce((sum, cell) => sum + cell.members, 0),
  covered: cells.reduce((sum, cell) => sum + cell.covered, 0),
})

/**
 * Which cells of a whole are hidden, when the whole is shown: those that are small, and then the next smallest, until
 * together they are not small (so at least two are hidden). So nothing small comes out when what is shown is taken from the whole.
 * Pure. @param cells each person of the whole is in exactly one
 * @returns the cells' places in the list
 */
export const hiddenOfWhole = (cells: readonly Count[]): Set<number> =>
  withNextSmallest(cells, cells.map(isSmall), (hidden) => isSmall(sumOf(hidden)))

/**
 * Which cells are hidden that may overlap, as named groups do: those that are small, or that leave a small rest of the
 * whole. Pure.
 */
export const hiddenOfOverlapping = (cells: readonly Count[], whole: Count): Set<number> =>
  new Set(
    cells.flatMap((cell, i) =>
      isSmall(cell) ||
      isSmall({ members: whole.members - cell.members, covered: whole.covered - cell.covered })
        ? [i]
        : [],
    ),
  )

/**
 * Of which cells the pace isn't said: those that are hidden, those where few were covered of late, and then the next
 * smallest, as with the cells themselves. Pure. @param recent how many were covered of late, a cell
 */
export function hiddenPaces(recent: readonly number[], hidden: ReadonlySet<number>): Set<number> {
  const cells = recent.map((n) => ({ members: n, covered: 0 }))
  const small = recent.map((n, i) => few(n) || hidden.has(i))
  return withNextSmallest(cells, small, (out) => out.length < 2 || few(sumOf(out).members))
}

/** @param tooFew whether what is hidden can still be found by subtraction */
function withNextSmallest<T extends Count>(
  cells: readonly T[],
  small: readonly boolean[],
  tooFew: (hidden: T[]) => boolean,
): Set<number> {
  const order = cells.map((_, i) => i).filter((i) => cells[i]!.members > 0)
  const hidden = new Set(order.filter((i) => small[i]))
  const next = order
    .filter((i) => !small[i])
    .sort((a, b) => cells[a]!.members - cells[b]!.members || a - b)
  while (hidden.size > 0 && next.length > 0 && tooFew([...hidden].map((i) => cells[i]!)))
    hidden.add(next.shift()!)
  return hidden
}

/** Somebody more each day tells who: a day is said when at least five have come since the one said before. */
export function shownDays<T extends { covered: number }>(days: readonly T[], members: number): T[] {
  let before = 0
  const shown: T[] = []
  const last = days.at(-1)
  for (const day of days) {
    const more = day.covered - before
    const left = (last?.covered ?? 0) - day.covered
    if (day !== last && (few(more) || few(left))) continue
    if (isSmall({ members, covered: day.covered })) continue
    shown.push(day)
    before = day.covered
  }
  return shown
}
