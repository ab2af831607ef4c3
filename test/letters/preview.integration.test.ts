import { describe, expect, it } from '@jest/globals'
import { pagesInGrey, pageTexts, type GreyPage } from '../../src/letters/page-pictures.ts'
import { renderPreview } from '../../src/letters/preview.ts'
import { renderLetter } from '../../src/letters/render.ts'
import { paper, placesOn, standardSheet } from '../../src/letters/paper.ts'
import { createdAt, differing, letters } from './pages/compare.ts'
import { objectsOf, readPdf } from './read-pdf.ts'

const dotsPerInch = 100
const greyAt = ({ width, data }: GreyPage, x: number, y: number) =>
  data[Math.round((y / 25.4) * dotsPerInch) * width + Math.round((x / 25.4) * dotsPerInch)]!
/** The darkest within half a millimetre of a place on the paper. */
const inkAt = (page: GreyPage, x: number, y: number) =>
  Math.min(
    ...[-0.5, -0.25, 0, 0.25, 0.5].flatMap((dx) =>
      [-0.5, -0.25, 0, 0.25, 0.5].map((dy) => greyAt(page, x + dx, y + dy)),
    ),
  )

describe('a preview', () => {
  it.each(['sv', 'ar', 'th'])(
    '%s: bears the mark on every page, keeps its text, and is the same twice',
    async (name) => {
      const pdf = await renderLetter(letters[name]!, createdAt)
      const marked = await renderPreview(letters[name]!, createdAt, { guides: false })
      const [plain, previewed] = [
        await pagesInGrey(pdf, dotsPerInch),
        await pagesInGrey(marked, dotsPerInch),
      ]
      expect(previewed).toHaveLength(plain.length)
      plain.forEach((page, i) => expect(differing(page, previewed[i]!)).toBeGreaterThan(5_000))
      expect(await pageTexts(marked)).toEqual(await pageTexts(pdf))
      const again = await renderPreview(letters[name]!, createdAt, { guides: false })
      expect(again.equals(marked)).toBe(true)
      // nothing of the letter is covered: where it is black, the preview is dark as well
      const [page, over] = [plain[0]!, previewed[0]!]
      const paled = page.data.reduce(
        (count, grey, i) => count + (grey < 20 && over.data[i]! > 140 ? 1 : 0),
        0,
      )
      expect(paled).toBe(0)
    },
  )

  it('is decoration to who reads it aloud: what it adds is in no structure, and all is still marked', async () => {
    const letter = letters['sv']!
    const pdf = await renderLetter(letter, createdAt)
    const marked = await renderPreview(letter, createdAt, { guides: true })
    const [pages, previewed] = [readPdf(pdf), readPdf(marked)]
    expect(pages).toHaveLength(2)
    pages.forEach(({ content }, i) => {
      // the letter's own operators stand in between as they are
      const [before = '', after = '', ...more] = previewed[i]!.content.toString('latin1').split(
        content.toString('latin1'),
      )
      expect(more).toEqual([])
      expect(before).toMatch(/^\/Artifact BMC q\n[^]+Q EMC\nq\n$/)
      expect(after).toMatch(/^Q\n\/Artifact BMC q\n[^]+Q EMC\n$/)
      expect(before + after).not.toMatch(/MCID|BDC|Tf|TJ|Do\b/)
    })
    const others = (file: Buffer) =>
      [...objectsOf(file).values()].filter((o) => !o.includes('stream'))
    expect(others(pdf).join()).toContain('/StructTreeRoot')
    expect(others(marked)).toEqual(others(pdf))
  })

  it('shows with guides where window, margins, barcode and folds are', async () => {
    const [bare, guided] = await Promise.all(
      [false, true].map(async (guides) => {
        const pdf = await renderPreview(letters['sv']!, createdAt, { guides })
        return (await pagesInGrey(pdf, dotsPerInch))[0]!
      }),
    )
    const { window, margin, check } = placesOn(standardSheet)
    const { barcode, folds, width } = paper
    const places: [string, number, number][] = [
      ['window, left', window.left, 75],
      ['window, right', window.right, 75],
      ['window, top', 140, window.top],
      ['window, bottom', 120, window.bottom],
      ['margin, bottom', 100, check.bottom],
      ...[...Array(8).keys()].map((i): [string, number, number] => [
        'margin, right',
        width - margin,
        240 + i * 0.5,
      ]),
      ...folds.flatMap((y) =>
        [...Array(8).keys()].map((i): [string, number, number] => ['fold', 4 + i, y]),
      ),
    ]
    const seen = new Set(
      places
        .filter(([, x, y]) => inkAt(guided!, x, y) < inkAt(bare!, x, y) - 60)
        .map(([name]) => name),
    )
    expect([...seen].sort()).toEqual([
      'fold',
      'margin, bottom',
      'margin, right',
      'window, bottom',
      'window, left',
      'window, right',
      'window, top',
    ])
    expect(greyAt(bare!, barcode / 2, 150)).toBe(255)
    expect(greyAt(guided!, barcode / 2, 150)).toBeLessThan(250)
    expect(greyAt(guided!, barcode + 1, 150)).toBe(255)
  })
})
