import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import { sealingKey, type SealingKey } from './sealed.ts'

type Settings = Pick<
  Config,
  'SEALING_KEYS' | 'SEALING_KEYS_FILE' | 'DATABASE_URL' | 'KALLELSE_DATA'
>

/**
 * The keys of SEALING_KEYS or SEALING_KEYS_FILE: the first seals, the others only open. Only for the embedded database
 * one is made, beside it.
 * @throws Refused `no-sealing-key`, `bad-sealing-key`
 */
export function sealingKeys(config: Settings): SealingKey[] {
  const given = config.SEALING_KEYS ?? fromFile(config)
  const keys = given.split(/[\s,]+/).filter((key) => key !== '')
  if (!keys.length) throw badKey
  return keys.map((key) => {
    const secret = Buffer.from(key, 'base64')
    if (secret.length !== 32) throw badKey
    return sealingKey(secret)
  })
}

/** A new key, as SEALING_KEYS wants it. */
export const newSealingKey = (): string => randomBytes(32).toString('base64')

const badKey = new Refused(
  'bad-sealing-key',
  'SEALING_KEYS is not a list of keys, each 32 bytes in base64. Make one with: kallelse keys create.',
)

function fromFile({ SEALING_KEYS_FILE: file, DATABASE_URL, KALLELSE_DATA }: Settings): string {
  if (!file && DATABASE_URL)
    throw new Refused(
      'no-sealing-key',
      'With DATABASE_URL, SEALING_KEYS or SEALING_KEYS_FILE must be set: what was sent is kept sealed. ' +
        'Make a key with: kallelse keys create.',
    )
  if (!file) return localKey(KALLELSE_DATA)
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Refused(
      'no-sealing-key',
      `The file of SEALING_KEYS_FILE, ${file}, can't be read (${(error as NodeJS.ErrnoException).code}).`,
    )
  }
}

/** Of two programs that start at once the first one's key counts. */
function localKey(folder: string): string {
  const file = join(folder, 'sealing-key')
  const kept = () => readFileSync(file, 'utf8')
  try {
    return kept()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const part = `${file}.${process.pid}`
  writeFileSync(part, `${newSealingKey()}\n`, { mode: 0o600 })
  try {
    linkSync(part, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(part)
  }
  return kept()
}
