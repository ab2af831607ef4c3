export interface Reply {
  answer: 'yes' | 'no'
  /** the four digits of the question, when the text has them */
  code: string | null
}

const yes = new Set(['ja', 'j', 'japp', 'yes', 'y', 'ok', 'نعم', 'اي'])
const no = new Set(['nej', 'n', 'nä', 'no', 'لا'])
const thanks = new Set(['tack', 'thanks', 'شكرا'])
/** What politeness adds to a no; to a yes it would be something more. */
const sorry = new Set(['tyvärr', 'sorry'])
const stop = new Set(['stopp', 'stop', 'stoppa', 'avsluta', 'unsubscribe', 'قف'])
const easternDigits = /[\u0660-\u0669\u06f0-\u06f9]/g
/** What may stand around the words of a clear answer. A question mark may not, nor may a picture: it may mean anything. */
const plain = /^[\p{L}\p{M}\p{N}\s.,!"'”’،\u200e\u200f\u061c]*$/u

/**
 * What an SMS says to a question: yes or no in Swedish, English or Arabic, with or without the code, before or after
 * it, and nothing more than thanks. "Ok kan inte komma" and "Ja, men inte den dagen" begin with a yes and are none.
 * @returns null for all else: a person reads it, for a guess could take somebody's place
 */
export function readReply(text: string): Reply | null {
  const words = wordsOf(text)
  const codes = words.filter((word) => /^\d{4}$/.test(word))
  const said = words.filter((word) => !/^\d{4}$/.test(word) && !thanks.has(word))
  if (!plain.test(text) || codes.length > 1) return null
  const code = codes[0] ?? null
  if (said.length === 1 && yes.has(said[0]!)) return { answer: 'yes', code }
  const negative = said.filter((word) => !sorry.has(word))
  return negative.length === 1 && no.has(negative[0]!) ? { answer: 'no', code } : null
}

/** Whether an SMS asks for no more SMS: it says STOPP, and no more than that. */
export function saysStop(text: string): boolean {
  const said = wordsOf(text).filter((word) => !thanks.has(word) && word !== 'sms')
  return !text.includes('?') && said.length === 1 && stop.has(said[0]!)
}

const wordsOf = (text: string): string[] =>
  text
    .normalize('NFC')
    .replace(easternDigits, (digit) => String(digit.charCodeAt(0) & 0xf))
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}]+|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u)
    .filter((word) => word !== '')
