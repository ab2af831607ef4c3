import { Writable } from 'node:stream'
import { parentPort, workerData } from 'node:worker_threads'
import { renderBatch, renderLetter } from '../../src/letters/render.ts'
import { handMade } from './limit.ts'
import { latinFonts, naiveLetter, wholeFonts } from './naive.ts'
import { sampleLetter } from './sample.ts'

// Each contender runs in a thread of its own, so that none pays for clearing up after another; main.ts lets them take turns.

export interface Turn {
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
  naive: async () => [1, (await naiveLetter(letters[turn % count]!, wholeFonts)).length],
  naiveLatin: async () => [1, (await naiveLetter(letters[turn % count]!, latinFonts)).length],
  merged: async () => {
    let bytes = 0
    const file = new Writable({ write(chunk: Buffer, _, done) {
      bytes += chunk.length
      done()
    } })
    await renderBatch(letters, file, { title: 'bench', createdAt })
    return [count, bytes]
  },
  single: async () => {
    let bytes = 0
    const part = letters.slice(0, 300)
    for (const letter of part) bytes += (await renderLetter(letter, createdAt)).length
    return [part.length, bytes]
  },
  limit: () => Promise.resolve([count, handMade(letters).reduce((sum, chunk) => sum + chunk.length, 0)]),
}

parentPort!.on('message', () => {
  const before = process.cpuUsage()
  void contenders[name]!().then(([made, bytes]) => {
    const { user, system } = process.cpuUsage(before)
    turn++
    parentPort!.postMessage({ secondsALetter: (user + system) / 1e6 / made, bytesALetter: bytes / made } satisfies Turn)
  })
})
