import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import personnummerLibrary from 'personnummer'
import {
  parseIdentityNumber,
  printIdentityNumber,
  sexOf,
} from '../../../src/people/identity/identity.ts'
import { checkDigit } from '../../../src/people/identity/luhn.ts'
import {
  testPersonnummer,
  testSamordningsnummer,
} from '../../../src/people/identity/test-number.ts'

const today = '2021-03-15'
// What is imported is the class itself; its type declaration says it is the module around it.
const Personnummer = personnummerLibrary as unknown as typeof personnummerLibrary.default
const parse = (input: string) => parseIdentityNumber(input, today)

describe('an identity number', () => {
  const born1944 = '194402299806'
  it('that is valid has exactly these fields', () => {
    expect(parse(born1944)).toEqual({
      input: born1944,
      kind: 'personnummer',
      valid: true,
      normalized: born1944,
      birthDate: '1944-02-29',
      ageUnknown: false,
      error: null,
    })
  })

  it.each([
    // how people write it
    ['440229-9806', 'personnummer', '194402299806', '1944-02-29'],
    ['4402299806', 'personnummer', '194402299806', '1944-02-29'],
    ['19440229-9806', 'personnummer', '194402299806', '1944-02-29'],
    [' 19440229 9806 ', 'personnummer', '194402299806', '1944-02-29'],
    ['440229–9806', 'personnummer', '194402299806', '1944-02-29'], // en dash
    ['440229\u00a0-\u00a09806', 'personnummer', '194402299806', '1944-02-29'],
    // Skatteverket's often used example, the year 1912 as plus and 2012 as minus
    ['121212+1212', 'personnummer', '191212121212', '1912-12-12'],
    ['121212-1212', 'personnummer', '201212121212', '2012-12-12'],
    // 100 this calendar year: plus, although the birthday is still to come
    [
      `211224+980${checkDigit('211224980')}`,
      'personnummer',
      testPersonnummer('1921-12-24', 980),
      '1921-12-24',
    ],
    [
      testPersonnummer('1899-01-31', 981),
      'personnummer',
      testPersonnummer('1899-01-31', 981),
      '1899-01-31',
    ],
    // samordningsnummer: unknown month, unknown day, both, and a date that doesn't exist
    [
      testSamordningsnummer('1950-03-09', 982),
      'samordningsnummer',
      testSamordningsnummer('1950-03-09', 982),
      '1950-03-09',
    ],
    [
      testSamordningsnummer('1950-00-09', 982),
      'samordningsnummer',
      testSamordningsnummer('1950-00-09', 982),
      null,
    ],
    [
      testSamordningsnummer('1950-03-00', 982),
      'samordningsnummer',
      testSamordningsnummer('1950-03-00', 982),
      null,
    ],
    [
      testSamordningsnummer('1950-00-00', 982),
      'samordningsnummer',
      testSamordningsnummer('1950-00-00', 982),
      null,
    ],
    [
      testSamordningsnummer('1950-02-31', 982),
      'samordningsnummer',
      testSamordningsnummer('1950-02-31', 982),
      null,
    ],
    // Inera, Lokala reservidn 1.2
    ['991981000010', 'reserve-stockholm', '991981000010', null],
    ['991945000023', 'reserve-stockholm', '991945000023', null],
    ['991993000032', 'reserve-stockholm', '991993000032', null],
    ['99198100-0010', 'reserve-stockholm', '991981000010', null],
    ['19810829M071', 'reserve-vgr', '19810829M071', '1981-08-29'],
    ['19450829-K088', 'reserve-vgr', '19450829K088', '1945-08-29'],
    ['19930829x802', 'reserve-vgr', '19930829X802', '1993-08-29'],
    // Nationellt ReservID 1.0: known and unknown date of birth, known and unknown sex
    ['22950606FH20', 'reserve-national', '22950606FH20', '1995-06-06'],
    ['25780404-KHD5', 'reserve-national', '25780404KHD5', '1978-04-04'],
    ['00342145BZ31', 'reserve-national', '00342145BZ31', null],
    ['00749852BZK0', 'reserve-national', '00749852BZK0', null],
  ])('%s is a %s', (input, kind, normalized, birthDate) => {
    expect(parse(input)).toEqual({
      input,
      kind,
      valid: true,
      normalized,
      birthDate,
      ageUnknown: birthDate === null,
      error: null,
    })
  })

  it.each([
    ['', null, 'empty'],
    ['  ', null, 'empty'],
    ['hej', null, 'unknown-form'],
    ['44022998', null, 'unknown-form'],
    ['440229-98061', null, 'unknown-form'],
    ['440229/9806', null, 'unknown-form'],
    ['١٩٤٤٠٢٢٩٩٨٠٥', null, 'unknown-form'],
    ['19440229Q123', null, 'unknown-form'],
    ['194402299805', 'personnummer', 'bad-check-digit'],
    ['194302299806', 'personnummer', 'bad-date'], // no leap year
    ['194413019806', 'personnummer', 'bad-date'],
    ['194400019806', 'personnummer', 'bad-date'], // month 00 only for samordningsnummer
    ['174402299806', 'personnummer', 'bad-century'],
    [testPersonnummer('2021-03-16', 980), 'personnummer', 'future-date'], // tomorrow
    [`211224-980${checkDigit('211224980')}`, 'personnummer', 'future-date'],
    [testSamordningsnummer('2022-00-00', 980), 'samordningsnummer', 'future-date'],
    [`19440229000${checkDigit('440229000')}`, 'personnummer', 'bad-serial'],
    ['195013699821', 'samordningsnummer', 'bad-date'],
    ['195001929821', 'samordningsnummer', 'bad-date'],
    ['991981000011', 'reserve-stockholm', 'bad-check-digit'], // Inera's example before its correction
    ['990500000012', 'reserve-stockholm', 'bad-form'],
    ['19810829M070', 'reserve-vgr', 'bad-check-digit'],
    ['19810829M081', 'reserve-vgr', 'bad-form'], // even serial for a man
    ['19810230M071', 'reserve-vgr', 'bad-date'],
    ['22950606FH21', 'reserve-national', 'bad-check-digit'],
    ['22950606FI20', 'reserve-national', 'bad-form'], // I is not used
    ['19950606FH20', 'reserve-national', 'bad-form'], // 18–21 are not used
    ['23950606FH20', 'reserve-national', 'future-date'],
    ['00121945BZ31', 'reserve-national', 'bad-form'],
  ])('%j is refused: %s, %s', (input, kind, code) => {
    const result = parse(input)
    expect(result).toMatchObject({
      input,
      kind,
      valid: false,
      normalized: null,
      birthDate: null,
      ageUnknown: false,
    })
    expect(result.error).toMatch(new RegExp(`^${code}: .+\\.$`))
  })

  const dates = fc
    .date({ min: new Date('1900-01-01'), max: new Date('2021-03-15'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))
  const personnummer = fc
    .tuple(dates, fc.integer({ min: 980, max: 989 }))
    .map(([date, serial]) => testPersonnummer(date, serial))

  it('made for tests is read back, in each way of writing, and the library personnummer agrees', () => {
    fc.assert(
      fc.property(personnummer, (number) => {
        for (const written of [
          number,
          `${number.slice(0, 8)}-${number.slice(8)}`,
          printIdentityNumber(number, today),
        ])
          expect(parse(written).normalized).toBe(number)
        expect(Personnummer.valid(number)).toBe(true)
        expect(sexOf(number, 'personnummer')).toBe(
          Personnummer.parse(number).isMale() ? 'male' : 'female',
        )
      }),
    )
  })

  it('with one digit changed is never valid', () => {
    const valid = fc.oneof(
      personnummer,
      dates.map((d) => testSamordningsnummer(d, 985)),
      fc.constantFrom('991981000010', '19810829M071', '22950606FH20', '00342145BZ31'),
    )
    fc.assert(
      fc.property(valid, fc.nat(11), fc.integer({ min: 1, max: 9 }), (number, place, step) => {
        const old = number.charAt(place)
        // The century stands outside the check digit of all but the national reserve numbers.
        fc.pre(
          /\d/.test(old) &&
            (place >= 4 ||
              (place >= 2 && !number.startsWith('99')) ||
              number.startsWith('22') ||
              number.startsWith('00')),
        )
        const changed =
          number.slice(0, place) + ((Number(old) + step) % 10) + number.slice(place + 1)
        expect(parse(changed)).toMatchObject({ valid: false })
      }),
    )
  })

  it('never throws, and what is valid is valid when it is read again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{6,8}[-+]?[\dA-Z]{4}$/)), (input) => {
        const { normalized, kind } = parse(input)
        if (normalized !== null)
          expect(parse(normalized)).toMatchObject({ kind, normalized, valid: true })
      }),
    )
  })

  it('is printed with + from the calendar year of the hundredth birthday', () => {
    const number = testPersonnummer('1921-12-24', 980)
    expect(printIdentityNumber(number, '2020-12-31')).toBe(`211224-${number.slice(8)}`)
    expect(printIdentityNumber(number, '2021-01-01')).toBe(`211224+${number.slice(8)}`)
    expect(printIdentityNumber('991981000010', '2021-01-01')).toBe('991981000010')
  })

  it.each([
    ['19450829K088', 'reserve-vgr', 'female'],
    ['19930829X802', 'reserve-vgr', null],
    ['22950606FH20', 'reserve-national', 'female'],
    ['25780404KHD5', 'reserve-national', null],
    ['991981000010', 'reserve-stockholm', null],
    ['194402299806', 'personnummer', 'female'],
  ] as const)('%s (%s) says sex %s', (number, kind, sex) => expect(sexOf(number, kind)).toBe(sex))

  it('for tests has a serial nobody is given', () => {
    expect(() => testPersonnummer('1944-02-29', 123)).toThrow(RangeError)
  })
})
