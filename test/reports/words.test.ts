import { describe, expect, it } from '@jest/globals'
import { brakeLimits, brake } from '../../src/release/model/brakes.ts'
import { pauseWord } from '../../src/reports/words.ts'

describe('why a campaign was paused', () => {
  it.each([
    ['email: not-configured', 'e-post: kanalen är inte inställd'],
    ['sms: sender-refused', 'SMS: sender-refused'],
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
