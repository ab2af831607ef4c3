import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { renderBatch } from '../../letters/render.ts'
import type { ProtectedBatch } from './protected-letters.ts'

/** Writes the letters and the list to pack by, readable by their maker alone. @returns the files' names */
export async function writeProtected(
  batch: ProtectedBatch,
  folder: string,
  createdAt: Date,
): Promise<string[]> {
  const files: string[] = []
  for (const [name, letters] of [
    ['own-address.pdf', batch.ownAddress],
    ['forwarding.pdf', batch.forwarding],
  ] as const) {
    if (letters.length === 0) continue
    await renderBatch(
      letters,
      createWriteStream(join(folder, name), { mode: 0o600, flags: 'wx' }),
      { title: name, createdAt },
    )
    files.push(name)
  }
  await writeFile(
    join(folder, 'list.csv'),
    stringify(batch.list, {
      header: true,
      columns: ['letter', 'way', 'outer', 'pages'],
      bom: true,
      delimiter: ';',
    }),
    { mode: 0o600, flag: 'wx' },
  )
  return [...files, 'list.csv']
}
