/** A text that lacks the person's language is sent in this one, and says so in `Rendered.language`. */
export const fallbackLanguage = 'sv'

const rightToLeft = new Set(['ar', 'fa', 'prs', 'ckb', 'yi'])

export const directionOf = (language: string): 'ltr' | 'rtl' =>
  rightToLeft.has(language.split('-')[0] ?? '') ? 'rtl' : 'ltr'

/**
 * The language a person gets of those a text exists in: their own, or that without region (`en-GB` → `en`), or Swedish.
 * Who wants easy Swedish gets it whenever the answer would be Swedish.
 * @param person language: BCP 47
 */
export function languageFor(
  person: { language: string; easyRead: boolean },
  available: Iterable<string>,
): string {
  const all = new Set(available)
  const own =
    [person.language, person.language.split('-')[0] ?? ''].find((language) => all.has(language)) ??
    fallbackLanguage
  return own === 'sv' && person.easyRead && all.has('sv-simple') ? 'sv-simple' : own
}
