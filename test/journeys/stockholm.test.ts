import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { resumeCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { createCorrection, previewCorrection } from '../../src/notices/correct.ts'
import { noticesIn } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// Stockholm, October 2021: the cohort was too broad, and several thousand people were offered a third dose before
// their turn. Those born in 1941 or earlier were rightly invited; 3 000 younger people weren't.
const wrongly = { born: { from: 1942 } }
const words = {
  wrong: {
    sv: 'Du fick en kallelse för tidigt.',
    en: 'You were invited too early.',
    ar: 'وصلتك الدعوة قبل أوانها.',
  },
  right: {
    sv: 'Din grupp kallas senare i höst.',
    en: 'Your group is invited later this autumn.',
    ar: 'ستتم دعوة مجموعتك لاحقاً هذا الخريف.',
  },
}

let s: Sending
let n: ReturnType<typeof noticesIn>
let campaign: number
beforeAll(async () => {
  s = await sending({ people: 1, places: 5000 })
  n = noticesIn(s)
  await run(
    s.db.pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, registered_address, municipality, language)
     select to_char(born, 'YYYYMMDD') || lpad((n % 10000)::text, 4, '0'), 'personnummer', born, 'Namn' || n, 'Efternamn', '{"street": "Provgatan 1", "postcode": "79131", "town": "Falun"}', '2080', case when n % 10 = 0 then 'ar' else 'sv' end
       from generate_series(1, 4000) n, lateral (select case when n % 4 = 0 then date '1935-01-01' + n % 300 else date '1950-01-01' + n % 300 end as born) d`,
  )
  s.clock.moveTo(new Date('2021-10-11T09:00:00+02:00'))
  await run(s.db.pool, `update slot set starts_at = starts_at + interval '227 days'`) // from 28 October: after the second wave's letters
}, 60_000)
afterAll(() => s.close())

describe('Stockholm', () => {
  it('invites too many, batch after batch, until somebody sees it', async () => {
    campaign = await s.started(
      openSpec({
        name: 'dos-3',
        purpose: 'covid-19/dose-3',
        cohort: { name: 'too-broad', rule: { born: { from: 1900 } } },
        release: { policy: 'eager' },
        channels: [
          {
            route: 'post',
            needs: ['address'],
            steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
          },
        ],
      }),
    )
    await releaseWave(n.deps, campaign)
    await run(
      s.db.pool,
      `update message set due_at = due_at + interval '3 days' where campaign_id = $1 and id in (select id from message order by id offset 3000)`,
      [campaign],
    )
    expect(await printLetters(s.printDeps(), campaign)).toBe(3000)
  }, 60_000)

  it('says beforehand whom a correction would go to and what would be taken back, and stops the campaign', async () => {
    s.clock.moveTo(new Date('2021-10-18T09:00:00+02:00'))
    const wrong = (await row<{ got: number; wrong: number }>(
      s.db.pool,
      `select count(*) filter (where m.state = 'sent')::int as got, count(*)::int as wrong from message m join person p on p.id = m.person_id where p.birth_date >= '1942-01-01'`,
    ))!
    const counts = await previewCorrection(n.deps, { of: 'dos-3', only: wrongly, words })
    expect(counts).toMatchObject({
      people: wrong.got,
      unsent: wrong.wrong - wrong.got,
      maybe: 0,
      lost: 0,
    })
    expect(wrong.got).toBeGreaterThan(2000)
    expect(counts.got.map((g) => g.language)).toEqual(['ar', 'sv'])
    const { paused } = await createCorrection(
      n.deps,
      { of: 'dos-3', only: wrongly, words, public: true, name: 'dos-3-for-tidigt' },
      'anna',
    )
    expect(paused).toBe(true)
  }, 60_000)

  it('corrects it to exactly those of the wrong people who got it, and to nobody whose letter was stopped', async () => {
    const released = await n.send('dos-3-for-tidigt')
    const correction = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'dos-3-for-tidigt'`,
    ))!.id
    await printLetters(s.printDeps(), correction)
    const [given] = await rows<{
      corrected: number
      wrong: number
      unneeded: number
      missed: number
    }>(
      s.db.pool,
      `with got as (select person_id, language from message where campaign_id = $1 and state = 'sent'),
            told as (select person_id, language from message where campaign_id = $2 and state = 'sent')
       select (select count(*)::int from told) as corrected,
              (select count(*)::int from told join person p on p.id = told.person_id where p.birth_date < '1942-01-01') as wrong,
              (select count(*)::int from told where (person_id, language) not in (select person_id, language from got)) as unneeded,
              (select count(*)::int from got join person p on p.id = got.person_id where p.birth_date >= '1942-01-01' and person_id not in (select person_id from told)) as missed`,
      [campaign, correction],
    )
    expect(given).toEqual({ corrected: released, wrong: 0, unneeded: 0, missed: 0 })
    const letter = (await n.letters(correction)).find(({ language }) => language === 'sv')
    for (const said of [
      'Vi gjorde ett fel när vi skrev till dig den 11 oktober 2021',
      'Du fick en kallelse för tidigt.',
      `Antal som fick samma fel: ${released.toLocaleString('sv-SE').replace(/\u00a0/g, ' ')}`,
    ])
      expect(letter!.text).toContain(said)
  }, 60_000)

  it('goes on with those who were rightly invited', async () => {
    await resumeCampaign(n.deps, 'dos-3', 'anna')
    await printLetters(s.printDeps(), campaign)
    const [left] = await rows(
      s.db.pool,
      `select count(*) filter (where p.birth_date < '1942-01-01' and m.state <> 'sent')::int as "rightLeft", count(*) filter (where p.birth_date >= '1942-01-01' and m.state not in ('sent', 'recalled'))::int as "wrongLeft" from message m join person p on p.id = m.person_id where m.campaign_id = $1`,
      [campaign],
    )
    expect(left).toEqual({ rightLeft: 0, wrongLeft: 0 })
  }, 60_000)

  it('can invite the others when it is their turn: those who were told nothing as if nothing had been', async () => {
    const later = await s.started(
      openSpec({
        name: 'dos-3-senare',
        purpose: 'covid-19/dose-3',
        cohort: { name: 'later', rule: wrongly },
        release: { policy: 'eager' },
        channels: [
          {
            route: 'post',
            needs: ['address'],
            steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
          },
        ],
      }),
    )
    await planCampaign(n.deps, later)
    s.clock.moveTo(new Date('2021-10-19T09:00:00+02:00'))
    await releaseWave(n.deps, later)
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from message m where m.campaign_id = $1 and exists (select from message w where w.campaign_id = $2 and w.person_id = m.person_id and w.state = 'sent')`,
        [later, campaign],
      ),
    ).toEqual({ n: 0 })
    expect(
      (await row<{ n: number }>(
        s.db.pool,
        `select count(*)::int as n from message where campaign_id = $1`,
        [later],
      ))!.n,
    ).toBeGreaterThan(0)
  }, 60_000)
})
