import { readFile } from 'node:fs/promises'
import { streamTable } from '../../clinics/stream-table.ts'
import { Refused } from '../../errors.ts'
import { receivedLine } from '../../received.ts'
import { inspectFile, linesOf, type SourceFile } from '../../people/import/source-file.ts'
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
  for await (const line of streamTable(file, bookingColumns, 'docs/integrator/bookings.md'))
    yield 'rejected' in line
      ? line
      : { row: line.row, ...readBookingRow(line.values, purpose, today) }
}

async function* readFhir(
  file: SourceFile,
  purpose: string | null,
  today: string,
): AsyncGenerator<ReadRow> {
  const whole =
    file.bytes <= bundleLimit
      ? receivedLine(new TextDecoder(file.encoding).decode(await readFile(file.path)))
      : undefined
  if (whole && whole.code !== 'bad-json') {
    const found = whole.code ? undefined : appointmentsIn(whole.value)
    if (!found)
      throw new Refused(
        'not-fhir',
        `${file.path} is neither an Appointment nor a Bundle of FHIR R4` +
          `${whole.code ? `: ${whole.message}` : '.'}`,
      )
    for (const [i, resource] of found.appointments.entries())
      yield { row: i + 1, ...readFhirAppointment(resource, found.beside, purpose, today) }
    return
  }
  for await (const { line: row, text } of linesOf(file)) {
    if (text.trim() === '') continue
    const read = receivedLine(text)
    if (row === 1 && read.code === 'bad-json')
      throw new Refused(
        'not-fhir',
        `${file.path} has no JSON resource on its first line. Write one Appointment a line (NDJSON), or one ` +
          `Bundle of at most ${bundleLimit} bytes.`,
      )
    if (read.code) yield { row, rejected: [{ column: '', code: read.code, message: read.message }] }
    else {
      const found = appointmentsIn(read.value)
      for (const one of found?.appointments ?? [])
        yield { row, ...readFhirAppointment(one, found!.beside, purpose, today) } // other resources are passed over
    }
  }
}
