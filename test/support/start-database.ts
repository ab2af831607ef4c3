import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded, type EmbeddedServer } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { registerPurposes } from './purposes.ts'
import { openPool, run } from '../../src/db/pool.ts'

declare global {
  var embeddedServer: EmbeddedServer | undefined
  var databaseFolder: string | undefined
}

/** One server for the whole run and one migrated template; each test file clones it (support/database.ts). */
export default async function start(): Promise<void> {
  globalThis.databaseFolder = await mkdtemp(join(tmpdir(), 'kallelse-test-'))
  const server = await startEmbedded(globalThis.databaseFolder, {
    settings: {
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: '120',
    },
  })
  globalThis.embeddedServer = server
  const admin = openPool(server.url, 1)
  await run(admin, 'create database kallelse_template')
  await admin.end()
  const url = new URL(server.url)
  url.pathname = '/kallelse_template'
  const template = openPool(url.href, 1)
  await migrate(template)
  await registerPurposes(template)
  await template.end()
  process.env['KALLELSE_TEST_SERVER'] = server.url
}
