/**
 * How easy a text is to read, as numbers: a warning, not proof. LIX is words per sentence plus the percentage
 * of words of more than six letters (Björnsson 1968): below 30 very easy, 30–40 easy, 40–50 medium, above that
 * official. OVIX is how varied the words are: ln w / ln(2 − ln u / ln w) for w words of which u are different
 * (Hultman & Westman 1977).
 */
export interface Readability {
  lix: number
  /** null when no word comes twice, for then it has no value */
  ovix: number | null
  words: number
  sentences: number
  /** words in the longest sentence, and that sentence */
  longest: { words: number; sentence: string }
}

// "kl. 9.30", "tel. 070" and "t.ex. brevet" don't end a sentence; "m.m. Sedan" does.
const stop = '\u2024' // a dot that is none of ours, while sentences are split
const shielded = (text: string) =>
  text
    .replace(/(?<![\p{L}\p{N}])(kl|tel|nr|ca|dr)\./giu, `$1${stop}`)
    .replace(
      /(?<![\p{L}\p{N}])([Tt]\.ex|[Bb]l\.a|m\.m|m\.fl|[Dd]\.v\.s|[Dd]vs|[Ss]\.k|[Ff]r\.o\.m|[Tt]\.o\.m|[Pp]\.g\.a|osv|e\.g|i\.e)\.(?=\s+[^\p{Lu}\s])/gu,
      (dots) => dots.replaceAll('.', stop),
    )

/**
 * A text's sentences: split at . ! ? : before a space, and at line breaks, so that a heading or item without
 * full stop is one too.
 */
export const sentencesOf = (text: string): string[] =>
  shielded(text.replace(/^- /gm, ''))
    .split(/(?<=[.!?:][”"’')]?)\s+|\n+/)
    .map((sentence) => sentence.replaceAll(stop, '.').trim())
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence))

/** Numbers with separators, times, addresses and words with a hyphen are one word each. */
export const wordsOf = (sentence: string): string[] =>
  sentence
    .replace(/(?<=\d)[ \u00a0](?=\d)/g, '')
    .match(/[\p{L}\p{M}\p{N}]+(?:[./:’'-]+[\p{L}\p{M}\p{N}]+)*/gu) ?? []

const isLong = (word: string) => (word.match(/\p{L}/gu) ?? []).length > 6

/** Both measures of a text, not rounded; all is 0 for a text without words. */
export function readability(text: string): Readability {
  const sentences = sentencesOf(text).map((sentence) => ({ sentence, words: wordsOf(sentence) }))
  const words = sentences.flatMap((s) => s.words)
  const longest = sentences.reduce(
    (most, s) =>
      s.words.length > most.words ? { words: s.words.length, sentence: s.sentence } : most,
    { words: 0, sentence: '' },
  )
  const lix =
    sentences.length === 0
      ? 0
      : words.length / sentences.length + (100 * words.filter(isLong).length) / words.length
  return { lix, ovix: ovixOf(words), words: words.length, sentences: sentences.length, longest }
}

function ovixOf(words: string[]): number | null {
  const different = new Set(words.map((word) => word.toLocaleLowerCase('sv'))).size
  if (words.length === 0) return 0
  return different === words.length
    ? null
    : Math.log(words.length) / Math.log(2 - Math.log(different) / Math.log(words.length))
}

/**
 * The limits for Swedish; other languages have none, since LIX says little about them. `line` is characters a
 * line, in letters.
 */
export const limits: Record<
  string,
  { lix: number; sentence: number; line?: number; word: number }
> = {
  sv: { lix: 40, sentence: 20, word: 20 },
  'sv-simple': { lix: 30, sentence: 12, line: 45, word: 13 },
}
