import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { cancelCampaign, createCampaign } from '../../src/campaigns/actions.ts'
import type { Config } from '../../src/config.ts'
import { row, run } from '../../src/db/pool.ts'
import { preflightOf } from '../../src/reports/preflight.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

let s: Sending
beforeEach(async () => {
  s = await sending()
})
afterEach(() => s.close())

const firstHalf = { name: 'first-half', rule: { municipality: ['2062'] } }
const check = async (env: Partial<Config> = {}) => {
  const app = appOf(s, env)
  await createCampaign(app, openSpec(), 'anna')
  return preflightOf(app, 'open-campaign')
}
const texts = (findings: { about: string; text: string }[], about: string) =>
  findings.filter((finding) => finding.about === about).map(({ text }) => text)

describe('campaign check', () => {
  it('says people, places, days, cost and phones in words, and writes nothing', async () => {
    await run(s.db.pool, `update person set opted_out = true where given_name = 'Namn1'`)
    const prices = { PRICE_LETTER: 10, PRICE_SMS_PART: 0.5, PHONE_CAPACITY: 300 }
    const { ready, findings, figures } = await check(prices)
    expect(ready).toBe(true)
    expect(texts(findings, 'people')).toEqual([
      '11 of 12 would be invited.',
      '1 left out: opted-out',
    ])
    expect(texts(findings, 'capacity')).toEqual([
      'falun: 11 to invite, 10 free times. The rest wait for more times.',
    ])
    expect(figures).toMatchObject({ letters: 7, firstSendDay: '2021-03-08' })
    expect(figures['kronor']).toBe(Math.round(70 + 0.5 * (figures['smsParts'] as number)))
    expect(texts(findings, 'phones')).toContain('The phones take 300 calls a working day.')
    expect(await row(s.db.pool, 'select count(*)::int as n from invitation')).toEqual({ n: 0 })
  })

  it('stops at a channel without settings, and warns of one that does not answer', async () => {
    const missing = await check({ VONAGE_PRIVATE_KEY: undefined, SMTP_URL: 'smtp://127.0.0.1:9' })
    expect(missing.ready).toBe(false)
    expect(
      missing.findings
        .filter(({ about }) => about === 'channels')
        .map(({ severity, text }) => [severity, text.split(':')[0]]),
    ).toEqual([
      ['warning', 'email'],
      ['stop', 'sms'],
      ['fact', 'letter'],
    ])
  })

  it('says of a campaign that has ended only that', async () => {
    await check()
    await cancelCampaign(appOf(s), 'open-campaign', 'anna')
    expect(await preflightOf(appOf(s), 'open-campaign')).toMatchObject({
      ready: false,
      findings: [{ severity: 'stop', text: expect.stringContaining('It is cancelled') as unknown }],
    })
  })

  it('says which campaigns get the same times first, and how many of theirs are left', async () => {
    const app = appOf(s)
    await run(s.db.pool, `update person set municipality = '2062' where id <= 6`)
    await run(s.db.pool, `update clinic set municipality = '2062'`)
    await s.started(openSpec({ name: 'older', cohort: firstHalf }))
    await createCampaign(app, openSpec(), 'anna')
    const { findings } = await preflightOf(app, 'open-campaign')
    expect(texts(findings, 'capacity')).toContain(
      'older comes before it for the same times, with 6 people left. Give the campaign a lower priority number ' +
        'if that is wrong.',
    )
  })

  it('stops when nobody would be invited', async () => {
    await run(s.db.pool, 'update person set opted_out = true')
    const { ready, findings } = await check()
    expect(ready).toBe(false)
    expect(findings).toContainEqual({
      severity: 'stop',
      about: 'people',
      text: '0 of 12 would be invited.',
      swedish: '0 av 12 i målgruppen skulle kallas.',
    })
  })
})
