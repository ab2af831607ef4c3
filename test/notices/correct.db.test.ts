import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { resumeCampaign } from '../../src/campaigns/actions.ts'
import { keptMessages } from '../support/kept.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { createCorrection, previewCorrection } from '../../src/notices/correct.ts'
import { settleCorrected } from '../../src/notices/correct-recall.ts'
import { advanceNotice } from '../../src/notices/plan.ts'
import { noticeRegion, type Notices, words } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import type { Sending } from '../support/sending.ts'

let s: Sending
let n: Notices
let campaign: number
beforeEach(async () => {
  ;({ s, n } = await noticeRegion())
  campaign = await s.started(openSpec())
  await releaseWave(n.deps, campaign)
})
afterEach(() => s.close())

const all = { of: 'open-campaign' }

describe('a correction', () => {
  it('goes to those who got it, the way and in the language they got it, and says which message it is of', async () => {
    await run(s.db.pool, `update message set language = 'en' where person_id = 1`)
    await n.deliver(campaign)
    s.clock.moveTo(new Date('2021-03-10T09:00:00+01:00'))
    const { id, released } = await n.correct(all)
    expect(released).toBe(12)
    await n.deliver(id)
    expect(await n.messages(id)).toEqual({ 'email sent': 4, 'letter sent': 8 })
    const pairs = await rows<{ same: boolean }>(
      s.db.pool,
      `select m.person_id = w.person_id and m.channel = w.channel and m.language = w.language as same
         from message m join corrected_message u on u.invitation_id = m.invitation_id join message w on w.id = u.message_id where m.campaign_id = $1`,
      [id],
    )
    expect(pairs).toEqual(Array(12).fill({ same: true }))
    const letters = await n.letters(id)
    const letter = letters.find(({ language }) => language === 'sv')
    for (const said of [
      'Vi gjorde ett fel när vi skrev till dig den 8 mars 2021',
      'Brevet hade fel plats.',
      'Kom till Nya kliniken.',
      'du behöver inte göra något',
      'Antal som fick samma fel: 12',
    ])
      expect(letter!.text).toContain(said)
    expect(letters.find(({ language }) => language === 'en')!.text).toContain(
      'The letter had the wrong place.',
    )
  })

  it('takes back first what has not left, and whom nothing reached gets no correction', async () => {
    await printLetters({ ...s.printDeps(), batchSize: 3 }, campaign) // letters are out, e-mails and reminders are not
    const counts = await previewCorrection(n.deps, { ...all, words })
    expect(counts).toMatchObject({
      people: 8,
      unsent: 8,
      maybe: 0,
      lost: 0,
      got: [{ channel: 'letter', language: 'sv', number: 8 }],
    })
    const { id, released } = await n.correct(all)
    expect(released).toBe(8)
    expect(await n.messages(campaign)).toEqual({
      'letter sent': 8,
      'email recalled corrected': 4,
      'sms recalled corrected': 4,
    })
    expect(await n.funnel(campaign)).toEqual({ released: 8, 'withdrawn corrected': 4 })
    await n.deliver(id)
    expect(s.mails()).toEqual([])
    expect(await n.messages(id)).toEqual({ 'letter sent': 8 })
  })

  it('pauses a campaign that could send more of it, until a person resumes it', async () => {
    const { paused } = await createCorrection(n.deps, { ...all, words }, 'anna')
    expect(paused).toBe(true)
    await n.deliver(campaign)
    expect(s.mails()).toEqual([])
    expect(await row(s.db.pool, 'select state from campaign where id = $1', [campaign])).toEqual({
      state: 'paused',
    })
  })

  it('takes back letters that are sealed and not handed over; those of others leave as they were', async () => {
    await expect(
      printLetters(
        {
          ...s.printDeps(),
          place: () => Promise.reject(new Error('the supplier does not answer')),
        },
        campaign,
      ),
    ).rejects.toThrow()
    expect(await row(s.db.pool, 'select state, letters from batch')).toEqual({
      state: 'handing-over',
      letters: 8,
    })
    // What has begun to be handed over can't be taken back; a batch that is only sealed can.
    await run(
      s.db.pool,
      `alter table batch disable trigger batch_transition; update batch set state = 'sealed'; alter table batch enable trigger batch_transition`,
    )
    await run(s.db.pool, `update person set municipality = '2081' where id <= 2`)
    const bytes = await rows(
      s.db.pool,
      `select id, content_sha256 from message where channel = 'letter' and person_id > 2 order by id`,
    )
    const { id, released } = await n.correct({ ...all, only: { municipality: ['2081'] } })
    expect([released, await n.funnel(id), await row(s.db.pool, 'select state from batch')]).toEqual(
      [0, {}, { state: 'void' }],
    )
    expect(await n.messages(campaign)).toEqual({
      'letter recalled corrected': 2,
      'letter queued': 6,
      'email queued': 4,
      'sms queued': 4,
    })
    await resumeCampaign(n.deps, 'open-campaign', 'anna')
    await printLetters(s.printDeps(), campaign)
    expect(
      await rows(
        s.db.pool,
        `select id, content_sha256 from message where channel = 'letter' and state = 'sent' order by id`,
      ),
    ).toEqual(bytes)
  })

  it('says anew, from the facts as they are now, what has not left', async () => {
    await n.deps.pool.query(
      `update message set content = 'x', content_sha256 = 'x', template_version = '1' where channel = 'email'`,
    )
    await printLetters(s.printDeps(), campaign)
    const { released } = await n.correct({ ...all, unsent: 'anew' })
    expect(released).toBe(8)
    expect(await n.messages(campaign)).toEqual({
      'letter sent': 8,
      'email queued': 4,
      'sms queued': 4,
    })
    await resumeCampaign(n.deps, 'open-campaign', 'anna')
    await s.send('email')
    expect(s.mails()).toHaveLength(4)
    const kept = await keptMessages(s.db.pool, `m.channel = 'email'`)
    expect(kept.filter(({ text }) => text === 'x')).toEqual([])
  })

  it('the very same again sends nothing, nor does one with the same words aimed otherwise', async () => {
    await n.deliver(campaign)
    const first = await n.correct(all)
    const again = await n.correct(all)
    expect([again.id, again.released]).toEqual([first.id, 0])
    const batch = await row<{ name: string }>(
      s.db.pool,
      'select name from batch where campaign_id = $1',
      [campaign],
    )
    const other = await n.correct({ of: batch!.name })
    expect(other.released).toBe(0)
    expect(await n.funnel(other.id)).toEqual({ 'suppressed already-invited': 8 })
  })

  it('can be of a batch, a wave, or an earlier correction', async () => {
    await printLetters({ ...s.printDeps(), batchSize: 3 }, campaign)
    const ofBatch = await previewCorrection(n.deps, { of: 'open-campaign-0000002', words })
    expect([ofBatch.people, ofBatch.unsent]).toEqual([3, 0])
    await n.deliver(campaign)
    expect(
      (await previewCorrection(n.deps, { of: 'open-campaign@2021-03-08', words })).people,
    ).toBe(12)
    expect(
      (await previewCorrection(n.deps, { of: 'open-campaign@2021-03-08/falun', words })).people,
    ).toBe(12)
    const { id } = await n.correct({ of: 'open-campaign-0000002', name: 'forsta' })
    await n.deliver(id)
    const second = await n.correct({
      of: 'forsta',
      words: {
        ...words,
        right: {
          sv: 'Kom till Gamla kliniken.',
          en: 'Come to Gamla kliniken.',
          ar: 'تعال إلى Gamla kliniken.',
        },
      },
    })
    expect(second.released).toBe(3)
    for (const what of ['open-campaign@2021-03-09', 'ingenting', 'DROP TABLE'])
      await expect(previewCorrection(n.deps, { of: what, words })).rejects.toThrow(
        expect.objectContaining({ code: 'unknown-target' }),
      )
  })

  it('can be of what a reconciliation found to have been printed twice, and goes to exactly those', async () => {
    await printLetters(s.printDeps(), campaign)
    const doubled = await rows<{ id: string; person: number }>(
      s.db.pool,
      `select id, person_id as person from message where channel = 'letter' order by id limit 3`,
    )
    await run(
      s.db.pool,
      `insert into reconciliation (file_name, sha256, lines, batches, made_at) values ('kvitto.csv', 'x', 11, '{}', now())`,
    )
    await run(
      s.db.pool,
      `insert into reconciliation_finding (reconciliation_id, batch_id, kind, letter, message_id, person_id) select 1, m.batch_id, 'doubled', m.id::text, m.id, m.person_id from message m where m.id = any($1::uuid[])`,
      [doubled.map((letter) => letter.id)],
    )
    await run(
      s.db.pool,
      `insert into reconciliation_finding (reconciliation_id, batch_id, kind, letter, message_id, person_id) select 1, m.batch_id, 'missing', m.id::text, m.id, m.person_id from message m where channel = 'letter' and m.id <> all($1::uuid[]) limit 1`,
      [doubled.map((letter) => letter.id)],
    )
    const { id, released } = await n.correct({ of: 'reconciliation:1' })
    const told = (
      await rows<{ person: number }>(
        s.db.pool,
        'select person_id as person from message where campaign_id = $1',
        [id],
      )
    ).map(({ person }) => person)
    expect([released, told.sort()]).toEqual([3, doubled.map((letter) => letter.person).sort()])
    expect(
      (await previewCorrection(n.deps, { of: 'reconciliation:1/doubled', words })).people,
    ).toBe(3)
    for (const what of ['reconciliation:1/hash-disagrees', 'reconciliation:2'])
      await expect(previewCorrection(n.deps, { of: what, words })).rejects.toThrow(
        expect.objectContaining({ code: 'unknown-target' }),
      )
  })

  it('refuses words that lack a language in which people got it', async () => {
    await run(s.db.pool, `update message set language = 'en' where person_id = 1`)
    await n.deliver(campaign)
    await expect(
      createCorrection(
        n.deps,
        { ...all, words: { wrong: { sv: 'Fel plats.' }, right: { sv: 'Rätt plats.' } } },
        'anna',
      ),
    ).rejects.toThrow(
      expect.objectContaining({ code: 'missing-words', details: { missing: ['en (1 people)'] } }),
    )
  })

  it('waits with those of whom nobody knows, and follows what becomes known', async () => {
    await printLetters(s.printDeps(), campaign)
    await run(
      s.db.pool,
      `update message set state = 'sending', sending_since = now(), worker = 'w', content = 'x', content_sha256 = 'x', template_version = '1', recipient = 'a@b.example' where channel = 'email'`,
    )
    const { id, released } = await n.correct(all)
    expect([released, await n.funnel(id)]).toEqual([8, { released: 8, 'waiting in-doubt': 4 }])
    const [a, b, c] = await rows<{ id: string }>(
      s.db.pool,
      `select id from message where campaign_id = $1 and channel = 'email' order by person_id`,
      [campaign],
    )
    await run(s.db.pool, `update message set state = 'sent', sent_at = now() where id = $1`, [
      a!.id,
    ])
    await run(s.db.pool, `update message set state = 'queued' where id = $1`, [b!.id])
    await run(s.db.pool, `update message set state = 'failed', reason = 'x' where id = $1`, [c!.id])
    expect(await transaction(s.db.pool, (tx) => settleCorrected(tx, s.clock.now()))).toBe(3)
    expect(await n.funnel(id)).toEqual({
      released: 8,
      planned: 1,
      'withdrawn not-sent': 2,
      'waiting in-doubt': 1,
    })
    expect(
      await row(s.db.pool, 'select state, reason from message where id = $1', [b!.id]),
    ).toEqual({ state: 'recalled', reason: 'corrected' })
    s.clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
    expect(await advanceNotice(n.deps, id)).toBe(1)
  })
})
