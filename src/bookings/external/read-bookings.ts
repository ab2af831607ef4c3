import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { readHeader } from '../../clinics/table.ts'
import { Refused } from '../../errors.ts'
import { readLine } from '../../people/contact.ts'
import { inspectFile, type SourceFile } from '../../people/import/source-file.ts'
import { appointmentsIn, readFhirAppointment } from './fhir-appointment.ts'
import { bookingColumns, readBookingRow, type Reading } from './external-booking.ts'

/** What a line of a file says; in a Bundle, the number of the entry. */
export type ReadRow = Reading & { row: number }

const bundleLimit = 50_000_000

/**
 * Reads a file of bookings row by row: CSV, FHIR R4 Appointments one a line (NDJSON), or one FHIR Bundle.
 * @param purpose for bookings that don't say what they are for; @param today YYYY-MM-DD
 * @throws Refused as inspectFile; missing-columns, not-csv, not-fhir, too-large
 */
export async function readBookings(
  path: string,
  purpose: string | null,
  today: string,
): Promise<{ file: SourceFile; rows: AsyncIterable<ReadRow> }> {
  const file = await inspectFile(path)
  return {
    file,
    rows: file.format === 'csv' ? readCsv(file, purpose, today) : readFhir(file, purpose, today),
  }
}

async function* readCsv(
  file: SourceFile,
  purpose: string | null,
  today: string,
): AsyncGenerator<ReadRow> {
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
      if (!order) {
        order = readHeader(file.path, record, bookingColumns, 'docs/integrator/bookings.md')
        width = record.length
      } else if (record.length !== width)
        yield { row: info.lines, rejected: [columnCount(record, width)] }
      else {
        const cells = order.map(([at, name]): [string, string] => [
          name,
          readLine(record[at] ?? ''),
        ])
        yield {
          row: info.lines,
          ...readBookingRow(Object.fromEntries<string>(cells), purpose, today),
        }
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

async function* readFhir(
  file: SourceFile,
  purpose: string | null,
  today: string,
): AsyncGenerator<ReadRow> {
  const whole =
    file.bytes <= bundleLimit
      ? parsed(await readFile(file.path, file.encoding === 'utf-8' ? 'utf8' : 'latin1'))
      : undefined
  if (whole !== undefined) {
    const found = appointmentsIn(whole)
    if (!found)
      throw new Refused(
        'not-fhir',
        `${file.path} is neither an Appointment nor a Bundle of FHIR R4.`,
      )
    for (const [i, resource] of found.appointments.entries())
      yield { row: i + 1, ...readFhirAppointment(resource, found.beside, purpose, today) }
    return
  }
  let row = 0
  for await (const line of createInterface({
    input: createReadStream(file.path),
    crlfDelay: Infinity,
  })) {
    row++
    if (line.trim() === '') continue
    const resource = parsed(line)
    if (row === 1 && resource === undefined)
      throw new Refused(
        'not-fhir',
        `${file.path} has no JSON resource on its first line. Write one Appointment a line (NDJSON), or one ` +
          `Bundle of at most ${bundleLimit} bytes.`,
      )
    const found = appointmentsIn(resource)
    if (resource === undefined)
      yield { row, rejected: [{ column: '', code: 'bad-json', message: 'The line is not JSON.' }] }
    else
      for (const one of found?.appointments ?? [])
        yield { row, ...readFhirAppointment(one, found!.beside, purpose, today) } // other resources are passed over
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as unknown
  } catch {
    return undefined
  }
}
