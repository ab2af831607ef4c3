import { describe, expect, it } from '@jest/globals'
import { pageLanguages, readingAddress } from '../../src/notices/page.ts'
import { noticeWords } from '../../src/web/residents/notices/words.ts'

const config = { PUBLIC_URL: 'https://kallelse.example', REGION_WEBSITE: 'https://region.example' }
const published = { name: 'bluffsamtal', publishedAt: new Date('2021-03-08T09:00:00Z') }

describe('where a notice can be read', () => {
  it.each([
    ['sv', 'https://kallelse.example/meddelanden/sv/bluffsamtal'],
    ['sv-simple', 'https://kallelse.example/meddelanden/sv-simple/bluffsamtal'],
    ['fi', 'https://kallelse.example/meddelanden/sv/bluffsamtal'],
  ])('is its page, for %s %s', (language, address) => {
    expect(readingAddress(published, language, config)).toBe(address)
  })

  it("is the region's own site until it is published, for its page does not answer before", () => {
    expect(readingAddress({ ...published, publishedAt: null }, 'sv', config)).toBe(
      'https://region.example',
    )
  })

  it('is in a language that the pages have', () => {
    expect([...pageLanguages].sort()).toEqual(Object.keys(noticeWords).sort())
  })
})
