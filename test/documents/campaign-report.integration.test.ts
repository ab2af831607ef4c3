import { describe, expect, it } from '@jest/globals'
import { readSvg } from '../../src/documents/kit/svg.ts'
import { pageTexts } from '../../src/letters/page-pictures.ts'
import { allOf, structureOf } from './read-paper.ts'
import { reported, reportOf } from './report-sample.ts'

describe('the report as PDF', () => {
  it('has the figures, plots and tables of the page, with what each plot shows in words', async () => {
    const pdf = await reportOf(reported)
    const text = (await pageTexts(pdf)).join('\n').replaceAll('\u00a0', ' ')
    for (const words of [
      'Hur går det för utskicken?',
      'Mål och täckning',
      'Alla som är 65 år eller äldre',
      'Grönt: 180 av 1 000 (18,0 %)',
      'Tratten',
      'Omgångar',
      'Kontrollsumma',
      '71,4 %',
    ])
      expect(text).toContain(words)
    const figures = allOf(structureOf(pdf), 'Figure')
    expect(figures).toHaveLength(5)
    expect(figures[0]!.alt?.replaceAll('\u00a0', ' ')).toBe(
      'En linje från måndag 22 februari 2021 till måndag 15 mars 2021: den slutar på 18,0 %. ' +
        'Målet är 80 %, söndag 16 maj 2021.',
    )
    expect(figures[1]!.alt).toMatch(/^Liggande staplar: av 1\s000 i målgruppen är 9 i läget/)
    expect(allOf(structureOf(pdf), 'Caption').length).toBe(allOf(structureOf(pdf), 'Table').length)
  })

  it('says that there are no campaigns', async () => {
    const [text] = await pageTexts(await reportOf({ campaigns: [], clinics: [], goals: [] }))
    expect(text).toContain('Det finns inga utskick.')
  })
})

describe('readSvg', () => {
  const svg = (inner: string) =>
    readSvg(`<svg width="10" height="20" aria-label="a &amp; b">${inner}</svg>`)

  it('reads the size and what the drawing shows', () => {
    expect(svg('<rect x="0" y="0" width="1" height="1"/>')).toMatchObject({
      width: 10,
      height: 20,
      alt: 'a & b',
    })
  })

  it('refuses what it can not draw rather than leave it out', () => {
    expect(() => svg('<circle/>').draw({ save: () => 0 } as never, String)).toThrow('<circle>')
    expect(() => readSvg('<svg><g></svg>')).toThrow('not a whole SVG drawing')
  })
})

describe('a plot of very many rows', () => {
  it('is made small enough for a page', async () => {
    const [clinic] = reported.clinics
    const clinics = Array.from({ length: 60 }, (_, i) => ({
      ...clinic!,
      clinic: `Mottagning ${i}`,
    }))
    const texts = await pageTexts(await reportOf({ campaigns: [], clinics, goals: [] }))
    expect(texts[1]).toContain('Mottagning 0')
    expect(texts[1]).toContain('Mottagning 59')
  })
})
