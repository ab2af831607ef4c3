const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
/** Each takes an escape as well, so two septets. */
const extension = new Set('\f^{}\\[~]|€')

export interface SmsLength {
  encoding: 'GSM-7' | 'UCS-2'
  /** septets (GSM-7) or 16-bit units (UCS-2) */
  units: number
  segments: number
  /** the characters that force UCS-2, each once, in order of appearance */
  nonGsm: string[]
}

/**
 * How an SMS is coded and how many parts it is sent and paid as (3GPP TS 23.038 and 23.040): 160 septets, or
 * 153 in each of several;
 * 70 units of UCS-2, or 67 in each of several. An escape pair or surrogate pair is never split over two parts,
 * so a part may end one short.
 */
export function smsLength(text: string): SmsLength {
  const characters = [...text]
  const nonGsm = [...new Set(characters.filter((c) => !basic.has(c) && !extension.has(c)))]
  const encoding = nonGsm.length === 0 ? 'GSM-7' : 'UCS-2'
  const cost = (c: string) => (encoding === 'UCS-2' ? c.length : extension.has(c) ? 2 : 1)
  const [whole, part] = encoding === 'GSM-7' ? [160, 153] : [70, 67]
  let units = 0
  let parts = 1
  let filled = 0
  for (const c of characters) {
    const n = cost(c)
    units += n
    if (filled + n > part) {
      parts++
      filled = n
    } else filled += n
  }
  return { encoding, units, segments: units === 0 ? 0 : units <= whole ? 1 : parts, nonGsm }
}

/** Typographic signs that would make an SMS cost twice as much, in the plain form that GSM has. */
export const plainForSms = (text: string) =>
  text
    .replace(/[‐‑‒–—]/g, '-')
    .replace(/[“”„]/g, '"')
    .replace(/[‘’]/g, "'")
    .replaceAll('…', '...')
    .replace(/[\u00a0\u202f]/g, ' ')

/**
 * Whether a text can be the sender of an SMS: at most 11 letters or digits, and a letter among them. Returns
 * what is wrong, or null.
 */
export function senderIdFault(sender: string): string | null {
  if (sender.length === 0 || sender.length > 11)
    return `must be 1 to 11 characters, is ${sender.length}`
  if (!/^[A-Za-z0-9]+$/.test(sender)) return 'may hold only the letters A–Z, a–z and digits'
  if (!/[A-Za-z]/.test(sender)) return 'must hold at least one letter'
  return null
}
