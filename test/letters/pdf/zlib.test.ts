import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'
import { describe, expect, it, jest } from '@jest/globals'
import type { Letter } from '../../../src/letters/letter.ts'
import type { Pack } from '../../../src/letters/pdf/pack.ts'
import { readPdf } from '../read-pdf.ts'
import { sampleLetter } from '../sample-letters.ts'

const createdAt = new Date('2021-03-11T12:00:00Z')
const letters = Array.from({ length: 16 }, (_, i) =>
  sampleLetter('invitation-timed', i % 3 === 0 ? 'ar' : 'sv', { id: `letter-${i}` }),
)

/** What the engine makes of letters: decoded pages, and what it says of each letter. */
async function drawnBy(packing: (() => { pack: Pack }) | undefined) {
  jest.resetModules()
  if (packing) jest.unstable_mockModule('../../../src/letters/pdf/pack.ts', packing)
  const { renderBatch, renderLetter } = await import('../../../src/letters/render.ts')
  const batch = async (some: Letter[]) => {
    const file = new PassThrough()
    const bytes = buffer(file)
    const { letters } = await renderBatch(some, file, { title: 'batch-1', createdAt })
    return { letters, pages: readPdf(await bytes).map(({ content }) => content.toString('latin1')) }
  }
  const alone = readPdf(await renderLetter(letters[0]!, createdAt))
  return {
    withForms: await batch(letters),
    few: await batch(letters.slice(0, 2)),
    alone: alone.map(({ content }) => content.toString('latin1')),
  }
}

describe('zlib in the place of our own packing', () => {
  it('makes the same pages, so that the one line of pack.ts may be changed', async () => {
    const ours = await drawnBy(undefined)
    const zlibs = await drawnBy(() => ({
      pack: (pieces) => (number) =>
        deflateSync(Buffer.concat([pieces[number]!.ops, pieces[number]!.plain])),
    }))
    expect(zlibs).toEqual(ours)
  })
})
