import { sign, verify, type KeyObject } from 'node:crypto'

/** What a letter's 2D code says of the letter. `date` is the day printed on it (YYYY-MM-DD), `code` its check code. No personal data. */
export interface CodeClaim {
  kind: MessageKind
  date: string
  code: string
}

export type MessageKind = 'invitation' | 'reminder' | 'confirmation' | 'correction' | 'warning' | 'message'

/** Each kind's sign in the code. Never give one another meaning: letters lie about for years. */
const signs: Record<MessageKind, string> = { invitation: 'i', reminder: 'r', confirmation: 'c', correction: 'k', warning: 'w', message: 'm' }
const kinds = Object.fromEntries(Object.entries(signs).map(([kind, sign]) => [sign, kind])) as Record<string, MessageKind>

export interface SignedCode extends CodeClaim {
  keyId: string
  signature: Buffer
  /** the page that the code leads to, without the code; null when only the code and what follows # were given */
  page: string | null
}

const said = ({ kind, date, code }: CodeClaim, keyId: string) => Buffer.from(`kallelse letter 1\n${kind}\n${date}\n${code}\n${keyId}`)

/**
 * The check page's address with the claim signed behind #: a camera opens the page, which is never sent what stands behind it, and whoever has
 * the published key can check the claim without a network. About 103 characters longer than the address.
 * @param checkUrl ends with the code
 */
export function signedCheckUrl(checkUrl: string, claim: CodeClaim, key: { id: string; privateKey: KeyObject }): string {
  const signature = sign(null, said(claim, key.id), key.privateKey).toString('base64url')
  return `${checkUrl}#${signs[claim.kind]}${claim.date.replaceAll('-', '')}.${key.id}.${signature}`
}

const form = /^(?:(https?:\/\/\S+)\/)?([0-9A-HJKMNP-TV-Z]{8})#([a-z])(\d{4})(\d\d)(\d\d)\.([A-Za-z0-9_-]{6})\.([A-Za-z0-9_-]{86})$/

/** Reads what a 2D code holds: the whole address, or the code with what follows it. @returns undefined when it has another form */
export function readSignedCode(text: string): SignedCode | undefined {
  const found = form.exec(text.trim())
  if (!found) return undefined
  const [, page = null, code = '', sign = '', year, month, day, keyId = '', signature = ''] = found
  const kind = kinds[sign]
  const bytes = Buffer.from(signature, 'base64url')
  if (!kind || bytes.toString('base64url') !== signature) return undefined // the last sign has bits to spare: only one way of writing counts
  return { kind, date: `${year}-${month}-${day}`, code, keyId, signature: bytes, page }
}

export const isSignedBy = (code: SignedCode, publicKey: KeyObject): boolean => verify(null, said(code, code.keyId), publicKey, code.signature)
