export const protections = ['none', 'sekretessmarkering', 'skyddad-folkbokforing'] as const
export type Protection = (typeof protections)[number]

/**
 * Whether the person's identity is protected: nothing about them reaches a channel, batch, export, log or
 * screen that is not made for it. The database keeps no phone, e-mail or household of them (trigger
 * person_protected_is_bare).
 */
export const isProtected = (person: { protection: Protection }): boolean =>
  person.protection !== 'none'

/**
 * SQL, true or false: whether no record of a human being is protected. A link to an older record must not open what
 * the register has closed.
 * @param lead SQL: the leading record's id
 */
export const unprotected = (lead: string): string =>
  `not exists (select from person hidden where hidden.lead_id = ${lead} and hidden.protection <> 'none')`
