import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { Refused } from '../errors.ts'
import { csvOptions, isSepLine, textOf, type SourceFile } from '../people/import/source-file.ts'
import { notCsv, readHeader, readRow, type Column, type Header, type TableRow } from './table.ts'

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
  const parser = parse({ ...csvOptions(file.delimiter), info: true })
  const text = Readable.from(textOf(file))
  text.on('error', (error) => parser.destroy(error)).pipe(parser)
  let header: Header | undefined
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[]
      info: { lines: number }
    }>) {
      if (header) yield readRow(record, header, info.lines)
      else if (!isSepLine(record))
        header = { order: readHeader(file.path, record, columns, docs), width: record.length }
    }
  } catch (error) {
    throw error instanceof CsvError ? notCsv(file.path, error) : error
  } finally {
    text.destroy()
  }
  if (!header) throw new Refused('empty-file', `${file.path} has no rows.`)
}
