import { describe, expect, it } from '@jest/globals'
import { readFile } from 'node:fs/promises'
import { noticeKinds } from '../../src/campaigns/spec.ts'
import { brakeLimits, brake } from '../../src/release/model/brakes.ts'
import { pauseWord, reasonWord, word } from '../../src/reports/words.ts'

describe('why a campaign was paused', () => {
  it.each([
    ['email: not-configured', 'e-post: kanalen är inte inställd'],
    ['sms: sender-refused', 'SMS: vår avsändare godtas inte'],
    ['fel text: rätta först', 'fel text: rätta först'],
    [
      'texts changed, two people must approve them: reminder sv sms: 1-aaaaaaaa → 1-bbbbbbbb',
      'texterna har ändrats, två personer måste godkänna dem: reminder sv sms: 1-aaaaaaaa → 1-bbbbbbbb',
    ],
  ])('%s → %s', (why, said) => {
    expect(pauseWord(why)).toBe(said)
  })

  it('is in Swedish for every brake', () => {
    const calm = {
      answers: 100,
      failedSearches: 0,
      calls: 0,
      phoneCapacity: 10,
      placesKnown: 100,
      placesLost: 0,
      answersExpected: 0,
      flowing: true,
    }
    const strong = [
      { placesLost: 90 },
      { failedSearches: 90 },
      { calls: 90 },
      { answers: 0, answersExpected: 90 },
    ].map((signs) => brake({ ...calm, ...signs }, brakeLimits))
    expect(strong).toEqual(['supply-cut', 'failed-searches', 'calls', 'stale-feed'])
    for (const reason of strong) expect(pauseWord(`release: ${reason}`)).not.toContain('release')
  })
})

describe('why a message did not arrive', () => {
  it.each(['sms-answers', 'email-answers', 'email-trace'])(
    'is in Swedish for every code of %s',
    async (file) => {
      const source = await readFile(`src/channels/${file}.ts`, 'utf8')
      const codes = [...source.matchAll(/code: '([a-z0-9-]+)'/g)].map((found) => found[1]!)
      expect(codes.filter((code) => reasonWord(code) === code)).toEqual([])
    },
  )

  it('is in Swedish for every code of a bounce', async () => {
    const source = await readFile('src/messages/bounces/fault.ts', 'utf8')
    const codes = [...source.matchAll(/(?:hard|soft)\('([a-z0-9-]+)'\)/g)].map((found) => found[1]!)
    expect(codes).toContain('mailbox-disabled')
    expect(codes.filter((code) => reasonWord(code) === code)).toEqual([])
  })

  it('stays as the provider says it when only the provider knows the code', () => {
    expect(reasonWord('http-418')).toBe('http-418')
  })
})

it('has a Swedish word for each kind of notice as a step', () => {
  expect(noticeKinds.map((kind) => word('step', kind))).toEqual([
    'varning för bedragare',
    'rättelse',
    'information',
  ])
})
