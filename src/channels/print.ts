import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Refused } from '../errors.ts'
import { hashAt, textAt, type PrintPlace } from './print-place.ts'

/** A sealed batch: what is handed over is this and nothing else. */
export interface SealedBatch {
  name: string
  /** path of the finished PDF on this machine */
  pdf: string
  /** as it was sealed */
  pdfSha256: string
  /** the manifest's text */
  manifest: string
}

/**
 * Hands a print batch over: NAME.pdf and then NAME.ndjson, the manifest, in the supplier's folder. The supplier takes
 * a batch when its manifest is there: both files appear whole or not at all, whenever the program, the machine or the
 * connection dies. Each file is put under a name that nobody takes for a batch, read back, and moved to its own. What
 * is there already with the same content counts as handed over.
 * @param go asked when nothing but the last step is left: whether the batch may still leave; writes down that it is
 *   so far
 * @returns waiting when `go` said no: all is prepared, and the next try goes on from there
 * @throws Refused changed-after-sealing, or batch-already-handed-over when one of the names is there with other content
 */
export async function handOver(
  place: PrintPlace,
  batch: SealedBatch,
  go: () => Promise<boolean>,
): Promise<'handed-over' | 'already-held' | 'waiting'> {
  const names = namesOf(batch.name)
  const there = await textAt(place, names.manifest)
  if (there !== undefined) {
    await mustBeSame(place, batch, there)
    await tidy(place, batch.name)
    return 'already-held'
  }
  await putPdf(place, batch)
  await prepareManifest(place, batch)
  if (!(await go())) return 'waiting'
  const moved = await place.move(names.ready, names.manifest)
  if (!moved) await mustBeSame(place, batch, await textAt(place, names.manifest))
  await tidy(place, batch.name)
  return moved ? 'handed-over' : 'already-held'
}

/**
 * How far a hand-over came that was broken off: the manifest's text when it is there, `prepared` when all but the
 * last step is done, otherwise nothing. A manifest that was prepared and is neither here nor there has been taken by
 * the supplier.
 */
export async function handedOver(
  place: PrintPlace,
  name: string,
): Promise<{ manifest: string } | 'prepared' | undefined> {
  const names = namesOf(name)
  const manifest = await textAt(place, names.manifest)
  if (manifest !== undefined) return { manifest }
  return (await place.list(names.ready)).includes(names.ready) ? 'prepared' : undefined
}

/** Takes back what lies at the supplier of a batch whose manifest never came there. */
export async function withdraw(place: PrintPlace, name: string): Promise<void> {
  const names = namesOf(name)
  await place.remove(names.pdf)
  await tidy(place, name)
}

function namesOf(name: string) {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,120}$/.test(name))
    throw new TypeError(`"${name}" is not a batch name`)
  return { pdf: `${name}.pdf`, manifest: `${name}.ndjson`, ready: `.${name}.ready` }
}

/** Names of files under way: each try has its own, so that two at once never write into one another's. */
const partName = (name: string): string => `.${name}.${randomUUID()}.part`

/** Removes what tries that were killed have left behind. */
async function tidy(place: PrintPlace, name: string): Promise<void> {
  for (const left of await place.list(`.${name}.`))
    if (/^\.([0-9a-f-]{36}\.part|ready)$/.test(left.slice(name.length + 1)))
      await place.remove(left)
}

async function putPdf(place: PrintPlace, { name, pdf, pdfSha256 }: SealedBatch): Promise<void> {
  const names = namesOf(name)
  const held = await hashAt(place, names.pdf)
  if (held === pdfSha256) return
  if (held !== undefined) throw otherContent(name, names.pdf, place)
  const part = partName(name)
  try {
    const sum = createHash('sha256')
    await place.write(part, hashing(createReadStream(pdf), sum))
    if (sum.digest('hex') !== pdfSha256) {
      throw new Refused(
        'changed-after-sealing',
        `The print file ${pdf} is not the one that was sealed: it was changed afterwards. Nothing was handed ` +
          'over. Remove it and the batch is drawn again.',
        { batch: name },
      )
    }
    await arrivedAs(place, part, pdfSha256)
    if (!(await place.move(part, names.pdf)) && (await hashAt(place, names.pdf)) !== pdfSha256)
      throw otherContent(name, names.pdf, place)
  } finally {
    await place.remove(part).catch(() => {}) // the connection may be what failed: the next try tidies
  }
}

async function prepareManifest(place: PrintPlace, { name, manifest }: SealedBatch): Promise<void> {
  const { ready } = namesOf(name)
  const held = await textAt(place, ready)
  if (held === manifest) return
  if (held !== undefined) throw otherContent(name, ready, place)
  const part = partName(name)
  try {
    await place.write(part, hashing([Buffer.from(manifest)], createHash('sha256')))
    await arrivedAs(place, part, createHash('sha256').update(manifest).digest('hex'))
    await place.move(part, ready)
  } finally {
    await place.remove(part).catch(() => {})
  }
}

async function* hashing(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  sum: ReturnType<typeof createHash>,
): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    sum.update(chunk)
    yield chunk
  }
}

async function arrivedAs(place: PrintPlace, name: string, sha256: string): Promise<void> {
  if ((await hashAt(place, name)) !== sha256)
    throw new Error(`${name} did not arrive whole in ${place.where}: it is tried again`)
}

async function mustBeSame(
  place: PrintPlace,
  { name, manifest, pdfSha256 }: SealedBatch,
  there: string | undefined,
): Promise<void> {
  const names = namesOf(name)
  if (there !== undefined && there !== manifest) throw otherContent(name, names.manifest, place)
  const pdf = await hashAt(place, names.pdf)
  if (pdf !== undefined && pdf !== pdfSha256) throw otherContent(name, names.pdf, place) // undefined: taken already
}

const otherContent = (batch: string, file: string, place: PrintPlace): Refused =>
  new Refused(
    'batch-already-handed-over',
    `${file} is in ${place.where} with other content than the batch ${batch} has. Nothing was changed ` +
      'there. Ask the supplier whether they have printed it; then give the letters that remain a batch of ' +
      'their own.',
    { batch, file },
  )
