import type { Rejected } from '../../clinics/rejected.ts'
import { readDay } from '../../people/dates.ts'
import type { ReadLine } from '../../clinics/stage-rows.ts'
import { streamTable } from '../../clinics/stream-table.ts'
import type { Column } from '../../clinics/table.ts'
import { Refused } from '../../errors.ts'
import { readIdentityNumber } from '../../people/identity/identity.ts'
import type { SourceFile } from '../../people/import/source-file.ts'

/** Somebody on a list. */
export interface Member {
  /** 12 characters */
  identityNumber: string
  /** YYYY-MM-DD; null: from the day of the import, or as it was */
  validFrom: string | null
  /** the last day; null: until further notice */
  validUntil: string | null
}

const columns: readonly Column[] = [
  {
    name: 'identity_number',
    required: true,
    aliases: ['personnummer', 'identitetsnummer', 'pnr'],
  },
  { name: 'valid_from', required: false, aliases: ['från', 'fran', 'giltig_från', 'from'] },
  {
    name: 'valid_until',
    required: false,
    aliases: ['till', 'till_och_med', 'giltig_till', 'until'],
  },
]

/**
 * Reads a CSV file with the people of a group.
 * @param today YYYY-MM-DD
 * @throws Refused not-csv, missing-columns, double-columns, empty-file
 */
export async function* readGroup(
  file: SourceFile,
  today: string,
): AsyncGenerator<ReadLine<Member>> {
  if (file.format !== 'csv')
    throw new Refused(
      'not-csv',
      `${file.path} is not CSV, with a header and a row for each person.`,
    )
  for await (const line of streamTable(file, columns, 'docs/operator/groups.md'))
    yield 'rejected' in line ? line : { row: line.row, ...readMember(line.values, today) }
}

/** Reads one row, by column. Messages name the column, never the value. */
export function readMember(
  values: Readonly<Record<string, string>>,
  today: string,
): { value: Member } | { rejected: Omit<Rejected, 'row'>[] } {
  const rejected: Omit<Rejected, 'row'>[] = []
  const number = readIdentityNumber(values['identity_number'] ?? '', today)
  if ('fault' in number)
    rejected.push({
      column: 'identity_number',
      code: 'bad-identity-number',
      message: 'This is not an identity number.',
    })
  const [from, until] = ['valid_from', 'valid_until'].map((column) => {
    const said = values[column] ?? ''
    const day = readDay(said)
    if (said !== '' && day === null)
      rejected.push({
        column,
        code: 'bad-date',
        message: 'This is not a day that there is, e.g. 2021-03-31.',
      })
    return day
  }) as [string | null, string | null]
  if (until && until < (from ?? '') && !rejected.length)
    rejected.push({
      column: 'valid_until',
      code: 'ends-before-it-begins',
      message: 'The last day is before the first.',
    })
  if (rejected.length || 'fault' in number) return { rejected }
  return { value: { identityNumber: number.normalized, validFrom: from, validUntil: until } }
}
