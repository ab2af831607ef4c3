import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { until } from './sending.ts'

export interface Pooler {
  /** the address of a database through it */
  url(database: string): string
  stop(): Promise<void>
}

/**
 * A real PgBouncer in transaction mode with the settings that a distribution brings, in front of databases (by name, as
 * addresses). Few connections to the server, so that clients really share them.
 */
export async function startPooler(databases: Record<string, string>): Promise<Pooler> {
  const folder = mkdtempSync(join(tmpdir(), 'kallelse-pgbouncer-'))
  chmodSync(folder, 0o755) // run by root it becomes another user
  const port = await freePort()
  const lines = Object.entries(databases).map(([name, address]) => {
    const { hostname, port, pathname, username, password } = new URL(address)
    return `${name} = host=${hostname} port=${port} dbname=${pathname.slice(1)} user=${username} password=${password}`
  })
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(
    file,
    `[databases]
${lines.join('\n')}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 6
max_client_conn = 300
`,
  )
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const child = spawn('pgbouncer', ['-q', ...asUser, file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: `${process.env['PATH']}:/usr/sbin` },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  let failed = ''
  child.once('error', (error) => {
    failed = `pgbouncer can't be run: ${error.message}. Install it: apt-get install pgbouncer`
  })
  child.once('exit', (code) => (failed ||= `pgbouncer ended with code ${code}: ${said}`))
  await until(async () => failed !== '' || (await accepts(port)))
  if (failed) throw new Error(failed)
  return {
    url: (database) => `postgres://kallelse@127.0.0.1:${port}/${database}`,
    async stop() {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const accepts = (port: number): Promise<boolean> =>
  new Promise((answer) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => answer(true)).once('error', () => answer(false))
    socket.once('connect', () => socket.destroy())
  })

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((closed) => probe.close(closed))
  return port
}
