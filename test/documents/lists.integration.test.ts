import { describe, expect, it } from '@jest/globals'
import { pageTexts } from '../../src/letters/page-pictures.ts'
import { allOf, structureOf } from './read-paper.ts'
import {
  callListOf,
  calls,
  deliveryNote,
  doctorsListOf,
  guarded,
  municipalListOf,
  protectedListOf,
  visits,
} from './samples.ts'

/** As one line, so that it does not matter where lines break. */
const textOf = async (pdf: Buffer) =>
  (await pageTexts(pdf)).join(' ').replace(/\s+/g, ' ').replaceAll('\u00a0', ' ')

describe('the call list', () => {
  it('has whom to call, with numbers as Swedes write them, and who has none', async () => {
    const text = await textOf(await callListOf(calls(6)))
    expect(text).toContain('Vilka ska vi ringa nu?')
    expect(text).toContain('6 personer, den som har väntat längst först. 1 saknar telefonnummer')
    expect(text).toContain('08-465 004 00')
    expect(text).toContain('sök numret')
  })

  it('goes over several pages with its head on each', async () => {
    const texts = await pageTexts(await callListOf(calls(60)))
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) expect(text).toContain('Ringd förut')
  })
})

describe("the municipality's worklist", () => {
  it('says from when, and that nothing is given before the doctor has ordinated', async () => {
    const text = await textOf(await municipalListOf(visits(5)))
    expect(text).toContain('Kommun 2080: 5 personer, första besök 29 mars 2021.')
    expect(text).toContain('2 väntar på läkarens ordination: ge inget innan den finns.')
    expect(text).toContain('adress saknas')
    expect(text).toContain('791 31 Falun')
  })

  it('says that all are ordinated when they are', async () => {
    const all = visits(2).map((visit) => ({ ...visit, state: 'ordinated' }))
    expect(await textOf(await municipalListOf(all))).toContain('Alla är ordinerade.')
  })
})

describe("the doctors' worklist", () => {
  it('says that nobody on it is invited to a clinic, what for, and where they are listed', async () => {
    const text = await textOf(await doctorsListOf(visits(4)))
    expect(text).toContain('4 personer, 2 utan bedömning. De kallas inte till en mottagning.')
    expect(text).toContain('Vaccination mot covid-19, dos 1')
    expect(text).toContain('Falu hälsocentral')
  })
})

describe('the list of people with protected identity', () => {
  it('has the number and the way of the letter, and nothing else of a person', async () => {
    const text = await textOf(await protectedListOf(guarded))
    expect(text).toContain('19440229-9806')
    expect(text).toContain('genom Skatteverkets förmedling')
    expect(text).toContain('Håll listan inlåst')
    const [head] = allOf(structureOf(await protectedListOf(guarded)), 'TR')
    expect(head!.children).toHaveLength(5)
  })
})

describe('the delivery note', () => {
  it('has what the supplier compares: letters, pages, files and checksums', async () => {
    const text = await textOf(await deliveryNote())
    expect(text).toContain('1 000 brev på 1 214 sidor')
    expect(text).toContain('covid-19-dose-1-0000001.pdf')
    expect(text).toContain('3b0c4429 8fc1c149')
    expect(text).toContain('1:a-klass')
  })
})
