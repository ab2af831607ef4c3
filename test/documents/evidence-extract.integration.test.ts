import { describe, expect, it } from '@jest/globals'
import { pageTexts } from '../../src/letters/page-pictures.ts'
import { catalogueOf } from './read-paper.ts'
import { extract } from './samples.ts'

describe('the evidence extract', () => {
  it('has what was sent, word for word, and who has looked', async () => {
    const text = (await pageTexts(await extract())).join('\n')
    expect(text).toContain('Vad har Region Dalarna skickat till dig?')
    expect(text).toContain('Boka tid för vaccination: ring 08-465 004 00.')
    expect(text).toContain('gjorde ett utdrag till personen')
  })

  it('has the messages as they were sent attached, and shows no text from right to left', async () => {
    const pdf = await extract()
    expect(catalogueOf(pdf)).toContain('/AF [')
    const text = (await pageTexts(pdf)).join('\n')
    expect(text).toContain('Texten skrivs från höger till vänster')
    expect(text).toContain('kontrollsumman stämmer inte')
  })
})
