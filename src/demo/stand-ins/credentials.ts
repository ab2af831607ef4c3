import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a Vonage account consists of, for the local stand-in: the names are those of config.ts. */
export interface LocalCredentials {
  VONAGE_API_KEY: string
  VONAGE_API_SECRET: string
  VONAGE_APPLICATION_ID: string
  VONAGE_PRIVATE_KEY: string
  VONAGE_SIGNATURE_SECRET: string
  publicKey: string
}

/** Makes credentials that are worth nothing outside this machine, and keeps them in the folder for the next run. */
export function localCredentials(folder: string): LocalCredentials {
  const file = join(folder, 'vonage-local.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as LocalCredentials
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const made: LocalCredentials = {
    VONAGE_API_KEY: randomBytes(4).toString('hex'),
    VONAGE_API_SECRET: randomBytes(16).toString('hex'),
    VONAGE_APPLICATION_ID: randomUUID(),
    VONAGE_PRIVATE_KEY: privateKey,
    VONAGE_SIGNATURE_SECRET: randomBytes(32).toString('hex'),
    publicKey,
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.part`, JSON.stringify(made), { mode: 0o600 })
  renameSync(`${file}.part`, file)
  return made
}
