export interface Reply {
  answer: 'yes' | 'no'
  /** the four digits of the question, when the text has them */
  code: string | null
}

const yes = new Set(['ja', 'j', 'japp', 'yes', 'y', 'ok', 'نعم', 'اي'])
const no = new Set(['nej', 'n', 'nä', 'no', 'لا'])
const easternDigits = /[\u0660-\u0669\u06f0-\u06f9]/g

/**
 * What an SMS says to a question: yes or no in Swedish, English or Arabic, with or without the code, before or after
 * it.
 * @returns null when it says neither or both: then nothing is done, for a guess could take somebody's place
 */
export function readReply(text: string): Reply | null {
  const digits = text
    .normalize('NFC')
    .replace(easternDigits, (digit) => String(digit.charCodeAt(0) & 0xf))
  const words = digits
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u)
    .filter((word) => word !== '')
  const said = [words.some((word) => yes.has(word)), words.some((word) => no.has(word))]
  if (said[0] === said[1]) return null
  const codes = new Set(words.filter((word) => /^\d{4}$/.test(word)))
  if (codes.size > 1) return null
  return { answer: said[0] ? 'yes' : 'no', code: [...codes][0] ?? null }
}
