/**
 * A code without its last number, and without separators: covid-19/dose-1 and covid-19/dose-2 are a series,
 * covid-19/dos-1 is a slip.
 */
const stem = (code: string): string => code.replace(/\d+$/, '')
const squeezed = (code: string): string => stem(code).replace(/[^a-z0-9]/g, '')

/** The known code that a new one is likely to be a slip of; undefined: it is its own. */
export function slipOf(code: string, known: readonly string[]): string | undefined {
  const near = known
    .filter((other) => other !== code && stem(other) !== stem(code))
    .map((other) => ({ other, away: editDistance(squeezed(code), squeezed(other)) }))
    .filter(({ away }) => away <= Math.min(2, Math.floor(squeezed(code).length / 4)))
    .sort((a, b) => a.away - b.away || endsAlike(code, b.other) - endsAlike(code, a.other))
  return near[0]?.other
}

const endsAlike = (code: string, other: string): number =>
  Number(/\d*$/.exec(code)![0] === /\d*$/.exec(other)![0])

/** The known code that somebody who wrote this one most likely means; undefined: none is like it. */
export function nearest(code: string, known: readonly string[]): string | undefined {
  const near = known
    .map((other) => ({ other, away: editDistance(code, other) }))
    .filter(({ away, other }) => away <= Math.max(2, Math.floor(other.length / 3)))
    .sort((a, b) => a.away - b.away || (a.other < b.other ? -1 : 1))
  return near[0]?.other
}

/** How many letters must be put in, taken out, changed or swapped with the next (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let [twoBack, back] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const line = [i]
    for (let j = 1; j <= b.length; j++) {
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? twoBack[j - 2]! + 1 : Infinity
      line[j] = Math.min(
        back[j]! + 1,
        line[j - 1]! + 1,
        back[j - 1]! + Number(a[i - 1] !== b[j - 1]),
        swapped,
      )
    }
    ;[twoBack, back] = [back, line]
  }
  return back[b.length]!
}
