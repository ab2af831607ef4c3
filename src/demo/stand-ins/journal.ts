import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * A file of JSON lines that a stand-in writes before it answers. A plain append reaches the system's cache at once,
 * so it
 * outlives `kill -9` of the process; a line cut short by a full disk is skipped when read.
 */
export interface Journal<T> {
  /** the lines that were there when it was opened */
  readonly earlier: T[]
  append(line: T): void
  close(): void
}

export function openJournal<T extends object>(path: string): Journal<T> {
  mkdirSync(dirname(path), { recursive: true })
  const earlier = readJournal<T>(path)
  const file = openSync(path, 'a')
  return {
    earlier,
    append: (line) => void writeSync(file, `${JSON.stringify(line)}\n`),
    close: () => closeSync(file),
  }
}

/** What a stand-in has received, e.g. to count what really left. */
export function readJournal<T extends object>(path: string): T[] {
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return line ? [JSON.parse(line) as T] : []
      } catch {
        return []
      }
    })
}
