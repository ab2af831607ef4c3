import { describe, expect, it } from '@jest/globals'
import { catalogue, letterState } from '../../src/texts/catalogue.ts'
import { cataloguePage } from '../../src/texts/catalogue-page.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { sampleFacts } from './sample-facts.ts'

const texts = await loadTexts()
const all = texts.all()
const english = all.find(
  (text) => text.template === 'reminder' && text.language === 'en' && text.channel === 'sms',
)!
const approval = {
  template: 'reminder',
  language: 'en',
  channel: 'sms',
  version: english.version,
  source: english.source!.now,
  approver: 'Ann <b>Reader</b>',
  approvedAt: new Date('2021-03-08T07:00:00Z'),
}
const sheet = cataloguePage(texts, [approval])
const count = (pattern: RegExp) => (sheet.match(pattern) ?? []).length

describe('the sheet of all texts', () => {
  it('has each text once, with its state', () => {
    expect(count(/<article /g)).toBe(all.length)
    const swedish = all.filter((text) => text.language === 'sv').length
    expect([
      count(/class="source"/g),
      count(/class="approved"/g),
      count(/class="draft"/g),
      count(/class="stale"/g),
    ]).toEqual([swedish, 1, all.length - swedish - 1, 0])
  })
  it('needs nothing from elsewhere, runs nothing, and shows names as text', () => {
    expect(sheet).not.toMatch(/(?:src|href)=|<script|@import|url\((?!data:)/)
    expect(sheet).toContain('approved by Ann &lt;b&gt;Reader&lt;/b&gt;')
    expect(sheet).not.toMatch(/\{\{|undefined/)
  })
  it('gives each language its direction', () => {
    expect(count(/lang="(?:ar|fa|prs|ckb)" dir="rtl"/g)).toBe(
      all.filter((text) => ['ar', 'fa', 'prs', 'ckb'].includes(text.language)).length,
    )
    expect(sheet).not.toMatch(/lang="(?:sv|en|so|ti|th)" dir="rtl"/)
  })
  it('says what each SMS costs', () => {
    expect(count(/units, \d × (?:GSM-7|UCS-2)/g)).toBe(
      all.filter((text) => text.channel === 'sms').length,
    )
  })
})

describe('the contact sheet of letters', () => {
  const state = (language: string, approvals = [approval]) => {
    const letter = texts.render({
      template: 'reminder',
      channel: 'letter',
      language,
      facts: sampleFacts,
    })
    if (letter.kind !== 'letter') throw new Error('not a letter')
    return letterState(letter, 'reminder', all, approvals)
  }
  it('says who has read the text, and also the short one on the back of a Swedish letter', () => {
    expect([state('sv'), state('en'), state('bs')]).toEqual([
      'source',
      'draft',
      'source; on the back Bosnian, draft',
    ])
    const back = all.find(
      (text) => text.template === '_blocks' && text.language === 'bs' && text.channel === 'back',
    )!
    expect(
      state('bs', [
        {
          ...approval,
          template: '_blocks',
          language: 'bs',
          channel: 'back',
          version: back.version,
          source: back.source!.now,
        },
      ]),
    ).toBe('source; on the back Bosnian, approved')
  })
  it('shows it beside the language, with names and words as text', () => {
    const page = catalogue('<b>', 'note', [
      {
        language: 'bs',
        became: 'sv',
        state: 'source; on the back Bosnian, draft',
        pages: [],
        messages: [{ heading: 'sms', language: 'ar', text: '<script>' }],
      },
    ])
    expect(page).toContain('<small>in Swedish, source; on the back Bosnian, draft</small>')
    expect(page).toContain('dir="rtl" tabindex="0">&lt;script&gt;')
    expect(page).not.toMatch(/<script|<b>/)
  })
})
