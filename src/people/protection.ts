export const protections = ['none', 'sekretessmarkering', 'skyddad-folkbokforing'] as const
export type Protection = (typeof protections)[number]

/**
 * Whether the person's identity is protected: nothing about them reaches a channel, batch, export, log or
 * screen that is not made for it. The database keeps no phone, e-mail or household of them (trigger
 * person_protected_is_bare).
 */
export const isProtected = (person: { protection: Protection }): boolean =>
  person.protection !== 'none'
