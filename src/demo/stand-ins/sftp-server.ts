import { generateKeyPairSync, timingSafeEqual } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import ssh2 from 'ssh2'
import { fingerprint } from '../../channels/print-sftp.ts'
import { serveFiles, type SftpFault } from './sftp-files.ts'

export interface SftpServerOptions {
  /** 0 or nothing: any free port */
  port?: number
  /** the folder that is served; nothing outside it can be reached by a name */
  root: string
  /** where its host key is kept for the next start; without it each start has a new one */
  keyFolder?: string
  user: string
  password?: string
  /** a public key that may log in, in OpenSSH's form */
  publicKey?: string
  /** something that goes wrong with one operation */
  fault?: (operation: string, name: string) => SftpFault | undefined
}

export interface LocalSftp {
  /** for PRINT_SFTP_URL */
  url: string
  /** for PRINT_SFTP_HOST_KEY */
  hostKey: string
  close(): Promise<void>
}

/** A print supplier's SFTP server on this machine: the real protocol, over a folder. */
export async function startSftpServer(options: SftpServerOptions): Promise<LocalSftp> {
  mkdirSync(options.root, { recursive: true })
  const hostKey = hostKeyIn(options.keyFolder)
  const connections = new Set<ssh2.Connection>()
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    connections.add(client)
    ;(client as ssh2.Connection & { setNoDelay(on: boolean): void }).setNoDelay(true) // missing in the types; without it each answer waits 40 ms
    client.on('error', () => {}) // a client that went away
    client.on('close', () => connections.delete(client))
    client.on('authentication', (context) =>
      allowed(context, options) ? context.accept() : context.reject(['password', 'publickey']),
    )
    client.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) =>
        serveFiles(acceptSftp(), {
          root: options.root,
          fault: options.fault,
          cut: () => client.end(),
        }),
      )
    })
  })
  await new Promise<void>((listening) => server.listen(options.port ?? 0, '127.0.0.1', listening))
  const parsed = ssh2.utils.parseKey(hostKey)
  if (parsed instanceof Error) throw parsed
  return {
    url: `sftp://${options.user}@127.0.0.1:${(server.address() as AddressInfo).port}/`,
    hostKey: fingerprint(parsed.getPublicSSH()),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        for (const connection of connections) connection.end()
      }),
  }
}

function allowed(
  context: ssh2.AuthContext,
  { user, password, publicKey }: SftpServerOptions,
): boolean {
  if (!same(context.username, user)) return false
  if (context.method === 'password')
    return password !== undefined && same(context.password, password)
  if (context.method !== 'publickey' || publicKey === undefined) return false
  const key = ssh2.utils.parseKey(publicKey)
  if (
    key instanceof Error ||
    context.key.algo !== key.type ||
    !context.key.data.equals(key.getPublicSSH())
  )
    return false
  return (
    !context.signature || key.verify(context.blob!, context.signature, context.hashAlgo) === true
  )
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** RSA, since that is what node writes in a form that ssh2 reads. */
function hostKeyIn(folder: string | undefined): string {
  const file = folder && join(folder, 'sftp-host-key.pem')
  if (file && existsSync(file)) return readFileSync(file, 'utf8')
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  if (file) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(file, privateKey, { mode: 0o600 })
  }
  return privateKey
}
