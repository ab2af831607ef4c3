import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { campaignNamed } from '../../src/campaigns/store.ts'
import { rows, run } from '../../src/db/pool.ts'
import { createCorrection, previewCorrection } from '../../src/notices/correct.ts'
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

const told = async (id: number) =>
  (
    await rows<{ name: string }>(
      s.db.pool,
      `select p.given_name as name
         from message m
         join person p on p.id = m.person_id
        where m.campaign_id = $1
        order by p.id`,
      [id],
    )
  ).map(({ name }) => name)
const refusal = (order: object) =>
  previewCorrection(n.deps, { of: 'open-campaign', words: {}, ...order }).then(
    ({ people }) => people,
    ({ code }: { code: string }) => code,
  )

describe('what was sent twice', () => {
  const twice = { of: 'open-campaign', happened: 'sent-twice', words: {} } as const

  it("is nobody's of a whole campaign, until it is known of whom", async () => {
    expect((await previewCorrection(n.deps, twice)).people).toBe(0)
    await expect(createCorrection(n.deps, twice, 'anna')).rejects.toThrow(
      expect.objectContaining({ code: 'nobody-twice' }),
    )
  })

  it("is everybody's of a batch that was printed twice", async () => {
    expect(await refusal({ ...twice, of: 'open-campaign-0000001' })).toBe(8)
  })

  it('goes to those whose letters the supplier says it printed twice, takes nothing back and pauses nothing', async () => {
    const doubled = await rows<{ id: string; name: string }>(
      s.db.pool,
      `select m.id, p.given_name as name
         from message m
         join person p on p.id = m.person_id
        where m.channel = 'letter'
        order by p.id
        limit 2`,
    )
    await run(
      s.db.pool,
      `insert into reconciliation (file_name, sha256, lines, batches, made_at)
       values ('kvitto.csv', 'x', 10, '{}', now())`,
    )
    await run(
      s.db.pool,
      `insert into reconciliation_finding (reconciliation_id, batch_id, kind, letter, message_id, person_id)
       select 1, batch_id, 'doubled', id::text, id, person_id
         from message
        where id = any($1::uuid[])`,
      [doubled.map(({ id }) => id)],
    )
    const { id, released } = await n.correct(twice)
    expect(released).toBe(2)
    await n.deliver(id)
    expect(await told(id)).toEqual(doubled.map(({ name }) => name))
    const text = (await n.letters(id))[0]!.text
    for (const said of [
      'Du kan ha fått samma meddelande två gånger',
      'De två meddelandena är likadana',
      'Behåll det ena och släng det andra',
    ])
      expect(text).toContain(said)
    expect(await n.funnel(campaign)).toEqual({ released: 12 })
    expect(await campaignNamed(s.db.pool, 'open-campaign')).toMatchObject({ state: 'running' })
  })
})

describe('what went to the wrong people', () => {
  it('goes to those of them that it reached; they are invited no longer, and can be when it is their turn', async () => {
    await run(
      s.db.pool,
      `update person set birth_date = '1990-01-01' where given_name in ('Namn1', 'Namn2', 'Namn3')`,
    )
    await run(
      s.db.pool,
      `update invitation set state = 'answered'
        where person_id = (select id from person where given_name = 'Namn2')
          and campaign_id = $1`,
      [campaign],
    )
    const order = {
      of: 'open-campaign',
      happened: 'wrong-people',
      words: {},
      only: { born: { from: 1990, to: 1990 } },
      name: 'fel-personer',
    } as const
    expect(await refusal({ ...order, unsent: 'anew' })).toBe('not-said-again')
    const { id, released } = await n.correct(order)
    expect(released).toBe(3)
    await n.deliver(id)
    expect(await told(id)).toEqual(['Namn1', 'Namn2', 'Namn3'])
    const text = (await n.letters(id))[0]!.text
    for (const said of ['Du skulle inte ha fått det meddelandet', 'Har du bokat en tid? Ring oss'])
      expect(text).toContain(said)
    expect(text).not.toContain('Då gäller den.')
    expect(await n.funnel(campaign)).toEqual({
      released: 9,
      answered: 1,
      'withdrawn wrong-people': 2,
    })
    expect(await n.messages(campaign)).not.toHaveProperty('sms queued', 4) // no reminder to them
    const young = openSpec({
      name: 'yngre',
      cohort: { name: 'yngre', rule: { born: { from: 1990, to: 1990 } } },
    })
    expect(await n.funnel(await s.started(young))).toEqual({
      planned: 2,
      'suppressed already-invited': 1,
    })
  })
})

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
