/**
 * How easy a text is to read, as numbers: a warning, not proof. LIX is words per sentence plus the percentage of words of more than six letters
 * (Björnsson 1968): below 30 very easy, 30–40 easy, 40–50 medium, above that official.
 */
export interface Readability {
  lix: number
  words: number
  sentences: number
  /** words in the longest sentence, and that sentence */
  longest: { words: number; sentence: string }
}

/** Blocks end with a blank line or begin with `- `; each ends a sentence even without a full stop. Numbers with separators are one word. */
export function readability(text: string): Readability {
  const sentences = text
    .replace(/\bkl\./g, 'kl')
    .replace(/^- /gm, '')
    .split(/(?<=[.!?:])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /[\p{L}\d]/u.test(sentence))
  const wordsOf = (sentence: string) => sentence.replace(/(?<=\d) (?=\d)/g, '').match(/[\p{L}\p{N}][\p{L}\p{N}./:-]*/gu) ?? []
  const words = sentences.flatMap(wordsOf)
  const long = words.filter((word) => (word.match(/\p{L}/gu) ?? []).length > 6).length
  const longest = sentences.map((sentence) => ({ words: wordsOf(sentence).length, sentence })).sort((a, b) => b.words - a.words)[0] ?? { words: 0, sentence: '' }
  const lix = sentences.length === 0 ? 0 : Math.round(words.length / sentences.length + (100 * long) / words.length)
  return { lix, words: words.length, sentences: sentences.length, longest }
}

/** The limits for Swedish; other languages have none, since LIX says little about them. */
export const limits: Record<string, { lix: number; sentence: number }> = { sv: { lix: 40, sentence: 20 }, 'sv-simple': { lix: 30, sentence: 12 } }
