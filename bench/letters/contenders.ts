import { Writable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import { renderBatch, renderLetter } from '../../src/letters/render.ts'
import { handMade } from './limit.ts'
import { latinFonts, naiveLetter, wholeFonts } from './naive.ts'
import { sampleLetter } from './sample.ts'

// Each contender runs in a thread of its own, so that none pays for clearing up after another; main.ts lets
// them take turns. In a turn each tries three times, so that the processor's caches are its own.

export interface Limit {
  /** of processor time */
  secondsALetter: number
  bytesALetter: number
}

const createdAt = new Date('2021-03-11T12:00:00Z')
const { name, count } = workerData as { name: string; count: number }
const letters = Array.from({ length: count }, (_, i) => sampleLetter(i))
let turn = 0

/** @returns how many letters were made, and their bytes */
const contenders: Record<string, () => Promise<[letters: number, bytes: number]>> = {
  naive: () => naively(wholeFonts),
  naiveLatin: () => naively(latinFonts),
  merged: async () => {
    let bytes = 0
    const file = new Writable({
      write(chunk: Buffer, _, done) {
        bytes += chunk.length
        done()
      },
    })
    await renderBatch(letters, file, { title: 'bench', createdAt })
    return [count, bytes]
  },
  single: async () => {
    let bytes = 0
    const part = letters.slice(0, 300)
    for (const letter of part) bytes += (await renderLetter(letter, createdAt)).length
    return [part.length, bytes]
  },
  limit: () =>
    Promise.resolve([count, handMade(letters).reduce((sum, chunk) => sum + chunk.length, 0)]),
}

async function naively(fonts: typeof wholeFonts): Promise<[number, number]> {
  let bytes = 0
  for (let i = 0; i < 3; i++)
    bytes += (await naiveLetter(letters[(3 * turn + i) % count]!, fonts)).length
  return [3, bytes]
}

parentPort!.on('message', () => {
  void (async () => {
    const best: Limit = { secondsALetter: Infinity, bytesALetter: 0 }
    for (let i = 0; i < 3; i++, turn++) {
      const before = process.cpuUsage()
      const [made, bytes] = await contenders[name]!()
      const { user, system } = process.cpuUsage(before)
      best.secondsALetter = Math.min(best.secondsALetter, (user + system) / 1e6 / made)
      best.bytesALetter = bytes / made
    }
    parentPort!.postMessage(best)
  })()
})
