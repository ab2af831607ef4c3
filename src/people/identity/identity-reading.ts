export type IdentityKind =
  'personnummer' | 'samordningsnummer' | 'reserve-stockholm' | 'reserve-vgr' | 'reserve-national'

/** What is read from a number: either facts or a fault. */
export type Reading =
  | { kind: IdentityKind; normalized: string; birthDate: string | null }
  | { kind: IdentityKind | null; fault: IdentityFault }

export type IdentityFault = keyof typeof identityFaults
export const identityFaults = {
  empty: 'There is no identity number.',
  'unknown-form':
    'This is not the form of any identity number: a personnummer has 10 digits (YYMMDD-NNNC) or 12 (YYYYMMDDNNNC).',
  'bad-century': 'The year of birth must begin with 18, 19 or 20.',
  'bad-date': 'There is no such date of birth.',
  'future-date':
    'The date of birth is in the future. If the person is 100 or older, write the year with four digits or use "+".',
  'bad-serial': "The three digits after the date of birth can't be 000.",
  'bad-check-digit': 'The check digit (the last one) is wrong: one of the digits is mistyped.',
  'bad-form':
    'This looks like a reserve number, but the serial number, the letters or the year are not possible for its kind.',
} as const
