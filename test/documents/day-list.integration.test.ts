import { describe, expect, it } from '@jest/globals'
import { pageTexts } from '../../src/letters/page-pictures.ts'
import { allOf, outlineOf, structureOf } from './read-paper.ts'
import { dayListOf, people, visitors } from './samples.ts'

describe("a clinic's day list", () => {
  it('names the clinic, the day and how many come, and who needs what', async () => {
    const [page] = await pageTexts(await dayListOf(visitors(11)))
    expect(page).toContain('Vilka kommer måndag 15 mars 2021?')
    expect(page).toContain(
      'Falu vaccinationsmottagning: 11 personer är bokade mellan kl. 8.00 och 8.50.',
    )
    expect(page).toContain('Łukasz Żółć')
    expect(page).toContain('svår allergisk')
    expect(page).toContain('vill avboka')
  })

  it('gives people with protected identity a time and no more', async () => {
    const guarded = { ...visitors(1)[0]!, person: null }
    const [page] = await pageTexts(await dayListOf([guarded]))
    expect(page).toContain('Skyddad identitet')
    expect(page).not.toContain(people[0]!.identityNumber.slice(0, 8))
  })

  it('is a table with a head, and the name is what a row is called by', async () => {
    const structure = structureOf(await dayListOf(visitors(3)))
    expect(outlineOf(structure, 3)).toBe('Document(H1 P Table(THead TBody))')
    expect(allOf(structure, 'TR')).toHaveLength(4)
    expect(allOf(structure, 'TH').map(({ scope }) => scope)).toEqual([
      ...Array<string>(8).fill('Column'),
      ...Array<string>(3).fill('Row'),
    ])
  })

  it('goes over as many pages as it takes, with the head on each and in the structure once', async () => {
    const started = performance.now()
    const pdf = await dayListOf(visitors(500))
    expect(performance.now() - started).toBeLessThan(5000)
    const texts = await pageTexts(pdf)
    expect(texts.length).toBeGreaterThan(40)
    for (const text of texts) expect(text).toContain('Namn och personnummer')
    expect(texts.at(-1)).toContain(`Sida ${texts.length} av ${texts.length}`)
    const structure = structureOf(pdf)
    expect(allOf(structure, 'Table')).toHaveLength(1)
    expect(allOf(structure, 'TR')).toHaveLength(501)
  })

  it('keeps a name inside its column however long it is', async () => {
    const long = { ...people[0]!, name: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(6) }
    const texts = await pageTexts(await dayListOf([{ ...visitors(1)[0]!, person: long }]))
    expect(texts[0]!.replaceAll('\n', '')).toContain(long.name.slice(0, 12))
    expect(texts).toHaveLength(1)
  })

  it('comes out whole though the font lacks a letter of a name, and says so', async () => {
    const odd = { ...people[0]!, name: 'Anna 𒀀 Ek' }
    const text = (await pageTexts(await dayListOf([{ ...visitors(1)[0]!, person: odd }]))).join(
      '\n',
    )
    expect(text).toContain('står för en bokstav som inte kan skrivas ut')
  })

  it('says that nobody comes', async () => {
    const pdf = await dayListOf([])
    expect((await pageTexts(pdf))[0]).toContain('Falu vaccinationsmottagning: ingen är bokad.')
    expect(outlineOf(structureOf(pdf))).toBe('Document(H1 P)')
  })
})
