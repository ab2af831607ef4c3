import { parse } from 'csv-parse/sync'
import { Refused, messageOf } from '../errors.ts'
import { readLine } from '../people/contact.ts'
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

/**
 * Reads a small CSV file: Swedish or English header, comma or semicolon, UTF-8 with or without BOM, or Windows-1252.
 * Columns that are not ours are passed over. Values are composed (NFC), trimmed, with single spaces.
 * @throws Refused not-csv, missing-columns, double-columns, empty-file
 */
export function readTable(fileName: string, bytes: Uint8Array, columns: readonly Column[]): Table {
  const text = decode(bytes)
  const firstLine = text.slice(0, text.search(/[\r\n]|$/))
  const delimiter = firstLine.split(';').length > firstLine.split(',').length ? ';' : ','
  let lines: { record: string[]; info: { lines: number } }[]
  try {
    lines = parse(text, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
      max_record_size: 100_000,
    }) as unknown as typeof lines
  } catch (error) {
    throw new Refused(
      'not-csv',
      `${fileName} can't be read as CSV: ${messageOf(error)}. Is it cut off, or another kind of file?`,
    )
  }
  const header = lines.shift()?.record
  if (!header || lines.length === 0) throw new Refused('empty-file', `${fileName} has no rows.`)
  const order = readHeader(fileName, header, columns)
  const table: Table = { rows: [], rejected: [] }
  for (const { record, info } of lines) {
    const row = info.lines
    if (record.length !== header.length) {
      table.rejected.push({
        row,
        column: '',
        code: 'column-count',
        message: `The row has ${record.length} columns, the header ${header.length}.`,
      })
      continue
    }
    const values: Record<string, string> = {}
    for (const [at, name] of order) values[name] = readLine(record[at] ?? '')
    table.rows.push({ row, values })
  }
  return table
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) // takes the BOM away
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
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
      `${fileName} lacks ${missing.join(', ')}. Its header is: ${header.join(', ').slice(0, 300)}. See ${docs}.`,
    )
  const double = found.find((name, i) => found.indexOf(name) !== i)
  if (double)
    throw new Refused('double-columns', `${fileName} has two columns for ${double}. Take one away.`)
  return order
}
