import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { manifest, readManifest } from '../../src/letters/manifest.ts'

const hash = (n: number) => n.toString(16).padStart(64, '0')
const batch = {
  batch: 'covid-19-2021-03-11-001',
  createdAt: new Date('2021-03-11T12:00:00Z'),
  file: 'covid-19-2021-03-11-001.pdf',
  fileSha256: hash(7),
}
const lettersOf = (pages: number[]) =>
  pages.map((n, i) => ({
    id: `letter-${i}`,
    person: `p${i}`,
    firstPage: 1 + pages.slice(0, i).reduce((a, b) => a + b, 0),
    pages: n,
    sha256: hash(i),
  }))

describe('a manifest', () => {
  it('has a line for each letter under a line of totals, and reads back as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 30 }),
        (pages) => {
          const { text, head } = manifest(batch, lettersOf(pages))
          expect(text.trimEnd().split('\n')).toHaveLength(pages.length + 1)
          expect(head).toMatchObject({
            letters: pages.length,
            pages: pages.reduce((a, b) => a + b, 0),
          })
          expect(readManifest(text)).toEqual({ head, letters: lettersOf(pages) })
        },
      ),
    )
  })

  it('is refused when a line is lost, doubled, changed or cut', () => {
    const { text } = manifest(batch, lettersOf([1, 2, 1]))
    const lines = text.split('\n')
    const broken = [
      lines.toSpliced(2, 1),
      lines.toSpliced(2, 0, lines[2] ?? ''),
      lines.with(3, (lines[3] ?? '').replace('p2', 'p9')),
      lines.slice(0, 3),
    ].map((some) => some.join('\n'))
    for (const wrong of [...broken, text.slice(0, -20), '', 'x'])
      expect(() => readManifest(wrong)).toThrow(expect.objectContaining({ code: 'bad-manifest' }))
  })
})
