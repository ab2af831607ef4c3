import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { Refused } from '../errors.ts'
import { readLine } from '../people/contact.ts'
import type { SourceFile } from '../people/import/source-file.ts'
import type { Rejected } from './rejected.ts'
import { readHeader, type Column } from './table.ts'

/** A line of a table: its values by column, or why it has none. */
export type TableRow = { row: number } & (
  { values: Record<string, string> } | { rejected: Omit<Rejected, 'row'>[] }
)

/**
 * Reads a CSV file of any size row by row, with the rules of readTable (table.ts).
 * @param docs where its columns are described
 * @throws Refused not-csv, missing-columns, double-columns, empty-file
 */
export async function* streamTable(
  file: SourceFile,
  columns: readonly Column[],
  docs: string,
): AsyncGenerator<TableRow> {
  const parser = parse({
    delimiter: file.delimiter,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    info: true,
    max_record_size: 100_000,
  })
  const text = Readable.from(decoded(file))
  text.on('error', (error) => parser.destroy(error)).pipe(parser)
  let order: [number, string][] | undefined
  let width = 0
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      const row = info.lines
      if (!order) {
        order = readHeader(file.path, record, columns, docs)
        width = record.length
      } else if (record.length !== width) yield { row, rejected: [columnCount(record, width)] }
      else
        yield {
          row,
          values: Object.fromEntries(order.map(([at, name]) => [name, readLine(record[at] ?? '')])),
        }
    }
  } catch (error) {
    if (error instanceof CsvError)
      throw new Refused(
        'not-csv',
        `${file.path} can't be read as CSV: ${error.message}. Is it cut off, or another kind of file?`,
      )
    throw error
  } finally {
    text.destroy()
  }
  if (!order) throw new Refused('empty-file', `${file.path} has no rows.`)
}

const columnCount = (record: readonly string[], width: number) => ({
  column: '',
  code: 'column-count',
  message: `The row has ${record.length} columns, the header ${width}.`,
})

async function* decoded(file: SourceFile): AsyncGenerator<string> {
  const decoder = new TextDecoder(file.encoding)
  for await (const chunk of createReadStream(file.path) as AsyncIterable<Buffer>)
    yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}
