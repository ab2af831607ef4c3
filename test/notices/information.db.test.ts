import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { rows, run, transaction } from '../../src/db/pool.ts'
import { takeNextChannel } from '../../src/messages/dispatch/next-channel.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { pageText } from '../../src/notices/page.ts'
import { noticeNamed, publishedNotices } from '../../src/notices/store.ts'
import { preflightOf } from '../../src/reports/preflight.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { noticeRegion, type Notices, warningOrder } from '../support/notices.ts'
import type { Sending } from '../support/sending.ts'

// Of twelve people four have a mobile and an e-mail address; all have a postal address.
let s: Sending
let n: Notices
let words: { what: Record<string, string>; news: Record<string, string> }
const information = (over: object = {}) =>
  warningOrder({ kind: 'information', words, name: 'vilka-nu', ...over })

beforeAll(async () => {
  ;({ s, n } = await noticeRegion())
  words = parse(await readFile('samples/notices/information.yaml', 'utf8')) as typeof words
})
afterAll(() => s.close())

it('says in letters what is new and what applies to others, and by SMS only that there is something to read', async () => {
  await run(s.db.pool, `update person set language = 'en' where given_name = 'Namn1'`)
  const { id, released } = await n.warn(information())
  expect(released).toBe(12)
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({ 'sms sent': 4, 'letter sent': 8 })
  const letter = (await n.letters(id)).find(({ language }) => language === 'sv')!.text
  for (const said of [
    'Information: vaccination mot covid-19',
    'Brevet är ingen kallelse',
    'Du som är född 1947–1951 kan boka en tid nu.',
    'Är du yngre? Då får du ett brev när det är din tur.',
    'du behöver inte göra något',
  ])
    expect(letter).toContain(said)
  const texts = s.received.filter(({ channel }) => channel === 'sms').map(({ content }) => content)
  for (const text of texts) expect(text).not.toMatch(/vaccin|covid|1947/i)
  expect(texts).toContainEqual(expect.stringContaining('/meddelanden. Frågor?'))
})

it('whose SMS reaches nobody goes by letter, and is given up when nothing is left', async () => {
  const { id } = await n.warn(information({ name: 'sms-forst', channels: ['sms', 'letter'] }))
  await n.deliver(id)
  await run(
    s.db.pool,
    `update message set state = 'failed', reason = 'not-delivered' where channel = 'sms' and campaign_id = $1`,
    [id],
  )
  expect(await transaction(s.db.pool, (tx) => takeNextChannel(tx, s.clock.now()))).toBe(4)
  await n.deliver(id)
  expect(await n.messages(id)).toEqual({ 'letter sent': 12, 'sms failed not-delivered': 4 })
  await run(
    s.db.pool,
    `update message set state = 'failed', reason = 'not-delivered' where channel = 'letter' and campaign_id = $1`,
    [id],
  )
  await withdrawUndelivered(s.db.pool, s.clock.now())
  expect(await n.funnel(id)).toEqual({ 'withdrawn not-delivered': 12 })
})

it('tells people whose need leads to a doctor or to their municipality what happens, and only them', async () => {
  await run(
    s.db.pool,
    `update person set needs = '{home-care}' where given_name in ('Namn4', 'Namn5')`,
  )
  await run(
    s.db.pool,
    `update person set needs = '{home-care,anaphylaxis}' where given_name = 'Namn5'`,
  )
  await run(s.db.pool, `update person set needs = '{anaphylaxis}' where given_name = 'Namn7'`)
  const send = async (name: string, needs: object) => {
    const file = await readFile(`samples/notices/${name}.yaml`, 'utf8')
    const { id } = await n.warn(
      information({
        name,
        words: parse(file) as unknown,
        audience: { needs },
        public: false,
        channels: ['letter'],
      }),
    )
    await n.deliver(id)
    const people = await rows<{ name: string }>(
      s.db.pool,
      `select p.given_name as name
         from message m
         join person p on p.id = m.person_id
        where m.campaign_id = $1
          and m.state = 'sent'
        order by p.id`,
      [id],
    )
    return { told: people.map(({ name }) => name), text: (await n.letters(id))[0]!.text }
  }
  const doctor = await send('doctor', { any: ['anaphylaxis'] })
  expect(doctor.told).toEqual(['Namn5', 'Namn7'])
  expect(doctor.text).toContain('bedömer en läkare först')
  expect(doctor.text).not.toContain('Det här gäller för andra')
  const municipality = await send('municipality', {
    any: ['home-care', 'sabo', 'lss'],
    none: ['anaphylaxis'],
  })
  expect(municipality.told).toEqual(['Namn4'])
  expect(municipality.text).toContain('Kommunen hör av sig')
})

it('can be for the pages and the feeds only: two approve it, nobody is sent anything, and the check says so', async () => {
  await createNotice(n.deps, information({ name: 'pa-sidan', channels: [] }), 'anna')
  const deps = { pool: s.db.pool, clock: s.clock, config: s.config }
  const { ready, findings } = await preflightOf(deps, 'pa-sidan')
  expect(ready).toBe(true)
  expect(findings).toContainEqual(
    expect.objectContaining({
      severity: 'fact',
      about: 'people',
      text: "It is for the region's pages and feeds only: nobody is sent anything.",
      swedish: 'Det är bara för regionens sidor och flöden: ingen får något skickat.',
    }),
  )
  const sent = s.received.length
  expect(await n.send('pa-sidan')).toBe(0)
  const notice = await noticeNamed(s.db.pool, 'pa-sidan')
  expect(await n.funnel(notice.campaignId)).toEqual({})
  expect(s.received).toHaveLength(sent)
  expect((await publishedNotices(s.db.pool)).map(({ name }) => name)).toContain('pa-sidan')
  const shown = pageText(await loadTexts(), notice, 'en', s.config)
  expect(shown).toContain('If you were born between 1947 and 1951 you can book now.')
})

it('needs its words, in the same languages, and its languages are those of the words', async () => {
  const refused = (over: object) =>
    createNotice(n.deps, information({ name: 'fel', ...over }), 'anna').catch(
      ({ code }: { code: string }) => code,
    )
  expect(await refused({ words: undefined })).toBe('bad-words')
  expect(await refused({ words: { ...words, news: { sv: 'Bara på svenska.' } } })).toBe('bad-words')
  expect(await refused({ kind: 'fraud-warning' })).toBe('bad-notice')
  expect(await refused({ warning: 'fraud-warning' })).toBe('bad-notice')
  const only = (of: Record<string, string>) => ({ sv: of['sv'] })
  const { spec } = await createNotice(
    n.deps,
    information({
      name: 'svenska',
      words: Object.fromEntries(Object.entries(words).map(([key, of]) => [key, only(of)])),
    }),
    'anna',
  )
  expect(spec.languages).toEqual(['sv', 'sv-simple'])
})
