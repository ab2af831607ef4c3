import { number } from './format.ts'
import type { Table } from './view.ts'

/** @param head a label that begins with # is of a column of figures */
export function table(
  caption: string,
  head: string[],
  rows: (string | number)[][],
  foot?: (string | number)[],
): Table {
  const numeric = head.map((label) => label.startsWith('#'))
  const cells = (row: (string | number)[]) =>
    row.map((cell, i) => ({
      text: typeof cell === 'number' ? number(cell) : cell,
      numeric: numeric[i] ?? false,
      code: /^[0-9a-f]{64}$/.test(String(cell)),
    }))
  return {
    caption,
    head: head.map((label, i) => ({ label: label.replace('#', ''), numeric: numeric[i]! })),
    rows: rows.map(cells),
    foot: foot ? cells(foot) : null,
  }
}
