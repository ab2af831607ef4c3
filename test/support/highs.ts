import loadHighs from 'highs'

// The types say that the module is the function; Node gives an ES module.
const highs = await (loadHighs as unknown as typeof loadHighs.default)()

/** A linear programme: variables ≥ 0 by number, a row's terms and what they may come to. */
export interface Programme {
  /** by variable */
  value: readonly number[]
  rows: readonly {
    terms: readonly (readonly [each: number, variable: number])[]
    is: '<=' | '='
    limit: number
  }[]
}

const sum = (terms: readonly (readonly [each: number, variable: number])[]) =>
  terms
    .map(([each, variable]) => `${each < 0 ? '-' : '+'} ${Math.abs(each)} x${variable}`)
    .join('\n')

/** What HiGHS, another program than ours, finds. @returns the optimum's value; Infinity when nothing binds */
export function optimum(way: 'Minimize' | 'Maximize', { value, rows }: Programme): number {
  const constraints = rows.map(({ terms, is, limit }, r) => `r${r}: ${sum(terms)} ${is} ${limit}`)
  const { Status, ObjectiveValue } = highs.solve(
    `${way}
obj: ${sum(value.map((each, variable) => [each, variable] as const))}
Subject To
${constraints.join('\n')}
End`,
    { output_flag: false },
  )
  if (Status === 'Unbounded' || Status === 'Primal infeasible or unbounded') return Infinity
  if (Status !== 'Optimal') throw new Error(`HiGHS says ${Status}`)
  return ObjectiveValue
}
