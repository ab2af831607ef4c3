import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { Writable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { messageOf, Refused } from '../errors.ts'
import type { Answer, Asked, DrawnBatch, Drawing, PageCount } from './drawing.ts'
import { layOut } from './layout.ts'
import { checkedLetter } from './letter.ts'
import { writeBatch, type LetterPages } from './pdf/batch-file.ts'

// The thread that draws batches (drawing.ts): nothing else waits for it, so files are written without turning aside.

async function draw({ letters, pdf, title, createdAt }: Drawing): Promise<DrawnBatch> {
  const sum = createHash('sha256')
  // Handed over with its mode: the print supplier's account reads it by its group.
  const file = openSync(pdf, 'w', 0o640)
  try {
    const writable = new Writable({
      write(chunk: Buffer, _, done) {
        sum.update(chunk)
        appendFileSync(file, chunk)
        done()
      },
    })
    return {
      ...(await writeBatch(linesOf(letters).map(laid), writable, { title, createdAt })),
      sha256: sum.digest('hex'),
    }
  } finally {
    closeSync(file)
  }
}

/** Laid out to be counted, and soon to be drawn. What never is drawn is forgotten with the next thousands. */
const laidOut = new Map<string, LetterPages>()

function laid(line: string): LetterPages {
  const known = laidOut.get(line)
  if (known) {
    laidOut.delete(line)
    return known
  }
  const letter = checkedLetter(JSON.parse(line))
  return { id: letter.id, pages: layOut(letter).pages }
}

function counted(line: string): PageCount {
  try {
    const letter = laid(line)
    laidOut.set(line, letter)
    if (laidOut.size > 5000) laidOut.delete(laidOut.keys().next().value ?? '')
    return letter.pages.length
  } catch (error) {
    if (error instanceof Refused) return error.code
    throw error
  }
}

const linesOf = (letters: Uint8Array): string[] =>
  Buffer.from(letters.buffer, letters.byteOffset, letters.byteLength)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')

let last: Promise<unknown> = Promise.resolve()
parentPort?.on('message', ({ n, ...asked }: Asked) => {
  last = last.then(async () => {
    const answer = await (async () =>
      'drawing' in asked ? draw(asked.drawing) : linesOf(asked.letters).map(counted))().then(
      (said): Answer => ({ n, said }),
      (error: unknown): Answer =>
        error instanceof Refused
          ? { n, refused: { code: error.code, message: error.message, details: error.details } }
          : { n, failed: messageOf(error) },
    )
    parentPort?.postMessage(answer)
  })
})
