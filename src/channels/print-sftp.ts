import { createHash, timingSafeEqual } from 'node:crypto'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import SftpClient from 'ssh2-sftp-client'
import { messageOf, Refused } from '../errors.ts'
import type { PrintPlace } from './print-place.ts'

export interface SftpAccount {
  /** sftp://user@host:port/folder, no password in it */
  url: string
  /** the server's keys that are trusted, as `SHA256:…`, separated by spaces; empty: none yet */
  hostKeys: string
  /** PEM or OpenSSH text */
  privateKey?: string | undefined
  password?: string | undefined
}

/**
 * The print supplier's SFTP server. Only one whose key is pinned is spoken to: nobody else gets the letters, nor the
 * password.
 * @throws Refused host-key-not-pinned or host-key-changed with the fingerprint seen, supplier-login,
 *   supplier-unreachable
 */
export async function openPrintSftp(account: SftpAccount): Promise<PrintPlace> {
  const url = new URL(account.url)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || 22)
  const where = `${url.host}${url.pathname}`
  // Events between two calls; by default the library would print them. The next call fails and says why.
  const client = new SftpClient('print', { error: () => {}, end: () => {}, close: () => {} })
  let seen = ''
  let trusted = false
  try {
    await client.connect({
      // A socket of our own for noDelay: SFTP asks and waits, and each small packet would be held back for 40 ms
      // (measured: 7 s a batch instead of 0.1).
      sock: connect({ host, port, noDelay: true }),
      username: decodeURIComponent(url.username),
      password: account.password,
      privateKey: account.privateKey,
      readyTimeout: 20_000,
      keepaliveInterval: 10_000,
      keepaliveCountMax: 3,
      hostVerifier: (key: Buffer) => {
        seen = fingerprint(key)
        return (trusted = account.hostKeys
          .split(/\s+/)
          .some((pinned) => pinned !== '' && same(pinned, seen)))
      },
    })
  } catch (error) {
    await end(client)
    if (seen && !trusted) throw hostKeyRefused(where, account.hostKeys, seen)
    throw unreachable(where, error)
  }
  const at = (name: string): string => `${url.pathname.replace(/\/$/, '') || '.'}/${name}`
  const there = async (name: string): Promise<boolean> => (await client.exists(at(name))) !== false
  return {
    where,
    list: async (prefix) =>
      (await client.list(at(''), (file) => file.name.startsWith(prefix))).map((file) => file.name),
    async read(name, into) {
      if (!(await there(name))) return false
      const written = finished(into) // get() answers when it has read all, not when it is written
      written.catch(() => {})
      await client.get(at(name), into)
      await written
      return true
    },
    async write(name, content) {
      await client.put(Readable.from(content), at(name), { writeStreamOptions: { mode: 0o640 } })
    },
    async move(from, to) {
      if (await there(to)) return false // the protocol says that it fails then; some servers replace instead
      try {
        await client.rename(at(from), at(to))
        return true
      } catch (error) {
        if (await there(to)) return false
        throw error
      }
    },
    async remove(name) {
      await client.delete(at(name), true)
    },
    close: () => end(client),
  }
}

/** As ssh-keygen -l shows it. */
export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one.replace(/=+$/, '')), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function hostKeyRefused(where: string, pinned: string, seen: string): Refused {
  const ask = 'Ask the supplier by phone, on a number you already had, whether it is theirs'
  return pinned.trim() === ''
    ? new Refused(
        'host-key-not-pinned',
        `No key is pinned for the print supplier's server ${where}: nothing was sent. It shows ${seen}. ` +
          `${ask}; if so set PRINT_SFTP_HOST_KEY=${seen}`,
        { where, seen },
      )
    : new Refused(
        'host-key-changed',
        `The print supplier's server ${where} shows another key than the one that is pinned: nothing was ` +
          `sent. Seen ${seen}, pinned ${pinned}. Somebody may be listening in between. ${ask}; if so add it to ` +
          'PRINT_SFTP_HOST_KEY.',
        { where, seen, pinned },
      )
}

function unreachable(where: string, error: unknown): Refused {
  const message = messageOf(error)
  return /authentication/i.test(message)
    ? new Refused(
        'supplier-login',
        `The print supplier's server ${where} does not let us in: ${message}. Check the user in ` +
          'PRINT_SFTP_URL, and PRINT_SFTP_KEY or PRINT_SFTP_PASSWORD.',
        { where },
      )
    : new Refused(
        'supplier-unreachable',
        `The print supplier's server ${where} can't be reached: ${message}. The batches wait and are tried ` +
          'again; check PRINT_SFTP_URL if it lasts.',
        { where },
      )
}

/** Closing may never be answered (a connection that is gone already): it is not waited for long. */
async function end(client: SftpClient): Promise<void> {
  const patience = new AbortController()
  await Promise.race([
    client.end().catch(() => {}),
    sleep(3000, undefined, { signal: patience.signal }).catch(() => {}),
  ])
  patience.abort()
}
