import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { layOut } from './layout.ts'
import { checkedLetter, type Letter } from './letter.ts'
import { writeBatch, type DrawnLetter, type LetterPages } from './pdf/batch-file.ts'
import { writeLetter } from './pdf/letter-file.ts'

export type { DrawnLetter }

/**
 * How many pages a letter takes, when it can be drawn at all.
 * @throws Refused as `layOut` does, so that it is known before a batch is made
 */
export const letterPages = (letter: Letter): number => layOut(checkedLetter(letter)).pages.length

/**
 * Draws letters into one PDF, in the order given. All are laid out before the first byte is written, so a
 * letter that can't be drawn leaves nothing behind; so a batch should hold a thousand or so (about 5 KB of
 * memory each). The same letters and info give the same bytes.
 * @throws Refused `bad-letter`, `missing-glyph` or `address-too-wide`, naming the letter
 */
export async function renderBatch(
  letters: Iterable<Letter> | AsyncIterable<Letter>,
  file: Writable,
  info: { title: string; createdAt: Date },
): Promise<{ pages: number; letters: DrawnLetter[] }> {
  const laidOut: LetterPages[] = []
  for await (const letter of letters) {
    laidOut.push({ id: letter.id, pages: layOut(checkedLetter(letter)).pages })
    if (laidOut.length % 50 === 0) await setImmediate() // yield to the event loop
  }
  return writeBatch(laidOut, file, info)
}

/**
 * One letter alone, for the archive and the digital mailbox: tagged for reading aloud, with what PDF/UA-1
 * and PDF/A-2a ask for. The same letter and date give the same bytes.
 * @throws Refused `bad-letter`, `missing-glyph` or `address-too-wide`
 */
export const renderLetter = (letter: Letter, createdAt: Date): Promise<Buffer> =>
  Promise.resolve().then(() => writeLetter(checkedLetter(letter), createdAt))
