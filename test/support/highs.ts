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

/** What HiGHS, another program than ours, finds. @returns the optimum's value; Infinity when nothing binds; undefined when it gives up */
export function optimum(
  way: 'Minimize' | 'Maximize',
  { value, rows }: Programme,
): number | undefined {
  const constraints = rows.map(({ terms, is, limit }, r) => `r${r}: ${sum(terms)} ${is} ${limit}`)
  const problem = `${way}
obj: ${sum(value.map((each, variable) => [each, variable] as const))}
Subject To
${constraints.join('\n')}
End`
  // Where nothing binds its presolve says "Infeasible" now and then, though x = 0 is a solution, and without presolve it
  // gives up ("Unknown") once in many thousands: what the one leaves open the other nearly always settles.
  for (const presolve of ['off', 'on'] as const) {
    const { Status, ObjectiveValue } = highs.solve(problem, { output_flag: false, presolve })
    if (Status === 'Unbounded' || Status === 'Primal infeasible or unbounded') return Infinity
    if (Status === 'Optimal') return ObjectiveValue
  }
  return undefined
}
