import { checkDigit } from './luhn.ts'

/**
 * A personnummer that belongs to nobody: Skatteverket gives out no birth numbers 980–989, they are for tests.
 * All people in samples, demo and tests have one.
 * @param birthDate YYYY-MM-DD; @param serial 980–989, odd is male
 * @returns 12 digits
 */
export function testPersonnummer(birthDate: string, serial: number): string {
  return number(birthDate.replaceAll('-', ''), serial)
}

/** The same for a samordningsnummer (60 added to the day). Month "00" and day "00" stand for unknown. */
export function testSamordningsnummer(birthDate: string, serial: number): string {
  const [year = '', month = '', day = ''] = birthDate.split('-')
  return number(`${year}${month}${Number(day) + 60}`, serial)
}

function number(date: string, serial: number): string {
  if (serial < 980 || serial > 989) throw new RangeError(`${serial} is not a test serial (980–989)`)
  return `${date}${serial}${checkDigit(`${date.slice(2)}${serial}`)}`
}
