import { describe, expect, it } from '@jest/globals'
import { posterPaper } from '../../src/documents/poster.ts'
import { pagesAsPng, pageTexts } from '../../src/letters/page-pictures.ts'
import { catalogueOf, outlineOf, structureOf } from './read-paper.ts'
import { posterOf } from './samples.ts'

describe('a poster', () => {
  it('has the title, the text and whom to call, on one page', async () => {
    const texts = await pageTexts(await posterOf('sv', 'a4'))
    expect(texts).toHaveLength(1)
    for (const words of [
      'Varning för bedragare',
      'Så skyddar du dig',
      '08-465 004 00',
      '/meddelanden/bluffsamtal',
    ])
      expect(texts[0]).toContain(words)
  })

  it('is told in its own language to a program that reads aloud', async () => {
    const pdf = await posterOf('en', 'a3')
    expect(catalogueOf(pdf)).toContain('/Lang (en)')
    expect(outlineOf(structureOf(pdf))).toMatch(/^Document\(H1 P H2 L H2 L H2 P H2 L P P Figure\)$/)
  })

  it('is refused in a language that is written from right to left', async () => {
    await expect(posterOf('ar', 'a4')).rejects.toMatchObject({ code: 'not-for-posters' })
  })

  it('is refused when the text does not fit in letters that can be read on a wall', async () => {
    const page = {
      language: 'sv',
      version: '1',
      direction: 'ltr' as const,
      title: 'Långt',
      body: Array.from({ length: 80 }, () => ({
        kind: 'paragraph' as const,
        text: 'Ord '.repeat(60),
      })),
    }
    const about = { region: 'R', printedAt: new Date(0), phone: '1', address: 'https://r.example' }
    await expect(
      posterPaper({ ...about, paper: 'a4', tone: 'notice', page }),
    ).rejects.toMatchObject({ code: 'not-for-posters' })
  })

  it('is as large as its paper', async () => {
    const sizes = await Promise.all(
      (['a4', 'a3'] as const).map(async (paper) =>
        (await pagesAsPng(await posterOf('sv', paper), 10))[0]!.readUInt32BE(16),
      ),
    )
    expect(sizes).toEqual([82, 116])
  })
})
