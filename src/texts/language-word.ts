const languageNames = new Intl.DisplayNames('sv', { type: 'language' })

// What the common list of names calls otherwise than the region, or does not know.
const ownNames: Record<string, string> = {
  'sv-simple': 'lätt svenska',
  fit: 'meänkieli',
  prs: 'dari',
  ckb: 'sorani',
  kmr: 'kurmanji',
}

/** A language's name in Swedish. @param tag BCP 47 */
export const languageWord = (tag: string): string => ownNames[tag] ?? languageNames.of(tag) ?? tag
