import { describe, expect, it } from '@jest/globals'
import { isSwedishMobile, readEmail, readLine, readPhone } from '../../src/people/contact.ts'
import { isRightToLeft, readLanguage } from '../../src/people/languages.ts'
import { isProtected } from '../../src/people/protection.ts'

describe('a phone number', () => {
  it.each([
    ['070-174 06 05', '+46701740605'],
    ['+46 70 174 06 05', '+46701740605'],
    ['0046701740605', '+46701740605'],
    ['+46 (0)70 174 06 05', '+46701740605'],
    ['0701740605', '+46701740605'],
    ['023-12 34 56', '+4623123456'],
    ['+358 40 1234567', '+358401234567'],
    ['0771-11 77 00', '+46771117700'],
  ])('%s is %s', (input, e164) => expect(readPhone(input)).toBe(e164))
  it.each([
    '',
    '-',
    'saknas',
    '112',
    '07017406',
    '070-17406050',
    '+46701740605 eller 023-123456',
    '++46701740605',
  ])('%j is none', (input) => expect(readPhone(input)).toBeNull())
  it.each([
    ['+46701740605', true],
    ['+46711234567', false],
    ['+4670174060', false],
    ['+4623123456', false],
    ['+4790000000', false],
  ])('%s gets SMS: %s', (e164, mobile) => expect(isSwedishMobile(e164)).toBe(mobile))
})

describe('an e-mail address', () => {
  it.each([
    ['Anna.Lind@Example.COM', 'Anna.Lind@example.com'],
    [' a@b.se ', 'a@b.se'],
    ['asa@räksmörgås.se', 'asa@xn--rksmrgs-5wao1o.se'],
    ['åsa@räksmörgås.se', null],
    ['a+b@x-y.example.org', 'a+b@x-y.example.org'],
  ])('%j is %j', (input, email) => expect(readEmail(input)).toBe(email))
  it.each([
    '',
    'anna',
    'anna@',
    '@x.se',
    'a b@x.se',
    'a@x',
    'a@-x.se',
    'a..b@x.se',
    '.a@x.se',
    'a@x..se',
    'a@x.se, b@x.se',
    `${'a'.repeat(65)}@x.se`,
    'a@x.se\nBcc: b@x.se',
    'Anna <a@x.se>',
  ])('%j is none', (input) => expect(readEmail(input)).toBeNull())
})

describe('text on one line', () => {
  it.each([
    ['  A\u030asa   Berg\t', 'Åsa Berg'],
    ['Åsa', 'Åsa'],
    ['Anna\u202eLind', 'AnnaLind'],
    ['a\r\nb', 'a b'],
    ['a\u00a0b', 'a b'],
    ['محمد', 'محمد'],
    ['', ''],
  ])('%j is %j', (input, line) => expect(readLine(input)).toBe(line))
})

describe('a language', () => {
  it.each([
    ['sv', 'sv'],
    ['SV-simple', 'sv-simple'],
    ['ar-SY', 'ar'],
    ['en_GB', 'en'],
    ['ckb', 'ckb'],
    ['xx', null],
    ['svenska', null],
  ])('%s is %s', (input, tag) => expect(readLanguage(input)).toBe(tag))
  it('is written from right to left when it is Arabic, Persian, Dari, Sorani or Yiddish', () =>
    expect(['ar', 'fa', 'prs', 'ckb', 'yi', 'sv', 'kmr'].map(isRightToLeft)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ]))
})

it('a person with either kind of protection is protected', () => {
  expect(
    (['none', 'sekretessmarkering', 'skyddad-folkbokforing'] as const).map((protection) =>
      isProtected({ protection }),
    ),
  ).toEqual([false, true, true])
})

describe('as programs write them', () => {
  it.each([
    '070-174 06 05',
    '070–174 06 05',
    '070‑174‑06‑05',
    "'0701740605",
    '701740605',
    '46701740605',
    '0046701740605',
    '0701740605;',
  ])('%s is the same mobile', (written) => expect(readPhone(written)).toBe('+46701740605'))

  it.each([
    ['o’brien@example.com', null],
    ["o'brien@example.com", "o'brien@example.com"],
    ['anna£@example.com', null],
    ['åsa@example.com', null],
    ['asa@exämple.com', 'asa@xn--exmple-cua.com'],
  ])('%s → %s', (written, read) => expect(readEmail(written)).toBe(read))
})
