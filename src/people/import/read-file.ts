import { parse, CsvError } from 'csv-parse'
import { Refused } from '../../errors.ts'
import {
  readHeader,
  readObject,
  type Field,
  type JsonObject,
  type PeopleRecord,
} from './import-columns.ts'
import { receivedLine } from '../../received.ts'
import {
  csvOptions,
  hasColumns,
  isSepLine,
  recordLimit,
  textOf,
  tooLong,
  type SourceFile,
} from './source-file.ts'

/** Who gets what is read. Nothing is kept here, so memory does not grow with the file. */
export interface Sink {
  /** a record with the line it ends on, counted from 1; only on loan: the next one may be the same object */
  record(record: PeopleRecord, line: number): void
  /** a line that is not a record */
  malformed(
    line: number,
    code: 'wrong-number-of-columns' | 'bad-json' | 'nul-byte' | 'open-quote' | 'bad-text',
  ): void
  /** a field that the file has, and what it calls it */
  called(field: Field, name: string): void
  /** a column or key that we don't use */
  ignored(name: string): void
  /** called after each block; what was read must be on its way before more is read */
  settled(): Promise<void>
}

/** @returns why the file seems to have been cut off, or null */
export async function readFile(file: SourceFile, sink: Sink): Promise<string | null> {
  return file.format === 'ndjson' ? readNdjson(file, sink) : readCsv(file, sink)
}

async function readCsv(file: SourceFile, sink: Sink): Promise<string | null> {
  let columns: (Field | undefined)[] | undefined
  const record: PeopleRecord = {} // filled again for each row: making a million of thirty keys takes 2 s
  let lastLine = 0
  let lastShort = 0
  const take = (values: string[], line: number) => {
    if (!columns) {
      if (isSepLine(values)) return
      columns = readHeader(values)
      for (const [i, field] of columns.entries()) {
        const name = values[i]!.trim()
        if (field) sink.called(field, name)
        else if (name) sink.ignored(name)
      }
      return
    }
    lastLine = line
    lastShort = values.length < columns.length ? values.length : 0
    if (!hasColumns(values, columns.length)) return sink.malformed(line, 'wrong-number-of-columns')
    for (let i = 0; i < columns.length; i++) {
      const field = columns[i]
      if (field) record[field] = values[i]!
    }
    sink.record(record, line)
  }
  const parser = parse({
    ...csvOptions(file.delimiter),
    on_record: (values: string[], info) => {
      take(values, info.lines)
      return null // handled: the parser keeps and passes on nothing
    },
  })
  parser.on('error', () => {}) // each write gets the error too
  parser.resume()
  try {
    for await (const block of textOf(file)) {
      await new Promise<void>((done, failed) =>
        parser.write(block, (error) => (error ? failed(error) : done())),
      )
      await sink.settled()
    }
    await new Promise<void>((done, failed) => parser.once('error', failed).end(done))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code !== 'CSV_QUOTE_NOT_CLOSED')
      throw new Refused(
        'bad-csv',
        `The file can't be read after line ${lastLine}: a quotation mark (") seems to be missing, or there ` +
          'is one too many.',
      )
    sink.malformed(lastLine + 1, 'open-quote')
    return `a quotation mark (") that opens after line ${lastLine} is never closed`
  } finally {
    parser.destroy()
  }
  if (!columns) throw new Refused('empty-file', `${file.path} has no rows.`)
  return lastShort
    ? `its last row (line ${lastLine}) has ${lastShort} columns of ${columns.length}`
    : null
}

async function readNdjson(file: SourceFile, sink: Sink): Promise<string | null> {
  let line = 0
  let rest = ''
  let lastBad = 0
  const take = (text: string) => {
    line++
    if (text.trim() === '') return
    const read = receivedLine(text)
    const object = 'value' in read ? read.value : undefined
    if (typeof object !== 'object' || object === null || Array.isArray(object)) {
      if (read.code === 'bad-json') lastBad = line
      return sink.malformed(line, read.code ?? 'bad-json')
    }
    const record = readObject(object as JsonObject, (name) => sink.ignored(name))
    for (const field in record) sink.called(field as Field, field)
    sink.record(record, line)
  }
  for await (const block of textOf(file)) {
    const lines = (rest + block).split('\n')
    rest = lines.pop()!
    if (rest.length > recordLimit) throw tooLong(line + lines.length + 1)
    for (const text of lines) take(text)
    await sink.settled()
  }
  if (rest !== '') take(rest)
  return lastBad === line && !file.endsWithNewline
    ? `its last line (${line}) is not a whole record`
    : null
}
