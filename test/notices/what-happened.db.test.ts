import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { pageText } from '../../src/notices/page.ts'
import { noticeNamed, publishedNotices } from '../../src/notices/store.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { noticeRegion, type Notices } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import type { Sending } from '../support/sending.ts'

// Of twelve people four get an e-mail, eight a letter.
let s: Sending
let n: Notices
let campaign: number
beforeAll(async () => {
  ;({ s, n } = await noticeRegion())
  campaign = await s.started(openSpec())
  await releaseWave(n.deps, campaign)
  await n.deliver(campaign)
})
afterAll(() => s.close())

it('a correction can be for the pages and feeds only: nobody is sent anything', async () => {
  const sent = s.received.length
  const name = 'bara-pa-sidan'
  const { id, released } = await n.correct({ of: 'open-campaign', pagesOnly: true, name })
  expect(released).toBe(0)
  await n.deliver(id)
  expect(await n.funnel(id)).toEqual({})
  expect(s.received).toHaveLength(sent)
  expect((await publishedNotices(s.db.pool)).map((notice) => notice.name)).toEqual([name])
  const shown = pageText(await loadTexts(), await noticeNamed(s.db.pool, name), 'sv', s.config)
  expect(shown).toContain('Brevet hade fel plats.')
  expect(shown).not.toContain('eget meddelande')
})
