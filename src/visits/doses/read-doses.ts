import type { Rejected } from '../../clinics/rejected.ts'
import { readDay } from '../../people/dates.ts'
import type { ReadLine } from '../../clinics/stage-rows.ts'
import { streamTable } from '../../clinics/stream-table.ts'
import type { Column } from '../../clinics/table.ts'
import { Refused } from '../../errors.ts'
import { readIdentityNumber } from '../../people/identity/identity.ts'
import type { SourceFile } from '../../people/import/source-file.ts'

/** A dose as somebody else reports it. */
export interface GivenDose {
  /** 12 characters */
  identityNumber: string
  purpose: string
  /** YYYY-MM-DD */
  givenOn: string
  vaccine: string | null
  /** where, in the reporter's words */
  givenAt: string | null
}

const column = (name: string, required: boolean, ...aliases: string[]): Column => ({
  name,
  required,
  aliases,
})

const columns: readonly Column[] = [
  column('identity_number', true, 'personnummer', 'identitetsnummer', 'pnr'),
  column('given_on', true, 'datum', 'vaccinationsdatum', 'given', 'date'),
  column('purpose', false, 'ärende', 'arende'),
  column('vaccine', false, 'vaccin', 'produkt'),
  column('given_at', false, 'plats', 'mottagning', 'vårdgivare', 'vardgivare', 'clinic'),
]

/**
 * Reads a CSV file of doses given elsewhere.
 * @param purpose for rows that don't say; null: they must; @param today YYYY-MM-DD
 * @throws Refused not-csv, missing-columns, double-columns, empty-file
 */
export async function* readDoses(
  file: SourceFile,
  purpose: string | null,
  today: string,
): AsyncGenerator<ReadLine<GivenDose>> {
  if (file.format !== 'csv')
    throw new Refused('not-csv', `${file.path} is not CSV, with a header and a row for each dose.`)
  for await (const line of streamTable(file, columns, 'docs/integrator/doses.md'))
    yield 'rejected' in line ? line : { row: line.row, ...readDoseRow(line.values, purpose, today) }
}

/** Reads one row, by column. Messages name the column, never the value. */
export function readDoseRow(
  values: Readonly<Record<string, string>>,
  purpose: string | null,
  today: string,
): { value: GivenDose } | { rejected: Omit<Rejected, 'row'>[] } {
  const rejected: Omit<Rejected, 'row'>[] = []
  const number = readIdentityNumber(values['identity_number'] ?? '', today)
  if ('fault' in number)
    rejected.push({
      column: 'identity_number',
      code: 'bad-identity-number',
      message: 'This is not an identity number.',
    })
  const givenOn = readDay(values['given_on'] ?? '')
  if (givenOn === null)
    rejected.push({
      column: 'given_on',
      code: 'bad-date',
      message: 'This is not a day that there is, e.g. 2021-01-27.',
    })
  else if (givenOn > today)
    rejected.push({
      column: 'given_on',
      code: 'in-future',
      message: 'The day is still to come: only doses that were given are taken in.',
    })
  const what = values['purpose'] || purpose || ''
  if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(what))
    rejected.push({
      column: 'purpose',
      code: 'no-purpose',
      message:
        'What the dose was is missing, e.g. covid-19/dose-1. Add it, or give it for the whole file: --purpose',
    })
  if (rejected.length || 'fault' in number || givenOn === null) return { rejected }
  return {
    value: {
      identityNumber: number.normalized,
      purpose: what,
      givenOn,
      vaccine: values['vaccine'] || null,
      givenAt: values['given_at'] || null,
    },
  }
}
