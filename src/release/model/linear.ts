/**
 * Largest Σ value·x with rows·x ≤ limit and x ≥ 0, by the simplex method on a dense tableau (Dantzig 1947; Bland's rule
 * against cycling). For a dozen variables and rows; limits must not be negative, so that x = 0 is a start.
 * @param rows one array of coefficients a constraint
 * @returns the optimum's value; Infinity when nothing binds
 */
export function maximise(
  value: readonly number[],
  rows: readonly (readonly number[])[],
  limits: readonly number[],
): number {
  const columns = value.length + rows.length
  const tableau = rows.map((row, r) => [
    ...row,
    ...rows.map((_, i) => (i === r ? 1 : 0)),
    Math.max(0, limits[r] ?? 0),
  ])
  const goal = [...value.map((v) => -v), ...rows.map(() => 0), 0]
  const at = (row: number[], i: number): number => row[i] ?? 0
  for (let turn = 0; turn < 40 * columns; turn++) {
    const enter = goal.findIndex((x, i) => i < columns && x < -1e-9)
    if (enter < 0) break
    let leave = -1
    let least = Infinity
    tableau.forEach((row, r) => {
      const each = at(row, enter)
      if (each > 1e-9 && at(row, columns) / each < least - 1e-12)
        [least, leave] = [at(row, columns) / each, r]
    })
    const pivotRow = tableau[leave]
    if (!pivotRow) return Infinity
    const pivot = at(pivotRow, enter)
    for (let i = 0; i <= columns; i++) pivotRow[i] = at(pivotRow, i) / pivot
    for (const row of [...tableau, goal]) {
      const factor = at(row, enter)
      if (row === pivotRow || factor === 0) continue
      for (let i = 0; i <= columns; i++) row[i] = at(row, i) - factor * at(pivotRow, i)
    }
  }
  return at(goal, columns)
}
