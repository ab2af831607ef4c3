import { describe, expect, it } from '@jest/globals'
import { pageTexts } from '../../src/letters/page-pictures.ts'
import { differing } from '../letters/pages/compare.ts'
import { pagesOf, storedPages } from './compare.ts'
import { catalogueOf, looseFonts, structureOf, unmarked } from './read-paper.ts'
import { samples } from './samples.ts'

/** Stray dots at the edges of letters. */
const allowed = 2

describe.each(Object.keys(samples))('%s', (name) => {
  const made = samples[name]!()

  it('looks as it did (node test/documents/renew-pages.ts draws it again)', async () => {
    const [pages, before] = [await pagesOf(await made), await storedPages(name)]
    expect(pages.length).toBe(before.length)
    pages.forEach((page, i) =>
      expect({
        page: i + 1,
        differing: Math.max(0, differing(page, before[i]!) - allowed),
      }).toEqual({
        page: i + 1,
        differing: 0,
      }),
    )
  })

  it('tells a program that reads aloud what everything is', async () => {
    const pdf = await made
    const [document, ...others] = structureOf(pdf)
    expect([document?.type, others]).toEqual(['Document', []])
    expect(document?.children[0]?.type).toBe('H1')
    expect(unmarked(pdf)).toEqual([])
    expect(looseFonts(pdf)).toEqual([])
    expect(catalogueOf(pdf)).toMatch(/\/Lang \(\w/)
  })

  it('is the same file from the same data, with the number of every page', async () => {
    const pdf = await made
    expect((await samples[name]!()).equals(pdf)).toBe(true)
    const texts = await pageTexts(pdf)
    if (!name.startsWith('poster'))
      texts.forEach((text, i) => expect(text).toContain(`Sida ${i + 1} av ${texts.length}`))
  })
})
