import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { streamTable } from '../../clinics/stream-table.ts'
import { Refused } from '../../errors.ts'
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
