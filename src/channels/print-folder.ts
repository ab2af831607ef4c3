import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { PrintPlace } from './print-place.ts'

/**
 * A folder that the print supplier fetches from. What is told as done is on the disk, also when the machine dies just
 * then.
 */
export async function openPrintFolder(folder: string): Promise<PrintPlace> {
  await mkdir(folder, { recursive: true })
  const there = async (name: string) =>
    (await stat(join(folder, name)).catch(() => undefined)) !== undefined
  return {
    where: `the folder ${folder}`,
    list: async (prefix) => (await readdir(folder)).filter((name) => name.startsWith(prefix)),
    async read(name, into) {
      if (!(await there(name))) return false
      await pipeline(createReadStream(join(folder, name)), into)
      return true
    },
    async write(name, content) {
      await pipeline(
        content,
        createWriteStream(join(folder, name), { flags: 'wx', mode: 0o640, flush: true }),
      ) // the supplier's account reads it by its group
    },
    async move(from, to) {
      if (await there(to)) return false
      try {
        await rename(join(folder, from), join(folder, to)) // not link and unlink: killed in between, both names would stay
      } catch (error) {
        if (await there(to)) return false // another program was quicker
        throw error
      }
      await flush(folder)
      return true
    },
    remove: (name) => rm(join(folder, name), { force: true }),
    close: () => Promise.resolve(),
  }
}

/** Waits until a folder's list of names is on the disk. */
async function flush(folder: string): Promise<void> {
  const file = await open(folder, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
