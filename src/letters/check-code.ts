import { createPublicKey } from 'node:crypto'
import { z } from 'zod'
import { Refused } from '../errors.ts'
import { isSignedBy, readSignedCode, type SignedCode } from './signed-code.ts'
import { keyIdOf } from './signing-key.ts'

const day = z.iso.date()
/** A published key: a JSON Web Key (RFC 8037) with the days on the letters that it signs. */
const key = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().length(43),
  kid: z.string(),
  use: z.literal('sig'),
  validFrom: day,
  validTo: day.nullable(),
})
/**
 * What stands at /.well-known/kallelse-keys.json: whose the keys are, the page that 2D codes lead to, and
 * every key there has been.
 */
export const keyFile = z.object({ issuer: z.string(), page: z.url(), keys: z.array(key) })
export type KeyFile = z.infer<typeof keyFile>

export type CodeFault =
  'not-a-code' | 'unknown-key' | 'bad-signature' | 'outside-validity' | 'other-page'

export interface CheckedCode {
  valid: boolean
  fault: CodeFault | null
  /** what the code says; nothing of it holds unless it is valid */
  claim: { kind: string; date: string; code: string; keyId: string } | null
  issuer: string
}

/** @throws Refused `bad-key-file` */
export function readKeyFile(text: string): KeyFile {
  const parsed = keyFile.safeParse(parsedJson(text))
  if (!parsed.success)
    throw new Refused(
      'bad-key-file',
      'The key file is not as it is published. Fetch it again from the region: /.well-known/kallelse-keys.json',
    )
  const wrong = parsed.data.keys.find((k) => keyIdOf(k.x) !== k.kid)
  if (wrong)
    throw new Refused(
      'bad-key-file',
      `The id of the key ${wrong.kid} does not match its bytes. Fetch the file again from the region.`,
    )
  return parsed.data
}

/** Whether a 2D code is the region's, by its published keys alone: no database, no network. */
export function checkCode(text: string, keys: KeyFile): CheckedCode {
  const code = readSignedCode(text)
  if (!code) return { valid: false, fault: 'not-a-code', claim: null, issuer: keys.issuer }
  const { kind, date, keyId } = code
  const fault = faultOf(code, keys)
  return {
    valid: fault === null,
    fault,
    claim: { kind, date, code: code.code, keyId },
    issuer: keys.issuer,
  }
}

function faultOf(code: SignedCode, { keys, page }: KeyFile): CodeFault | null {
  const key = keys.find((k) => k.kid === code.keyId)
  if (!key) return 'unknown-key'
  if (
    !isSignedBy(
      code,
      createPublicKey({ key: { kty: key.kty, crv: key.crv, x: key.x }, format: 'jwk' }),
    )
  )
    return 'bad-signature'
  if (code.date < key.validFrom || (key.validTo !== null && code.date > key.validTo))
    return 'outside-validity'
  // A signature copied into an address of somebody else's leads people astray all the same.
  return code.page === null || code.page === page ? null : 'other-page'
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
