import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openPrintFolder } from '../../../src/channels/print-folder.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { Refused } from '../../../src/errors.ts'
import { announcePrint } from '../../../src/messages/print/announce.ts'
import { lateLetters } from '../../../src/messages/print/late-letters.ts'
import type { PrintSchedule } from '../../../src/messages/print/print-day.ts'
import { printLetters } from '../../../src/messages/print/print.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

const channels = [
  {
    route: 'post',
    needs: ['address'],
    steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
  },
]
const schedule: PrintSchedule = { cutOff: '17:30', capacity: 10, unannounced: undefined }

let s: Sending
let campaigns: number[]
beforeEach(async () => {
  s = await sending({ people: 24, places: 24 })
  campaigns = []
  // Two campaigns, the same people for two purposes: 48 letters.
  for (const [name, purpose] of [
    ['one', 'covid-19/dose-1'],
    ['two', 'covid-19/dose-2'],
  ] as const) {
    const id = await s.started(
      openSpec({ name, purpose, channels, ...(name === 'two' ? { postage: 'economy' } : {}) }),
    )
    campaigns.push(id)
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  }
})
afterEach(() => s.close())

const print = async (over: Partial<PrintSchedule> = {}) => {
  const given = s.printDeps({ batchSize: 3, schedule: { ...schedule, ...over } })
  await Promise.all([...campaigns, ...campaigns].map((id) => printLetters(given, id)))
}
const leaveLater = (campaign: number, days: number) =>
  run(
    s.db.pool,
    `update message
        set leave_by = leave_by + make_interval(days => $2)
      where campaign_id = $1
        and state = 'queued'`,
    [campaign, days],
  )
const byDay = async () =>
  Object.fromEntries(
    (
      await rows<{ day: string; n: number }>(
        s.db.pool,
        `select print_day::text as day, sum(letters)::int as n from batch where state = 'handed-over' group by 1 order by 1`,
      )
    ).map((d) => [d.day, d.n]),
  )
const taken = async () =>
  Object.fromEntries(
    (
      await rows<{ day: string; n: number }>(
        s.db.pool,
        'select day::text as day, letters as n from print_day where letters > 0 order by 1',
      )
    ).map((d) => [d.day, d.n]),
  )
const waiting = async () =>
  (await row<{ n: number }>(
    s.db.pool,
    `select count(*)::int as n from message where state <> 'sent'`,
  ))!.n

