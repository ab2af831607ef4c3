import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { keptMessages } from '../support/kept.ts'
import { row } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import {
  heightenedHistory,
  heightenedNow,
  liftHeightened,
  setHeightened,
} from '../../src/notices/heightened.ts'
import { noticeRegion, type Notices } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import type { Sending } from '../support/sending.ts'

let s: Sending
let n: Notices
beforeEach(async () => {
  ;({ s, n } = await noticeRegion())
})
afterEach(() => s.close())

const warned = 'Bedragare ringer och säger'
const smsTexts = async () =>
  (await keptMessages(s.db.pool, `m.channel = 'sms'`)).map(
    ({ text }) => (JSON.parse(text) as { text: string }).text,
  )

describe('a time of heightened fraud', () => {
  it('puts the warning in every letter, e-mail and SMS composed while it lasts, and in none before or after', async () => {
    await setHeightened(n.deps, 'anna', 'många samtal i Falun')
    const campaign = await s.started(openSpec())
    await releaseWave(n.deps, campaign)
    await n.deliver(campaign)
    expect(
      (await n.letters(campaign)).every(
        ({ text, version }) => text.includes(warned) && version.includes('+'),
      ),
    ).toBe(true)
    const mails = await keptMessages(s.db.pool, `m.channel = 'email'`)
    expect(
      mails.filter(({ text }) => text.replace(/=\r?\n/g, '').includes('Bedragare ringer och s')),
    ).toHaveLength(4)
    await liftHeightened(n.deps, 'bertil')
    s.clock.moveTo(new Date('2021-03-11T09:00:00+01:00'))
    while ((await s.send('sms')) > 0);
    expect((await smsTexts()).filter((text) => text.includes('bedragare'))).toEqual([])
    expect(await heightenedHistory(s.db.pool)).toMatchObject([
      { setBy: 'anna', why: 'många samtal i Falun', liftedBy: 'bertil' },
    ])
  })

  it('says it in an SMS in one part, in the shortest form where there is no room', async () => {
    await setHeightened(n.deps, 'anna', 'samtal')
    const campaign = await s.started(openSpec())
    await releaseWave(n.deps, campaign)
    s.clock.moveTo(new Date('2021-03-11T09:00:00+01:00'))
    while ((await s.send('sms')) > 0);
    expect(s.texts()).toHaveLength(4)
    for (const text of await smsTexts())
      expect(text).toMatch(/Se upp för bedragare\.$|Bedragare säger att de är från vården\.$/)
  })

  it('leaves the bytes of what was composed before as they are', async () => {
    const campaign = await s.started(openSpec())
    await releaseWave(n.deps, campaign)
    s.faults.mail = { reply: 451 }
    await s.send('email')
    await setHeightened(n.deps, 'anna', 'samtal')
    s.faults.mail = undefined
    s.clock.moveTo(new Date('2021-03-08T10:00:00+01:00'))
    await s.send('email')
    await printLetters(s.printDeps(), campaign)
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from message where channel = 'email' and state = 'sent' and template_version not like '%+%'`,
      ),
    ).toEqual({ n: 4 })
    expect((await n.letters(campaign)).filter(({ text }) => text.includes(warned))).toHaveLength(8)
  })

  it('is not said twice in a fraud warning', async () => {
    await setHeightened(n.deps, 'anna', 'samtal')
    const { id } = await n.warn()
    await n.deliver(id)
    expect((await n.letters(id)).some(({ text }) => text.includes(warned))).toBe(false)
  })

  it("is set once however often it is asked for, says who and why, and can't be without", async () => {
    await setHeightened(n.deps, 'anna', 'samtal')
    expect((await setHeightened(n.deps, 'bertil', 'annat')).setBy).toBe('anna')
    await expect(setHeightened(n.deps, '', 'samtal')).rejects.toThrow(
      expect.objectContaining({ code: 'no-name' }),
    )
    await liftHeightened(n.deps, 'bertil')
    expect([await heightenedNow(s.db.pool), await liftHeightened(n.deps, 'bertil')]).toEqual([
      undefined,
      undefined,
    ])
  })
})
