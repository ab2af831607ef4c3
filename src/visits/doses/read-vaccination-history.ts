import { readFile } from 'node:fs/promises'
import { DOMParser, type Document, type Element } from '@xmldom/xmldom'
import type { ReadLine } from '../../clinics/stage-rows.ts'
import { Refused } from '../../errors.ts'
import { readLine } from '../../people/contact.ts'
import type { SourceFile } from '../../people/import/source-file.ts'
import { readDoseRow, type GivenDose } from './read-doses.ts'

/** Which of the vaccinations in the answers are doses of ours. */
export interface WhichDoses {
  /** code or name of what they protect against, or of the kind of vaccine; in any case */
  disease: string
  /** what they were: `{n}` in it is the dose's number in order */
  purpose: string
}

/**
 * Reads saved answers of the national service contract GetVaccinationHistory 2.x
 * (clinicalprocess:activityprescription:actoutcome): one answer, or any number of them in a file, with or without SOAP
 * around. Vaccinations against something else and documents that were nullified are passed over.
 * @param today YYYY-MM-DD
 * @throws Refused not-xml, failed-answer (the service answered that it failed)
 */
export async function* readVaccinationHistory(
  file: SourceFile,
  which: WhichDoses,
  today: string,
): AsyncGenerator<ReadLine<GivenDose>> {
  let row = 0
  const document = parse(
    file.path,
    new TextDecoder(file.encoding).decode(await readFile(file.path)),
  )
  for (const result of all(document, 'result'))
    if (textOf(result, 'resultCode') === 'ERROR')
      throw new Refused(
        'failed-answer',
        `${file.path} holds an answer that failed (${textOf(result, 'errorCode') || 'no code'}): ask again.`,
      )
  for (const record of all(document, 'vaccinationMedicalRecord')) {
    if (textOf(record, 'vaccinationMedicalRecordHeader', 'nullified') === 'true') continue
    for (const given of all(record, 'administrationRecord'))
      if (isAgainst(given, which.disease))
        yield { row: ++row, ...doseOf(record, given, which, today) }
  }
}

function doseOf(
  record: Element,
  given: Element,
  { purpose }: WhichDoses,
  today: string,
): Omit<ReadLine<GivenDose>, 'row'> & ReturnType<typeof readDoseRow> {
  if (textOf(given, 'isDoseComplete') === 'false')
    return left('isDoseComplete', 'not-complete', 'It does not count as a whole dose.')
  const number = textOf(given, 'doseOrdinalNumber')
  if (purpose.includes('{n}') && !/^[1-9]\d?$/.test(number))
    return left('doseOrdinalNumber', 'no-number', 'Which dose in order it was is missing.')
  const patient = (name: string) =>
    textOf(record, 'vaccinationMedicalRecordHeader', 'patientId', name)
  const values = {
    identity_number: patient('id') || patient('extension'),
    given_on: textOf(record, 'registrationRecord', 'date').slice(0, 8),
    purpose: purpose.replace('{n}', number),
    vaccine:
      textOf(given, 'vaccineName', 'displayName') || textOf(given, 'vaccineName', 'originalText'),
    given_at:
      textOf(given, 'performerOrg', 'orgUnitName') ||
      textOf(record, 'registrationRecord', 'careGiverOrg', 'orgUnitName'),
  }
  return readDoseRow(values, null, today)
}

const left = (column: string, code: string, message: string) => ({
  rejected: [{ column, code, message }],
})

function isAgainst(given: Element, disease: string): boolean {
  const wanted = disease.trim().toLowerCase()
  return ['vaccineTargetDisease', 'typeOfVaccine'].some((name) =>
    all(given, name).some((value) =>
      ['code', 'displayName', 'originalText'].some(
        (part) => textOf(value, part).toLowerCase() === wanted,
      ),
    ),
  )
}

function parse(path: string, text: string): Document {
  const fail = (message: string): never => {
    throw new Refused('not-xml', `${path} is not well-formed XML: ${message.split('\n')[0]}.`)
  }
  // A document type could name other files, or grow without end.
  if (/<!doctype/i.test(text)) fail('it has a document type, which is not read')
  try {
    return new DOMParser({ onError: (_level, message) => fail(message) }).parseFromString(
      text,
      'text/xml',
    )
  } catch (error) {
    if (error instanceof Refused) throw error
    return fail((error as Error).message)
  }
}

/** Elements of a name, in whichever namespace: versions of the contract differ in it. */
const all = (node: Document | Element, name: string): Element[] =>
  Array.from(node.getElementsByTagNameNS('*', name))

/** The text of the first element on this path of names; empty when there is none. */
function textOf(node: Element, ...path: string[]): string {
  const at = path.reduce<Element | undefined>((found, name) => found && all(found, name)[0], node)
  return readLine(at?.textContent ?? '')
}