describe("the print supplier's days", () => {
  it('never get more letters than their capacity, from several workers at once, and the rest go the days after', async () => {
    const all = await waiting()
    for (const [time, days] of [
      ['2021-03-08T09:00:00+01:00', { '2021-03-08': 10 }],
      ['2021-03-08T17:31:00+01:00', { '2021-03-08': 10, '2021-03-09': 10 }], // after the cut-off: the next day's
      ['2021-03-09T09:00:00+01:00', { '2021-03-08': 10, '2021-03-09': 10 }],
      ['2021-03-13T09:00:00+01:00', { '2021-03-08': 10, '2021-03-09': 10, '2021-03-15': 10 }], // a Saturday
    ] as const) {
      s.clock.moveTo(new Date(time))
      await print()
      expect(await byDay()).toEqual(days)
      expect(await taken()).toEqual(days)
    }
    expect(await waiting()).toBe(all - 30)
  })

  it('are held to it by the database', async () => {
    await print()
    await expect(run(s.db.pool, 'update print_day set letters = letters + 1')).rejects.toThrow(
      'print_day_never_more_than_fits',
    )
  })

  it('get a batch that was sealed on an earlier day when it leaves, and it counts there', async () => {
    await run(
      s.db.pool,
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    )
    await run(
      s.db.pool,
      `create trigger die before update of state on batch for each row when (new.state = 'handing-over') execute function die()`,
    )
    await leaveLater(campaigns[1]!, 1)
    await expect(
      printLetters(
        s.printDeps({ batchSize: 8, schedule: { ...schedule, capacity: 8 } }),
        campaigns[0]!,
      ),
    ).rejects.toThrow('killed') // one batch: others would be under way beside it
    expect(await taken()).toEqual({ '2021-03-08': 8 })
    await run(s.db.pool, 'drop trigger die on batch')
    s.clock.moveTo(new Date('2021-03-09T09:00:00+01:00'))
    await leaveLater(campaigns[0]!, 2)
    await printLetters(s.printDeps({ batchSize: 3, schedule }), campaigns[1]!) // others are first and take nearly all of the day
    expect(await taken()).toEqual({ '2021-03-08': 8, '2021-03-09': 10 })
    await printLetters(s.printDeps({ batchSize: 8, schedule }), campaigns[0]!)
    expect(await byDay()).toEqual({ '2021-03-09': 10 })
    s.clock.moveTo(new Date('2021-03-10T09:00:00+01:00'))
    await leaveLater(campaigns[1]!, 5)
    await printLetters(s.printDeps({ batchSize: 8, schedule }), campaigns[0]!)
    expect(await byDay()).toEqual({ '2021-03-09': 10, '2021-03-10': 10 })
    expect(await taken()).toEqual({ '2021-03-09': 10, '2021-03-10': 10 })
  })

  it('split letters by postage', async () => {
    await print({ capacity: undefined })
    expect(
      await rows(
        s.db.pool,
        `select c.name, b.postage, b.grams from batch b join campaign c on c.id = b.campaign_id group by 1, 2, 3 order by 1`,
      ),
    ).toEqual([
      { name: 'one', postage: 'first', grams: 50 },
      { name: 'two', postage: 'economy', grams: 50 },
    ])
  })

  it('with more letters than the supplier takes unannounced are announced by e-mail the day before, once', async () => {
    const told = { capacity: undefined, unannounced: 10 }
    const tell = () =>
      announcePrint({
        pool: s.db.pool,
        clock: s.clock,
        log: s.printDeps().log,
        email: s.deps('email').channel,
        schedule: { ...schedule, ...told },
        to: 'tryckeri@post.example',
        region: 'Region Prov',
      })
    const all = await waiting()
    await tell()
    await tell()
    expect(s.mails().map((mail) => mail.to)).toEqual(['tryckeri@post.example'])
    await print(told)
    expect(await byDay()).toEqual({ '2021-03-08': 10 })
    s.clock.moveTo(new Date('2021-03-09T09:00:00+01:00'))
    await tell()
    await print(told)
    expect(await byDay()).toEqual({ '2021-03-08': 10, '2021-03-09': all - 10 })
    expect(s.mails()).toHaveLength(1)
  })
})

describe('a supplier that can not be reached', () => {
  it('leaves the letters waiting, and the next morning there is an alarm that says why', async () => {
    const refuse = () => Promise.reject(new Refused('supplier-unreachable', 'nobody answers'))
    await expect(
      printLetters(s.printDeps({ place: refuse, schedule }), campaigns[0]!),
    ).rejects.toThrow('nobody answers')
    expect(await lateLetters(s.db.pool, s.clock.now(), schedule)).toEqual([])
    s.clock.moveTo(new Date('2021-03-09T08:00:00+01:00'))
    const late = await lateLetters(s.db.pool, s.clock.now(), schedule)
    expect(late.map(({ campaign, why }) => [campaign, why])).toEqual(
      expect.arrayContaining([
        ['one', 'nobody answers'],
        ['two', null],
      ]),
    )
    expect(late.reduce((sum, line) => sum + line.letters, 0)).toBe(await waiting())
    await printLetters(
      s.printDeps({ place: () => openPrintFolder(join(s.folder, 'print')), schedule }),
      campaigns[0]!,
    )
    expect(readdirSync(join(s.folder, 'print')).length).toBeGreaterThan(0)
  })
})
