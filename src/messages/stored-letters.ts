import { promisify } from 'node:util'
import { deflate, inflate } from 'node:zlib'
import { Refused } from '../errors.ts'
import { row, rows, run, type Db } from '../db/pool.ts'
import { seal, unseal } from '../db/sealed.ts'

// The bytes that were sent are kept sealed (db/sealed.ts). Letters that are composed together are kept together, packed, a line each: neighbours share nearly all
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
  const { id } = (await row<{ id: number }>(
    tx,
    `select nextval('kept_letters_id_seq') as id`, // known before: the bytes are sealed for their row
  ))!
  await run(tx, 'insert into kept_letters (id, packed) overriding system value values ($1, $2)', [
    id,
    seal(packed, keptLettersRow(id)),
  ])
  return id
}

export const keptLettersRow = (id: number): string => `kept_letters ${id}`
/** @param id of a message, or of a letter to somebody with a protected identity */
export const messageRow = (id: string): string => `message ${id}`

export interface Kept {
  id: string
  content: Buffer | null
  keptIn: number | null
  keptLine: number | null
}

/** Opens the kept bytes in `content`; letters' are put there, for rows that say where they are kept. */
export async function readKept(db: Db, messages: readonly Kept[]): Promise<void> {
  for (const message of messages)
    if (message.content) message.content = unseal(message.content, messageRow(message.id))
  const kept = messages.filter((message) => message.keptIn !== null)
  if (!kept.length) return
  for (const { id, packed } of await rows<{ id: number; packed: Buffer }>(
    db,
    'select id, packed from kept_letters where id = any($1)',
    [[...new Set(kept.map((message) => message.keptIn))]],
  )) {
    const lines = (await unpack(unseal(packed, keptLettersRow(id)))).toString('utf8').split('\n')
    for (const message of kept)
      if (message.keptIn === id) message.content = Buffer.from(lines[message.keptLine!]!)
  }
}

/** The same for rows that each stand for themselves. @returns those that do not open: they have no content then */
export async function readWhatOpens<T extends Kept>(db: Db, messages: readonly T[]): Promise<T[]> {
  try {
    await readKept(db, messages)
    return []
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'does-not-open') throw error
    if (messages.length === 1) {
      messages[0]!.content = null
      return [...messages]
    }
    const half = Math.ceil(messages.length / 2)
    const first = await readWhatOpens(db, messages.slice(0, half))
    return [...first, ...(await readWhatOpens(db, messages.slice(half)))]
  }
}
