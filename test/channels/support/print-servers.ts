import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import ssh2 from 'ssh2'
import type { SftpFault } from '../../../src/demo/stand-ins/sftp-files.ts'
import { startSftpServer } from '../../../src/demo/stand-ins/sftp-server.ts'
import { openPrintFolder } from '../../../src/channels/print-folder.ts'
import type { OpenPlace } from '../../../src/channels/print-place.ts'
import { openPrintSftp, type SftpAccount } from '../../../src/channels/print-sftp.ts'

/** A print supplier's folder, however it is reached; `root` is what the supplier sees. */
export interface PrintServer {
  root: string
  open: OpenPlace
  account: SftpAccount | undefined
  faults: { play?: ((operation: string, name: string) => SftpFault | undefined) | undefined }
  close(): Promise<void>
}

const folder = () => mkdtempSync(join(tmpdir(), 'kallelse print '))
const remove = (path: string) => rmSync(path, { recursive: true, force: true })

async function ownFolder(): Promise<PrintServer> {
  const home = folder()
  const root = join(home, 'print')
  mkdirSync(root)
  return Promise.resolve({
    root,
    open: () => openPrintFolder(root),
    account: undefined,
    faults: {},
    close: () => Promise.resolve(remove(home)),
  })
}

export async function standIn(): Promise<PrintServer> {
  const root = folder()
  const faults: PrintServer['faults'] = {}
  const server = await startSftpServer({
    root,
    user: 'region',
    password: 'hemligt-lösen',
    fault: (operation, name) => faults.play?.(operation, name),
  })
  const account = { url: server.url, hostKeys: server.hostKey, password: 'hemligt-lösen' }
  return {
    root,
    open: () => openPrintSftp(account),
    account,
    faults,
    close: async () => (await server.close(), remove(root)),
  }
}

const sshd = ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find((path) => existsSync(path))

/**
 * OpenSSH's own server on this machine, as the user who runs the test: its own configuration, keys and port, nothing
 * of the machine's.
 */
async function openSsh(): Promise<PrintServer> {
  const home = folder().replaceAll(' ', '\\ ')
  const dir = mkdtempSync('/tmp/kallelse-sshd-')
  remove(home)
  const root = join(dir, 'in')
  mkdirSync(root)
  const keygen = (file: string) =>
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(dir, file)])
  keygen('host')
  keygen('user')
  const port = await freePort()
  writeFileSync(join(dir, 'allowed'), readFileSync(join(dir, 'user.pub')))
  for (const file of ['allowed', 'host', 'user']) chmodSync(join(dir, file), 0o600)
  writeFileSync(
    join(dir, 'config'),
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(dir, 'host')}`,
      `PidFile ${join(dir, 'pid')}`,
      `AuthorizedKeysFile ${join(dir, 'allowed')}`,
      'PasswordAuthentication no',
      'KbdInteractiveAuthentication no',
      'UsePAM no',
      'StrictModes no',
      'PermitRootLogin prohibit-password',
      'Subsystem sftp internal-sftp',
      '',
    ].join('\n'),
  )
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true })
  const server = spawn(sshd!, ['-D', '-e', '-f', join(dir, 'config')], { stdio: 'ignore' })
  while (!(await listens(port)) && server.exitCode === null) await sleep(20)
  const key = ssh2.utils.parseKey(readFileSync(join(dir, 'host.pub')))
  if (key instanceof Error) throw key
  const { fingerprint } = await import('../../../src/channels/print-sftp.ts')
  const account = {
    url: `sftp://${userInfo().username}@127.0.0.1:${port}${root}`,
    hostKeys: fingerprint(key.getPublicSSH()),
    privateKey: readFileSync(join(dir, 'user'), 'utf8'),
  }
  return {
    root,
    open: () => openPrintSftp(account),
    account,
    faults: {},
    close: async () => {
      const ended = new Promise((done) => server.once('exit', done))
      server.kill()
      await ended
      remove(dir)
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening))
  const { port } = probe.address() as AddressInfo
  await new Promise((closed) => probe.close(closed))
  return port
}

const listens = (port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = connect(port, '127.0.0.1', () => (socket.destroy(), answer(true)))
    socket.once('error', () => answer(false))
  })

/** SFTP servers that are on this machine: always the stand-in, and OpenSSH's where it is installed. */
export const sftpServers: [string, () => Promise<PrintServer>][] = [
  ['our stand-in', standIn],
  ...(sshd ? ([['OpenSSH', openSsh]] as [string, () => Promise<PrintServer>][]) : []),
]

export const printServers: [string, () => Promise<PrintServer>][] = [
  ['a folder', ownFolder],
  ...sftpServers,
]
