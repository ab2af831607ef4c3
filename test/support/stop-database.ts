import { rm } from 'node:fs/promises'

export default async function stop(): Promise<void> {
  await globalThis.embeddedServer?.close()
  if (globalThis.databaseFolder)
    await rm(globalThis.databaseFolder, { recursive: true, force: true })
}
