import { Worker } from 'node:worker_threads'
import { Refused } from '../errors.ts'
import type { DrawnLetter } from './render.ts'

/** A batch to draw. Letters as JSON Lines, in the order they are printed. */
export interface Drawing {
  letters: Buffer
  /** path of the file to write */
  pdf: string
  title: string
  createdAt: Date
}

export interface DrawnBatch {
  pages: number
  letters: DrawnLetter[]
  /** of the file */
  sha256: string
}

/** What is asked of the thread: a drawing, or how many pages letters take. */
export type Asked = { n: number } & ({ drawing: Drawing } | { letters: Buffer })

/** What it says to that. */
export type Answer = { n: number } & (
  | { said: DrawnBatch | PageCount[] }
  | { refused: Pick<Refused, 'code' | 'message' | 'details'> }
  | { failed: string }
)

/** How many pages a letter takes, or the code of why it can't be drawn. */
export type PageCount = number | string

interface Waiting {
  done: (said: DrawnBatch | PageCount[]) => void
  failed: (reason: Error) => void
}

let thread: Worker | undefined
let drawings = 0
const waiting = new Map<number, Waiting>()

/**
 * Draws a batch in a thread of its own, which is kept with its fonts and words for the next one: on two cores
 * the next letters are composed meanwhile. One is drawn at a time.
 * @throws Refused as renderBatch does
 */
export const drawBatch = (drawing: Drawing): Promise<DrawnBatch> =>
  ask({ drawing }) as Promise<DrawnBatch>

/** Lays letters out in the same thread, which remembers them until they are drawn. @param letters as JSON Lines */
export const countPages = (letters: Buffer): Promise<PageCount[]> =>
  ask({ letters }) as Promise<PageCount[]>

function ask(what: { drawing: Drawing } | { letters: Buffer }): Promise<DrawnBatch | PageCount[]> {
  thread ??= start()
  const n = ++drawings
  return new Promise((done, failed) => {
    waiting.set(n, { done, failed })
    thread?.ref()
    thread?.postMessage({ n, ...what })
  })
}

function start(): Worker {
  const made = new Worker(new URL('drawing-thread.ts', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: 32 },
  }) // a batch's pages die young: less is copied to and fro
  made.on('message', (answer: Answer) => {
    const who = waiting.get(answer.n)
    waiting.delete(answer.n)
    if (waiting.size === 0) made.unref() // an idle thread must not keep the program alive
    if ('said' in answer) who?.done(answer.said)
    else if ('refused' in answer)
      who?.failed(new Refused(answer.refused.code, answer.refused.message, answer.refused.details))
    else who?.failed(new Error(answer.failed))
  })
  const gone = (reason: Error) => {
    if (thread === made) thread = undefined
    for (const { failed } of waiting.values()) failed(reason)
    waiting.clear()
  }
  made.on('error', gone)
  made.on('exit', (code) => gone(new Error(`the thread that draws letters ended (${code})`)))
  return made
}
