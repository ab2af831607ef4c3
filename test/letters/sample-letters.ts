import type { Letter } from '../../src/letters/letter.ts'
import type { Facts } from '../../src/texts/facts.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { sampleFacts } from '../texts/sample-facts.ts'

const texts = await loadTexts()

export function sampleLetter(
  template: string,
  language: string,
  more: Partial<Letter> = {},
  facts: Partial<Facts> = {},
): Letter {
  const rendered = texts.render({
    template,
    language,
    channel: 'letter',
    facts: { ...sampleFacts, ...facts },
  })
  if (rendered.kind !== 'letter') throw new Error('not a letter')
  return {
    id: 'f2b8a4f0-0000-4000-8000-000000000001',
    addressLines: ['Åke Öberg', 'Storgatan 14 lgh 1203', '791 70 Falun'],
    returnAddress: 'Region Dalarna, Box 712, 791 29 Falun',
    checkUrl: 'https://kallelse.regiondalarna.example/k/7KQ2M9XP',
    rendered,
    ...more,
  }
}
