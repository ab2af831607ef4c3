import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { checkCode, readKeyFile, type KeyFile } from '../../src/letters/check-code.ts'
import {
  isSignedBy,
  readSignedCode,
  signedCheckUrl,
  type CodeClaim,
  type MessageKind,
} from '../../src/letters/signed-code.ts'
import { newPrivateKey, signingKey } from '../../src/letters/signing-key.ts'

const key = signingKey({ CODE_SIGNING_KEY: newPrivateKey(), KALLELSE_DATA: 'not used' })
const other = signingKey({ CODE_SIGNING_KEY: newPrivateKey(), KALLELSE_DATA: 'not used' })
const page = 'https://kallelse.regiondalarna.example/akta'
const claim: CodeClaim = { kind: 'invitation', date: '2021-03-08', code: '7KQ2M9XP' }
const url = signedCheckUrl(`${page}/${claim.code}`, claim, key)
const published = (
  k = key,
  days: { validFrom: string; validTo: string | null } = { validFrom: '2021-03-01', validTo: null },
) => ({
  kty: 'OKP' as const,
  crv: 'Ed25519' as const,
  x: k.publicKey,
  kid: k.id,
  use: 'sig' as const,
  ...days,
})
const keys: KeyFile = { issuer: 'Region Dalarna', page, keys: [published()] }

describe("a letter's signed code", () => {
  it('holds kind, date, code, key id and signature, and nothing else', () => {
    const [address, behind] = url.split('#') as [string, string]
    expect(address).toBe(`${page}/7KQ2M9XP`)
    expect(behind.split('.').map((part) => part.length)).toEqual([9, 6, 103])
    expect(behind.startsWith(`I20210308.${key.id}.`)).toBe(true)
  })

  it('is the same bytes whenever it is signed', () => {
    expect(signedCheckUrl(`${page}/${claim.code}`, claim, key)).toBe(url)
  })

  it('checks with the public key alone, whole or from the code on', () => {
    for (const text of [url, ` ${url}\n`, url.slice(page.length + 1)])
      expect(checkCode(text, keys)).toEqual({
        valid: true,
        fault: null,
        claim: { ...claim, keyId: key.id },
        issuer: 'Region Dalarna',
      })
  })

  it('comes back whatever it says', () => {
    const kind = fc.constantFrom<MessageKind>(
      'invitation',
      'reminder',
      'confirmation',
      'correction',
      'warning',
      'message',
    )
    const code = fc.string({
      unit: fc.constantFrom(...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'),
      minLength: 8,
      maxLength: 8,
    })
    const date = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10))
    fc.assert(
      fc.property(fc.record({ kind, date, code }), (said) => {
        const read = readSignedCode(signedCheckUrl(`${page}/${said.code}`, said, key))!
        expect({ kind: read.kind, date: read.date, code: read.code, page: read.page }).toEqual({
          ...said,
          page,
        })
        expect(isSignedBy(read, createPublicKey(key.privateKey))).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  it('is found out when any one of its signs is changed', () => {
    const start = page.length + 1
    for (let i = start; i < url.length; i++) {
      const changed = url.slice(0, i) + (url[i] === '2' ? '3' : '2') + url.slice(i + 1)
      expect([i, checkCode(changed, keys).valid]).toEqual([i, false])
    }
  })

  it.each<[string, string, KeyFile, string]>([
    [
      'signed by somebody else',
      signedCheckUrl(`${page}/${claim.code}`, claim, { id: key.id, privateKey: other.privateKey }),
      keys,
      'bad-signature',
    ],
    [
      'signed with a key that is not published',
      signedCheckUrl(`${page}/${claim.code}`, claim, other),
      keys,
      'unknown-key',
    ],
    [
      'dated before its key',
      url,
      { ...keys, keys: [published(key, { validFrom: '2021-03-09', validTo: null })] },
      'outside-validity',
    ],
    [
      'dated after its key',
      url,
      { ...keys, keys: [published(key, { validFrom: '2021-01-01', validTo: '2021-03-07' })] },
      'outside-validity',
    ],
    [
      "under another site's address",
      url.replace('regiondalarna', 'regionda1arna'),
      keys,
      'other-page',
    ],
    ['another page of the same site', url.replace('/akta/', '/boka/'), keys, 'other-page'],
    ['without signature', `${page}/7KQ2M9XP`, keys, 'not-a-code'],
    ['something else', 'https://www.example', keys, 'not-a-code'],
    ['with its end cut off', url.slice(0, -1), keys, 'not-a-code'],
  ])('is refused when %s', (_what, text, file, fault) => {
    expect(checkCode(text, file)).toMatchObject({ valid: false, fault })
  })

  it('still checks after its key was replaced', () => {
    const rotated = {
      ...keys,
      keys: [
        published(other, { validFrom: '2021-04-01', validTo: null }),
        published(key, { validFrom: '2021-03-01', validTo: '2021-04-08' }),
      ],
    }
    expect(checkCode(url, rotated).valid).toBe(true)
  })
})

describe('the key file', () => {
  it('is read as published and refused when a key has not the id of its bytes', () => {
    expect(readKeyFile(JSON.stringify(keys))).toEqual(keys)
    expect(() =>
      readKeyFile(JSON.stringify({ ...keys, keys: [{ ...published(other), kid: key.id }] })),
    ).toThrow(expect.objectContaining({ code: 'bad-key-file' }))
    for (const text of ['', '{', '[]', '{"keys":[]}'])
      expect(() => readKeyFile(text)).toThrow(expect.objectContaining({ code: 'bad-key-file' }))
  })
})

describe('the private key', () => {
  it('is read from PEM, from PEM on one line and from base64', () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const ids = [
      pem,
      pem.replaceAll('\n', '\\n'),
      privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    ].map((text) => signingKey({ CODE_SIGNING_KEY: text, KALLELSE_DATA: '' }).id)
    expect(new Set(ids).size).toBe(1)
  })

  it('of another kind, or none, is refused without being quoted', () => {
    const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
    for (const text of [rsa, 'nonsense'])
      expect(() => signingKey({ CODE_SIGNING_KEY: text, KALLELSE_DATA: '' })).toThrow(
        expect.objectContaining({
          code: 'bad-signing-key',
          message: expect.not.stringContaining(text.slice(30, 50) || text),
        }),
      )
  })

  it('is made for this machine when none is given, only for its owner to read, and stays', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kallelse-key-'))
    const first = signingKey({ CODE_SIGNING_KEY: undefined, KALLELSE_DATA: join(folder, 'deep') })
    expect(
      signingKey({ CODE_SIGNING_KEY: undefined, KALLELSE_DATA: join(folder, 'deep') }).id,
    ).toBe(first.id)
    const file = join(folder, 'deep', 'code-signing-key')
    expect([statSync(file).mode & 0o777, readFileSync(file, 'utf8').length]).toEqual([0o600, 64])
    rmSync(folder, { recursive: true })
  })
})
