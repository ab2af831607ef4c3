import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { addressLines, chooseAddress, tidyAddress, type Address } from '../../src/people/address.ts'

const home: Address = { street: 'Storgatan 5 lgh 1102', postcode: '79131', town: 'Falun' }
const lines = (name: string, address: Address | null) => addressLines(name, address).lines
const codes = (name: string, address: Address | null) =>
  addressLines(name, address).findings.map((f) => `${f.severity} ${f.code}`)

describe('address lines', () => {
  it('are name, street, postcode and town', () => {
    expect(addressLines('Anna Lind', home)).toEqual({
      lines: ['Anna Lind', 'Storgatan 5 lgh 1102', '791 31 Falun'],
      findings: [],
    })
  })
  it.each<[string, Address, string[]]>([
    [
      'c/o after the name',
      { ...home, careOf: 'Berg' },
      ['Anna Lind', 'c/o Berg', 'Storgatan 5 lgh 1102', '791 31 Falun'],
    ],
    [
      'c/o once, however it was written',
      { ...home, careOf: 'C/O  Berg' },
      ['Anna Lind', 'c/o Berg', 'Storgatan 5 lgh 1102', '791 31 Falun'],
    ],
    [
      'a name that begins like c/o',
      { ...home, careOf: 'Cohen' },
      ['Anna Lind', 'c/o Cohen', 'Storgatan 5 lgh 1102', '791 31 Falun'],
    ],
    [
      'the flat in one form',
      { ...home, street: 'Storgatan 5  LGH. 1102' },
      ['Anna Lind', 'Storgatan 5 lgh 1102', '791 31 Falun'],
    ],
    [
      'a postcode with country sign',
      { ...home, postcode: 'SE-791 31' },
      ['Anna Lind', 'Storgatan 5 lgh 1102', '791 31 Falun'],
    ],
    [
      'no country line at home',
      { ...home, country: 'Sverige' },
      ['Anna Lind', 'Storgatan 5 lgh 1102', '791 31 Falun'],
    ],
    [
      'the country on its own line abroad',
      { street: 'Karl Johans gate 1', postcode: '0154', town: 'Oslo', country: 'no' },
      ['Anna Lind', 'Karl Johans gate 1', '0154 Oslo', 'NORGE'],
    ],
    [
      'a country by name in capitals',
      { street: '1 High Street', town: 'London SW1A 1AA', country: 'Storbritannien' },
      ['Anna Lind', '1 High Street', 'London SW1A 1AA', 'STORBRITANNIEN'],
    ],
    [
      'a country with an English name in Swedish',
      { street: 'Hauptstraße 3', postcode: '10827', town: 'Berlin', country: 'Germany' },
      ['Anna Lind', 'Hauptstraße 3', '10827 Berlin', 'TYSKLAND'],
    ],
    [
      'a box',
      { street: 'Box 712', postcode: '79129', town: 'Falun' },
      ['Anna Lind', 'Box 712', '791 29 Falun'],
    ],
    [
      'c/o, street with flat and a country in order',
      {
        careOf: 'c/o Hansen',
        street: 'Storgata 1',
        postcode: '0155',
        town: 'Oslo',
        country: 'Norway',
      },
      ['Anna Lind', 'c/o Hansen', 'Storgata 1', '0155 Oslo', 'NORGE'],
    ],
    [
      'blank parts as none',
      { careOf: '  ', street: ' Byn 3 ', postcode: '790 15', town: '\tSundborn\n' },
      ['Anna Lind', 'Byn 3', '790 15 Sundborn'],
    ],
  ])('have %s', (_what, address, expected) =>
    expect(addressLines('Anna Lind', address)).toEqual({ lines: expected, findings: [] }),
  )

  it.each<[string, string, Address | null, string[]]>([
    ['no name', '', home, ['error missing-name', 'error too-few-lines']],
    ['no address', 'Anna Lind', null, ['error missing-address']],
    [
      'no street',
      'Anna Lind',
      { postcode: '79131', town: 'Falun' },
      ['error missing-street', 'error too-few-lines'],
    ],
    ['no town', 'Anna Lind', { street: 'Byn 3', postcode: '79131' }, ['error missing-town']],
    ['no postcode', 'Anna Lind', { street: 'Byn 3', town: 'Falun' }, ['error missing-postcode']],
    ['a short postcode', 'Anna Lind', { ...home, postcode: '7913' }, ['error bad-postcode']],
    [
      'a postcode with 0 first',
      'Anna Lind',
      { ...home, postcode: '01234' },
      ['error bad-postcode'],
    ],
    [
      'letters in the postcode',
      'Anna Lind',
      { ...home, postcode: '791 3I' },
      ['error bad-postcode'],
    ],
    [
      'no postcode abroad, which is fine',
      'Anna Lind',
      { street: '1 Main St', town: 'Dublin', country: 'IE' },
      [],
    ],
    ['a line of 41', 'Anna Lind', { ...home, street: 'x'.repeat(41) }, ['warning line-long']],
    ['a line of 49', 'Anna Lind', { ...home, street: 'x'.repeat(49) }, ['error line-too-long']],
    ...['\\', '/', '(', ')', '@', '[', ']', '<', '>', '"', '”', '“', ',', '=', '~'].map(
      (c): [string, string, Address, string[]] => [
        `${c} first`,
        'Anna Lind',
        { ...home, street: `${c}Storgatan` },
        ['error bad-first-character'],
      ],
    ),
  ])('with %s have findings', (_what, name, address, expected) =>
    expect(codes(name, address)).toEqual(expected),
  )

  it('never are blank, broken or with invisible characters, whatever is put in', () => {
    const part = fc.option(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\u202eFalun', 'a\nb', ' ', 'c/o', 'Förtroligt\u0000'),
      ),
      { nil: undefined },
    )
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.record({ careOf: part, street: part, postcode: part, town: part, country: part }),
        (name, parts) => {
          const address = Object.fromEntries(
            Object.entries(parts).filter(([, value]) => value !== undefined),
          ) as Address
          for (const line of lines(name, address)) {
            expect(line.trim()).toBe(line)
            expect(line).not.toBe('')
            expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u)
          }
          expect(tidyAddress(tidyAddress(address))).toEqual(tidyAddress(address))
        },
      ),
    )
  })
})

