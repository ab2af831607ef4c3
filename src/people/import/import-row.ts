import type { Address } from '../address.ts'
import type { CanCome } from '../can-come.ts'
import { readEmail, readPhone } from '../contact.ts'
import { sexOf } from '../identity/identity.ts'
import type { IdentityKind } from '../identity/identity-reading.ts'
import type { PeopleRecord } from './import-columns.ts'
import type { Protection } from '../protection.ts'
import { RowCheck, type RowFault } from './row-check.ts'

/** A checked record. null: the file says nothing (what that means for a known person is decided in changeset.ts). */
export interface StagedPerson {
  identity_number: string
  identity_kind: IdentityKind
  birth_date: string | null
  sex: 'female' | 'male' | null
  given_name: string
  family_name: string
  registered_address: Address | null
  special_address: Address | null
  foreign_address: Address | null
  municipality: string | null
  phone: string | null
  email: string | null
  language: string | null
  easy_read: boolean | null
  large_print: boolean | null
  household: string | null
  listed_clinic: string | null
  needs: string[] | null
  can_come: CanCome | null
  protection: Protection | null
  deceased_on: string | null
  /** the file says outright that the person lives: undoes an earlier report of death */
  alive: boolean
  emigrated_on: string | null
  opted_out: boolean | null
  replaces: string | null
}

/**
 * Checks one record. What decides who somebody is, whether they live, are protected or want to be left alone must be
 * readable, else the row is rejected: guessing would be worse. A contact detail that can't be used is left out and
 * reported; nobody goes without an invitation because of an e-mail address.
 * @param today YYYY-MM-DD
 */
export function checkRow(
  record: PeopleRecord,
  today: string,
): { person: StagedPerson; faults: RowFault[] } {
  const row = new RowCheck(record, today)
  const identity = row.identityNumber('identity_number')
  const earlier = row.text('replaces')
  const replaced = earlier ? row.identityNumber('replaces', earlier) : undefined
  const registered = row.address('registered')
  const abroad = registered?.country !== undefined // a file with one address and a country
  const municipality = row.municipality()
  const sex = row.sex()
  const language = row.language()
  const easyRead = row.flag('easy_read')
  const clinic = row.clinic()
  const canCome = row.canCome()
  const alive = /^(nej|no|false|0|lever|alive)$/i.test(row.text('deceased'))
  const person: StagedPerson = {
    identity_number: identity?.normalized ?? '',
    identity_kind: identity?.kind ?? 'personnummer',
    birth_date: identity?.birthDate ?? null,
    sex: sex ?? (identity ? sexOf(identity.normalized, identity.kind) : null),
    given_name: row.name('given_name'),
    family_name: row.name('family_name'),
    registered_address: abroad ? null : registered,
    special_address: row.address('special'),
    foreign_address: row.address('foreign') ?? (abroad ? registered : null),
    municipality,
    phone: row.contact('phone', readPhone, 'Not a phone number that can be called.'),
    email: row.contact('email', readEmail, 'Not an e-mail address.'),
    language: language === 'sv-simple' ? 'sv' : language,
    easy_read: language === 'sv-simple' ? true : easyRead,
    large_print: row.flag('large_print'),
    household: row.text('household') || null,
    listed_clinic: clinic,
    needs: row.needs(),
    can_come: canCome,
    protection: row.protection(),
    deceased_on: alive ? null : row.decisive('deceased'),
    alive,
    emigrated_on: row.decisive('emigrated'),
    opted_out: row.flag('opted_out'),
    replaces: replaced && replaced.normalized !== identity?.normalized ? replaced.normalized : null,
  }
  return { person, faults: row.faults }
}
