import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from '@jest/globals'
import { drawBatch } from '../../src/letters/drawing.ts'
import { renderBatch } from '../../src/letters/render.ts'
import { sampleLetter } from './sample-letters.ts'

const folder = mkdtempSync(join(tmpdir(), 'kallelse-drawing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const createdAt = new Date('2021-03-11T12:00:00Z')
const letterOf = (i: number, more = {}) =>
  sampleLetter('invitation-timed', i % 2 ? 'ar' : 'sv', { id: `letter-${i}`, ...more })
const lines = (letters: object[]) =>
  Buffer.from(letters.map((letter) => `${JSON.stringify(letter)}\n`).join(''))

describe('the thread that draws', () => {
  it('makes the same file as drawing here, several after each other, with its hash', async () => {
    const letters = [1, 2, 3, 4].map((i) => letterOf(i))
    const stream = new PassThrough()
    const here = buffer(stream)
    const made = await renderBatch(letters, stream, { title: 'b', createdAt })
    const pdfs = ['one.pdf', 'two.pdf', 'three.pdf'].map((name) => join(folder, name))
    for (const drawn of await Promise.all(
      pdfs.map((pdf) => drawBatch({ letters: lines(letters), pdf, title: 'b', createdAt })),
    )) {
      expect(drawn).toEqual({
        ...made,
        sha256: createHash('sha256')
          .update(await here)
          .digest('hex'),
      })
    }
    for (const pdf of pdfs) expect(readFileSync(pdf).equals(await here)).toBe(true)
  })

  it("says which letter can't be drawn, and goes on with the next batch", async () => {
    const drawing = { pdf: join(folder, 'bad.pdf'), title: 'b', createdAt }
    await expect(
      drawBatch({
        ...drawing,
        letters: lines([
          letterOf(2),
          letterOf(4, { addressLines: ['Anna \u{12000}', 'Gatan 1', '791 31 FALUN'] }),
        ]),
      }),
    ).rejects.toMatchObject({
      name: 'Refused',
      code: 'missing-glyph',
      details: { letter: 'letter-4' },
    })
    expect((await drawBatch({ ...drawing, letters: lines([letterOf(2)]) })).letters).toHaveLength(1)
  })

  it('says what else went wrong', async () => {
    await expect(
      drawBatch({
        letters: lines([letterOf(2)]),
        pdf: join(folder, 'not', 'there.pdf'),
        title: 'b',
        createdAt,
      }),
    ).rejects.toThrow('ENOENT')
  })
})