describe('the address that is written to', () => {
  const special: Address = { street: 'Box 1', postcode: '79130', town: 'Falun' }
  const abroad: Address = { street: '1 Main St', town: 'Dublin', country: 'IE' }
  it.each<[string, (Address | null)[], boolean, Address | null]>([
    ['the special one first', [special, home, abroad], true, special],
    ['else the registered one', [null, home, abroad], true, home],
    ['else the one abroad', [null, null, abroad], true, abroad],
    ['none abroad unless the campaign writes there', [null, null, abroad], false, null],
    ['not a special one abroad either', [abroad, home, null], false, home],
    ['none', [null, null, null], true, null],
  ])('is %s', (_what, [s, r, f], allowForeign, expected) => {
    expect(
      chooseAddress(
        { special: s ?? null, registered: r ?? null, foreign: f ?? null },
        allowForeign,
      ),
    ).toEqual(expected)
  })
})

describe('as registers write them', () => {
  it.each(['c/oAndersson', 'C/O ANDERSSON', '℅ Andersson', 'c/o: Andersson', 'co Andersson'])(
    '%s is care of Andersson',
    (careOf) => expect(tidyAddress({ careOf }).careOf?.toLowerCase()).toBe('andersson'),
  )

  it.each(['Saknar fast bostad', 'Adress saknas', '-', 'Utan fast adress', 'Okänd'])(
    '%s is no street that anything can be delivered to',
    (street) =>
      expect(
        addressLines('Anna Ek', { street, postcode: '79131', town: 'Falun' }).findings.map(
          ({ code }) => code,
        ),
      ).toContain('missing-street'),
  )
})
