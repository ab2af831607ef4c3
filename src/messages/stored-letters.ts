import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { row, rows, type Db } from '../db/pool.ts'

// The bytes of letters. Those composed together are kept together, packed, a line each: neighbours share nearly all
// their words, so a letter takes some tens of bytes, and the row of its message stays small through all its states.

const pack = promisify(deflate)
const unpack = promisify(inflate)
const lineFeed = Buffer.from('\n')

/** Letters as JSON Lines. A composed letter has no line feed of its own. */
export const asLines = (contents: readonly Buffer[]): Buffer =>
  Buffer.concat(contents.flatMap((content) => [content, lineFeed]))

/** Keeps letters' bytes. @returns what `message.kept_in` is to say; `kept_line` is the place in the list, from 0 */
export async function storeLetters(tx: Db, contents: readonly Buffer[]): Promise<number> {
  const packed = await pack(asLines(contents), { level: 1 })
  return (await row<{ id: number }>(
    tx,
    'insert into kept_letters (packed) values ($1) returning id',
    [packed],
  ))!.id
}

interface Kept {
  content: Buffer | null
  keptIn: number | null
  keptLine: number | null
}

/** Puts the kept bytes of letters into `content`, for rows that say where they are kept. */
export async function readStoredLetters(db: Db, messages: readonly Kept[]): Promise<void> {
  const kept = messages.filter((message) => message.keptIn !== null)
  if (!kept.length) return
  for (const { id, packed } of await rows<{ id: number; packed: Buffer }>(
    db,
    'select id, packed from kept_letters where id = any($1)',
    [[...new Set(kept.map((message) => message.keptIn))]],
  )) {
    const lines = (await unpack(packed)).toString('utf8').split('\n')
    for (const message of kept)
      if (message.keptIn === id) message.content = Buffer.from(lines[message.keptLine!]!)
  }
}
