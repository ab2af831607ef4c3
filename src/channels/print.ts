import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Refused } from '../errors.ts'

/**
 * Hands a print batch over: NAME.pdf and then NAME.ndjson (the manifest) in the folder that the print supplier fetches
 * from. The supplier takes a batch when its manifest is there: both files appear whole or not at all, also when the
 * program or the machine dies in between.
 * @param pdf path of the finished PDF, anywhere; it is copied
 * @param manifest the manifest's text
 * @returns handed-over, or already-held when the same batch is there: counts as handed over
 * @throws Refused batch-already-handed-over when the name is there with other content
 */
export async function handOver(folder: string, name: string, pdf: string, manifest: string): Promise<'handed-over' | 'already-held'> {
  const target = paths(folder, name)
  await mkdir(folder, { recursive: true })
  if (await isHandedOver(folder, name)) return sameBatch(target, name, pdf, manifest)
  const mark = `.${name}.${randomUUID()}.part`
  const [pdfPart, manifestPart] = [join(folder, `${mark}.pdf`), join(folder, `${mark}.ndjson`)]
  try {
    await copyFile(pdf, pdfPart)
    await flush(pdfPart)
    const file = await open(manifestPart, 'wx', 0o640)
    try {
      await file.writeFile(manifest)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(pdfPart, target.pdf) // one without a manifest may lie there from a program that was killed
    await flush(folder)
    try {
      await link(manifestPart, target.manifest) // unlike rename it fails when another program was quicker
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      return await sameBatch(target, name, pdf, manifest)
    }
    await flush(folder)
    return 'handed-over'
  } finally {
    await rm(pdfPart, { force: true })
    await rm(manifestPart, { force: true })
  }
}

/** Whether the supplier has the batch: its manifest is there. */
export async function isHandedOver(folder: string, name: string): Promise<boolean> {
  return (await stat(paths(folder, name).manifest).catch(() => undefined)) !== undefined
}

function paths(folder: string, name: string) {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/.test(name)) throw new TypeError(`"${name}" is not a batch name`)
  return { pdf: join(folder, `${name}.pdf`), manifest: join(folder, `${name}.ndjson`) }
}

async function sameBatch(target: { pdf: string; manifest: string }, name: string, pdf: string, manifest: string): Promise<'already-held'> {
  const same = (await readFile(target.manifest, 'utf8')) === manifest && (await hash(target.pdf)) === (await hash(pdf))
  if (same) return 'already-held'
  throw new Refused('batch-already-handed-over', `The print batch ${name} has been handed over with other content. Nothing was changed; give the letters that remain a batch of their own.`, { batch: name })
}

async function hash(file: string): Promise<string> {
  const sum = createHash('sha256')
  for await (const chunk of createReadStream(file)) sum.update(chunk as Buffer)
  return sum.digest('hex')
}

/** Waits until a file or a folder's list of names is on the disk. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
