import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { row } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { noticeRegion, type Notices } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import type { Sending } from '../support/sending.ts'

let s: Sending
let n: Notices
let campaign: number
beforeAll(async () => {
  ;({ s, n } = await noticeRegion())
  campaign = await s.started(
    openSpec({
      name: 'timed-campaign',
      way: 'timed',
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
        },
      ],
    }),
  )
  await assignTimes(n.deps, campaign)
  await releaseWave(n.deps, campaign)
  await n.deliver(campaign)
})
afterAll(() => s.close())

const booked = async () =>
  (await row<{ n: number }>(s.db.pool, 'select sum(booked)::int as n from slot'))!.n

it('who was given a time by mistake is told that it no longer holds, and it is free for others', async () => {
  expect(await booked()).toBe(12)
  const { id, released } = await n.correct({
    of: 'timed-campaign',
    happened: 'wrong-people',
    words: {},
  })
  expect(released).toBe(12)
  expect(await booked()).toBe(0)
  await n.deliver(id)
  const letters = await n.letters(id)
  expect(letters.length).toBeGreaterThan(0)
  for (const { text } of letters) {
    expect(text).toContain('Tiden som stod i meddelandet gäller inte längre')
    expect(text).not.toContain('Har du bokat en tid?')
  }
})
