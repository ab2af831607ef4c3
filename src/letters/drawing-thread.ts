import { createHash } from 'node:crypto'
import { appendFileSync, closeSync, openSync } from 'node:fs'
import { Writable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { messageOf, Refused } from '../errors.ts'
import type { Answer, DrawnBatch, Drawing } from './drawing.ts'
import type { Letter } from './letter.ts'
import { renderBatch } from './render.ts'

// The thread that draws batches (drawing.ts): nothing else waits for it, so files are written without turning aside.

async function draw({ letters, pdf, title, createdAt }: Drawing): Promise<DrawnBatch> {
  const sum = createHash('sha256')
  const file = openSync(pdf, 'w', 0o640) // handed over with its mode: the print supplier's account reads it by its group
  try {
    const writable = new Writable({
      write(chunk: Buffer, _, done) {
        sum.update(chunk)
        appendFileSync(file, chunk)
        done()
      },
    })
    return { ...(await renderBatch(parsed(Buffer.from(letters.buffer, letters.byteOffset, letters.byteLength)), writable, { title, createdAt })), sha256: sum.digest('hex') }
  } finally {
    closeSync(file)
  }
}

function* parsed(lines: Buffer): Generator<Letter> {
  for (let start = 0, end: number; start < lines.length; start = end + 1) {
    end = lines.indexOf(10, start)
    if (end < 0) end = lines.length
    yield JSON.parse(lines.toString('utf8', start, end)) as Letter
  }
}

let last: Promise<unknown> = Promise.resolve()
parentPort?.on('message', ({ n, ...drawing }: Drawing & { n: number }) => {
  last = last.then(async () => {
    const answer = await draw(drawing).then(
      (drawn): Answer => ({ n, drawn }),
      (error: unknown): Answer => (error instanceof Refused ? { n, refused: { code: error.code, message: error.message, details: error.details } } : { n, failed: messageOf(error) }),
    )
    parentPort?.postMessage(answer)
  })
})
