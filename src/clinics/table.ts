import { parse } from 'csv-parse/sync'
import { Refused, messageOf } from '../errors.ts'
import { readLine } from '../people/contact.ts'
import { csvOptions, hasColumns, inspectBytes, isSepLine } from '../people/import/source-file.ts'
import type { Rejected } from './rejected.ts'

/** A column by its English name, with the other names it may have in a header. */
export interface Column {
  name: string
  aliases: readonly string[]
  required: boolean
}

export interface Table {
  /** row: the line of the file that it ends on, counted from 1 */
  rows: { row: number; values: Record<string, string> }[]
  rejected: Rejected[]
}

/** A line of a table: its values by column, or why it has none. */
export type TableRow = { row: number } & (
  { values: Record<string, string> } | { rejected: Omit<Rejected, 'row'>[] }
)

/** Which of the columns stands where, and how many the header has. */
export interface Header {
  order: [number, string][]
  width: number
}

/** Reads one row below a header. Values are composed (NFC), trimmed, with single spaces. */
export function readRow(
  record: readonly string[],
  { order, width }: Header,
  row: number,
): TableRow {
  if (!hasColumns(record, width))
    return {
      row,
      rejected: [
        {
          column: '',
          code: 'column-count',
          message: `The row has ${record.length} columns, the header ${width}.`,
        },
      ],
    }
  const damaged = order.find(([at]) => record[at]!.includes('\0'))
  if (damaged)
    return {
      row,
      rejected: [
        {
          column: damaged[1],
          code: 'nul-byte',
          message: 'The text holds a NUL byte: the file is damaged here. Export it again.',
        },
      ],
    }
  return {
    row,
    values: Object.fromEntries(order.map(([at, name]) => [name, readLine(record[at]!)])),
  }
}

/** A parser's error as one that says what to do. */
export const notCsv = (fileName: string, error: unknown): Refused =>
  new Refused(
    'not-csv',
    `${fileName} can't be read as CSV: ${messageOf(error)}. Is it cut off, or another kind of file?`,
  )

/**
 * Reads a small CSV file with the rules of every CSV file (people/import/source-file.ts): Swedish or English header,
 * comma, semicolon or tab. Columns that are not ours are passed over.
 * @throws Refused as inspectBytes; not-csv, missing-columns, double-columns, empty-file
 */
export function readTable(
  fileName: string,
  bytes: Uint8Array,
  columns: readonly Column[],
  docs?: string,
): Table {
  const file = inspectBytes(fileName, bytes)
  let lines: { record: string[]; info: { lines: number } }[]
  try {
    lines = parse(new TextDecoder(file.encoding).decode(bytes), {
      ...csvOptions(file.delimiter),
      info: true,
    }) as unknown as typeof lines
  } catch (error) {
    throw notCsv(fileName, error)
  }
  if (isSepLine(lines[0]?.record ?? [])) lines.shift()
  const first = lines.shift()?.record
  if (!first || lines.length === 0) throw new Refused('empty-file', `${fileName} has no rows.`)
  const header = { order: readHeader(fileName, first, columns, docs), width: first.length }
  const table: Table = { rows: [], rejected: [] }
  for (const { record, info } of lines) {
    const read = readRow(record, header, info.lines)
    if ('values' in read) table.rows.push(read)
    else table.rejected.push(...read.rejected.map((fault) => ({ row: read.row, ...fault })))
  }
  return table
}

const simple = (name: string): string =>
  name
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '_')

/** Which of the columns stands where. @throws Refused missing-columns, double-columns */
export function readHeader(
  fileName: string,
  header: string[],
  columns: readonly Column[],
  docs = 'docs/integrator/file-formats-clinics.md',
): [number, string][] {
  const names = new Map(
    columns.flatMap((c) => [c.name, ...c.aliases].map((alias) => [simple(alias), c.name] as const)),
  )
  const order: [number, string][] = []
  header.forEach((title, at) => {
    const name = names.get(simple(title))
    if (name) order.push([at, name])
  })
  const found = order.map(([, name]) => name)
  const missing = columns.filter((c) => c.required && !found.includes(c.name)).map((c) => c.name)
  if (missing.length)
    throw new Refused(
      'missing-columns',
      `${fileName} lacks ${missing.join(', ')}. Its header is: ${header.map(readLine).join(', ').slice(0, 300)}. See ${docs}.`,
    )
  const double = found.find((name, i) => found.indexOf(name) !== i)
  if (double)
    throw new Refused('double-columns', `${fileName} has two columns for ${double}. Take one away.`)
  return order
}
