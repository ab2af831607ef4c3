import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { resumeCampaign } from '../../src/campaigns/actions.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { createCorrection } from '../../src/notices/correct.ts'
import { noticesIn } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// Sörmland, May 2021: letters with a time and a place are nine working days in the post, and the clinic moves
// meanwhile. The times stand; who has the old place on paper is told the new one, and letters not yet handed over
// just say it.
const words = {
  wrong: {
    sv: 'I brevet står den gamla adressen, Provgatan 2.',
    en: 'The letter has the old address, Provgatan 2.',
    ar: 'في الرسالة العنوان القديم، Provgatan 2.',
  },
  right: {
    sv: 'Kom till Nya gatan 5 i Falun. Din tid är densamma.',
    en: 'Come to Nya gatan 5 in Falun. Your time is the same.',
    ar: 'تعال إلى Nya gatan 5 في فالون. موعدك كما هو.',
  },
  todo: {
    sv: 'Spara det här brevet till ditt besök.',
    en: 'Keep this letter for your visit.',
    ar: 'احتفظ بهذه الرسالة لزيارتك.',
  },
}

let s: Sending
let n: ReturnType<typeof noticesIn>
let campaign: number
let correction: number
let times: object[]
beforeAll(async () => {
  s = await sending({ people: 12, places: 5 })
  n = noticesIn(s)
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
})
afterAll(() => s.close())

const timesNow = () =>
  rows(s.db.pool, `select person_id, slot_id, state from appointment order by person_id`)
const printed = (): string[] => {
  const folder = join(s.folder, 'print')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as { id?: string }).id ?? ''),
    )
}

describe('Sörmland', () => {
  it('has letters with the old place in the post, and others that are not printed yet', async () => {
    campaign = await s.started(
      openSpec({
        name: 'dos-1',
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
    expect(await releaseWave(n.deps, campaign)).toBe(12)
    await run(
      s.db.pool,
      `update message set due_at = due_at + interval '1 hour' where id in (select id from message order by id limit 4)`,
    )
    expect(await printLetters(s.printDeps(), campaign)).toBe(8)
    s.clock.moveTo(new Date('2021-03-08T11:00:00+01:00'))
    times = await timesNow()
    await run(s.db.pool, `update clinic set street = 'Nya gatan 5', name = 'Nya Provkliniken'`)
  })

  it('stops what is unprinted as soon as somebody prepares the correction', async () => {
    const { notice, counts, paused } = await createCorrection(
      n.deps,
      { of: 'dos-1', words, unsent: 'anew', public: true, name: 'dos-1-ny-plats' },
      'anna',
    )
    expect([notice.state, counts.people, counts.unsent, paused]).toEqual(['draft', 8, 4, true])
    expect(await printLetters(s.printDeps(), campaign)).toBe(0)
  })

  it('corrects it to the eight who have the old place, once, with what to do; the other four get one letter with the new place', async () => {
    expect(await n.send('dos-1-ny-plats')).toBe(8)
    correction = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'dos-1-ny-plats'`,
    ))!.id
    await printLetters(s.printDeps(), correction)
    await resumeCampaign(n.deps, 'dos-1', 'anna')
    await printLetters(s.printDeps(), campaign)
    const all = [...(await n.letters(campaign)), ...(await n.letters(correction))].filter(
      ({ state }) => state === 'sent',
    )
    const got = [...Map.groupBy(all, (letter) => letter.person).values()].map((letters) => ({
      old: letters.some(({ text }) => text.includes('Provgatan 2, 791 31')),
      fresh: letters.some(({ text }) => text.includes('Nya gatan 5, 791 31')),
      corrected: letters.some(
        ({ text }) =>
          text.includes('Kom till Nya gatan 5 i Falun.') && text.includes('Spara det här brevet'),
      ),
      n: letters.length,
    }))
    const kinds = Object.fromEntries(
      [...Map.groupBy(got, (g) => JSON.stringify(g))].map(([kind, people]) => [
        kind,
        people.length,
      ]),
    )
    expect(kinds).toEqual({
      [JSON.stringify({ old: true, fresh: false, corrected: true, n: 2 })]: 8,
      [JSON.stringify({ old: false, fresh: true, corrected: false, n: 1 })]: 4,
    })
    const sent = await rows<{ id: string }>(
      s.db.pool,
      `select id from message where state = 'sent'`,
    )
    const ids = printed().filter((id) => id !== '')
    expect(ids.sort()).toEqual(sent.map((m) => m.id).sort()) // nothing printed twice, nothing that we don't know of
  })

  it('leaves every time as it was', async () => {
    expect(await timesNow()).toEqual(times)
  })

  it('says which letter it supersedes', async () => {
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from corrected_message u join invitation i on i.id = u.invitation_id join message w on w.id = u.message_id and w.campaign_id = $2 and w.person_id = i.person_id where i.campaign_id = $1`,
        [correction, campaign],
      ),
    ).toEqual({ n: 8 })
  })
})
