import { sign, verify, type KeyObject } from 'node:crypto'

/**
 * What a letter's 2D code says of the letter. `date` is the day printed on it (YYYY-MM-DD), `code` its check
 * code. No personal data.
 */
export interface CodeClaim {
  kind: MessageKind
  date: string
  code: string
}

export type MessageKind =
  'invitation' | 'reminder' | 'confirmation' | 'correction' | 'warning' | 'message'

/** Each kind's sign in the code. Never give one another meaning: letters lie about for years. */
const signs: Record<MessageKind, string> = {
  invitation: 'I',
  reminder: 'R',
  confirmation: 'C',
  correction: 'K',
  warning: 'W',
  message: 'M',
}
const kinds = Object.fromEntries(
  Object.entries(signs).map(([kind, sign]) => [sign, kind]),
) as Record<string, MessageKind>

export interface SignedCode extends CodeClaim {
  keyId: string
  signature: Buffer
  /** the page that the code leads to, without the code; null when only the code and what follows # were given */
  page: string | null
}

const said = ({ kind, date, code }: CodeClaim, keyId: string) =>
  Buffer.from(`kallelse letter 1\n${kind}\n${date}\n${code}\n${keyId}`)

/**
 * The check page's address with the claim signed behind #: a camera opens the page, which is never sent what
 * stands behind it, and whoever has the published key can check the claim without a network. 121 characters
 * longer than the address, all of them capitals, digits and stops: a QR code writes two of those in eleven
 * bits.
 * @param checkUrl ends with the code
 */
export function signedCheckUrl(
  checkUrl: string,
  claim: CodeClaim,
  key: { id: string; privateKey: KeyObject },
): string {
  return `${checkUrl}#${signs[claim.kind]}${claim.date.replaceAll('-', '')}.${key.id}.${base32(sign(null, said(claim, key.id), key.privateKey))}`
}

const digits = 103 // of 64 bytes

/** The 64 bytes as one number, in base 32 with the digits 0–9A–V. */
const base32 = (bytes: Buffer): string =>
  BigInt(`0x${bytes.toString('hex')}`)
    .toString(32)
    .toUpperCase()
    .padStart(digits, '0')

/** @returns undefined for a number of more than 64 bytes */
function bytesOf(text: string): Buffer | undefined {
  let number = 0n
  for (const digit of text) number = number * 32n + BigInt(Number.parseInt(digit, 32))
  const hex = number.toString(16).padStart(128, '0')
  return hex.length === 128 ? Buffer.from(hex, 'hex') : undefined
}

const form =
  /^(?:(https?:\/\/\S+)\/)?([0-9A-HJKMNP-TV-Z]{8})#([A-Z])(\d{4})(\d\d)(\d\d)\.([0-9A-F]{6})\.([0-9A-V]{103})$/

/**
 * Reads what a 2D code holds: the whole address, or the code with what follows it.
 * @returns undefined when it has another form
 */
export function readSignedCode(text: string): SignedCode | undefined {
  const found = form.exec(text.trim())
  if (!found) return undefined
  const [, page = null, code = '', sign = '', year, month, day, keyId = '', signature = ''] = found
  const kind = kinds[sign]
  const bytes = bytesOf(signature)
  return (
    kind && bytes && { kind, date: `${year}-${month}-${day}`, code, keyId, signature: bytes, page }
  )
}

export const isSignedBy = (code: SignedCode, publicKey: KeyObject): boolean =>
  verify(null, said(code, code.keyId), publicKey, code.signature)
