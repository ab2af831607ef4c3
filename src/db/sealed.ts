import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { Refused } from '../errors.ts'

// Bytes that are kept are sealed with AES-256-GCM: mark, key's id, nonce, tag, what they were. Who has the database's
// files or a dump of it, and not the key, can't read them; changed bytes, or bytes of another row, don't open.

/** The first byte of what is sealed. Nothing that was kept before begins with it: letters, mails, SMS and zlib don't. */
const mark = 0x01
const idLength = 6
const nonceLength = 12
const tagLength = 16
const headLength = 1 + idLength + nonceLength + tagLength

export interface SealingKey {
  /** the first 6 bytes of the key's SHA-256: it lies beside what is sealed */
  id: Buffer
  secret: Buffer
}

/** Every key that this process has been given, by id: the app, and in tests several apps. */
const known = new Map<string, SealingKey>()
let current: SealingKey | undefined

export const sealingKey = (secret: Buffer): SealingKey => ({
  id: createHash('sha256').update(secret).digest().subarray(0, idLength),
  secret,
})

/** From now on bytes are sealed with the first key; all of them open. */
export function useSealingKeys(keys: readonly SealingKey[]): void {
  for (const key of keys) known.set(key.id.toString('hex'), key)
  current = keys[0]
}

/** The beginning of all bytes that are sealed with the key in use: others are sealed again by `keys rotate`. */
export const sealedPrefix = (): Buffer => Buffer.concat([Buffer.of(mark), inUse().id])

/** @param row what the bytes belong to, e.g. `message 5f0c…`: they open only for it */
export function seal(bytes: Buffer, row: string): Buffer {
  const key = inUse()
  const nonce = randomBytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce)
  const head = Buffer.concat([Buffer.of(mark), key.id])
  cipher.setAAD(Buffer.concat([head, Buffer.from(row)]))
  const body = Buffer.concat([cipher.update(bytes), cipher.final()])
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body])
}

export const isSealed = (bytes: Buffer): boolean => bytes[0] === mark

/**
 * Opens what `seal` made. Bytes that were kept before there was a key come back as they are: `keys rotate` seals them.
 * @throws Refused `no-such-sealing-key`, `does-not-open`
 */
export function unseal(bytes: Buffer, row: string): Buffer {
  if (!isSealed(bytes)) return bytes
  const head = bytes.subarray(0, 1 + idLength)
  const id = head.subarray(1).toString('hex')
  const key = known.get(id)
  if (!key)
    throw new Refused(
      'no-such-sealing-key',
      `Kept bytes are sealed with the key ${id}, which this program does not have. ` +
        'Add it to SEALING_KEYS, after the one in use.',
      { key: id },
    )
  const nonce = bytes.subarray(head.length, head.length + nonceLength)
  const decipher = createDecipheriv('aes-256-gcm', key.secret, nonce)
  decipher.setAAD(Buffer.concat([head, Buffer.from(row)]))
  decipher.setAuthTag(bytes.subarray(head.length + nonceLength, headLength))
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headLength)), decipher.final()])
  } catch {
    throw new Refused(
      'does-not-open',
      `The kept bytes of ${row} were changed, or belong to another row: they do not open.`,
      { row },
    )
  }
}

function inUse(): SealingKey {
  if (!current) throw new Error('bytes would be kept without a key')
  return current
}
