import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'

/** A key that letters' 2D codes are signed with (Ed25519, RFC 8032). */
export interface SigningKey {
  /**
   * the first 6 hexadecimal digits of the public key's SHA-256, in capitals: anybody who has the key can calculate it
   */
  id: string
  privateKey: KeyObject
  /** 32 bytes, base64url: x of RFC 8037 */
  publicKey: string
}

/**
 * The key of CODE_SIGNING_KEY. Without that, one is made for this machine and kept in KALLELSE_DATA, outside
 * the repository.
 * @throws Refused `bad-signing-key`
 */
export const signingKey = (
  config: Pick<Config, 'CODE_SIGNING_KEY' | 'KALLELSE_DATA'>,
): SigningKey => keyFrom(config.CODE_SIGNING_KEY ?? localKey(config.KALLELSE_DATA))

/** A new private key, on one line, as CODE_SIGNING_KEY wants it. */
export const newPrivateKey = (): string =>
  generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'der' })
    .toString('base64')

export const keyIdOf = (publicKey: string): string =>
  createHash('sha256')
    .update(Buffer.from(publicKey, 'base64url'))
    .digest('hex')
    .slice(0, 6)
    .toUpperCase()

/** @param text PKCS 8, as PEM or as its base64 alone */
function keyFrom(text: string): SigningKey {
  const privateKey = readPrivate(text.replace(/-----[^-]+-----/g, '').replace(/\\n|\s/g, ''))
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string }
  return { id: keyIdOf(x), privateKey, publicKey: x }
}

function readPrivate(base64: string): KeyObject {
  try {
    const key = createPrivateKey({
      key: Buffer.from(base64, 'base64'),
      format: 'der',
      type: 'pkcs8',
    })
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // said below: the library's words may quote the key
  }
  throw new Refused(
    'bad-signing-key',
    'CODE_SIGNING_KEY is no Ed25519 private key (PKCS 8). Make one with: kallelse code-key create.',
  )
}

function localKey(folder: string): string {
  const file = join(folder, 'code-signing-key')
  const kept = () => readFileSync(file, 'utf8')
  try {
    return kept()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}`
  writeFileSync(part, newPrivateKey(), { mode: 0o600 })
  try {
    linkSync(part, file) // of two programs that start at once the first one's key counts
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(part)
  }
  return kept()
}
