import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bookByCode } from '../../src/bookings/book.ts'
import { recordFailedSearch } from '../../src/bookings/cancel.ts'
import { resumeCampaign } from '../../src/campaigns/actions.ts'
import { importSupply } from '../../src/clinics/import.ts'
import { readSupply } from '../../src/clinics/read-supply.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { answerTo } from '../../src/release/model/day-line.ts'
import { keepPhone, linesOf } from '../../src/release/line-store.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'
import { anyText } from '../support/started.ts'

let s: Sending
let campaign: number
beforeEach(async () => {
  s = await sending({ people: 300, places: 20 }) // 100 places in the week of 15 March
  campaign = await s.started(openSpec({ release: { policy: 'steady' } }))
})
afterEach(() => s.close())

const release = () => releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
const morning = (date: string) => s.clock.moveTo(new Date(`${date}T07:00:00+01:00`))
const evening = (date: string) => s.clock.moveTo(new Date(`${date}T18:00:00+01:00`))
const unanswered = () =>
  rows<{ code: string }>(
    s.db.pool,
    `select code from invitation where state = 'released' and not exists (select from failed_search f where f.invitation_id = invitation.id) order by id`,
  )
const supply = (csv: string) => {
  const bytes = Buffer.from(csv)
  const source = { name: 'supply.csv', bytes, follow: () => Promise.reject(new Error('no links')) }
  return importSupply(
    s.db.pool,
    s.clock,
    source,
    readSupply('supply.csv', bytes, new Set(['SE2321000180-PROV'])),
    { dryRun: false, force: false },
  )
}
const head = 'clinic,day,vials,dose_min,dose_expected,dose_max,state\n'

describe('durable release', () => {
  it('keeps what each number was reckoned from: every day comes out the same when it is reckoned again', async () => {
    for (const date of ['2021-03-08', '2021-03-09', '2021-03-10']) {
      morning(date)
      await release()
      evening(date)
      const slots = await rows<{ id: number }>(
        s.db.pool,
        'select id from slot where booked < capacity order by starts_at',
      )
      for (const { code } of (await unanswered()).slice(0, 5))
        await bookByCode(s.db.pool, s.clock, code, slots[0]!.id, 'person')
    }
    const kept = await linesOf(s.db.pool, campaign)
    expect(kept).toHaveLength(3)
    kept.forEach((day, i) =>
      expect(answerTo(kept.slice(0, i), day.line).answer).toEqual(day.answer),
    )
    const waves = await rows<{ day: string; number: number }>(
      s.db.pool,
      'select day, number from wave order by day',
    )
    expect(waves).toEqual(kept.map(({ day, answer }) => ({ day, number: answer.areas[0]!.invite })))
    expect(
      await row(
        s.db.pool,
        'select count(*)::int as n from invitation where released_at is not null',
      ),
    ).toEqual({ n: waves.reduce((sum, wave) => sum + wave.number, 0) })
  })

  it('lets confirmed doses bound the places, and tells the controller of searches in vain', async () => {
    expect(await supply(`${head}SE2321000180-PROV,2021-03-15,2,5,6,6,confirmed\n`)).toMatchObject({
      new: 1,
      short: [],
    })
    await release()
    const [first] = await linesOf(s.db.pool, campaign)
    expect(first!.line.areas[0]).toMatchObject({
      id: 'falun',
      remaining: 300,
      free: { '2021-03-15': 10 },
      planned: { '2021-03-15': { expected: 2 } },
    })
    evening('2021-03-08')
    const codes = await unanswered()
    await recordFailedSearch(s.db.pool, s.clock, codes[0]!.code)
    morning('2021-03-09')
    await release()
    const second = (await linesOf(s.db.pool, campaign)).at(-1)!
    expect(second.line.events).toEqual([
      {
        area: 'falun',
        released: '2021-03-08',
        on: '2021-03-08',
        booked: 0,
        failedSearches: 1,
        declined: 0,
      },
    ])
    expect(second.line.areas[0]).toMatchObject({ waiting: 1 })
  })

  it('brakes by itself when a delivery is cut, says why, and goes on when a person resumes', async () => {
    await supply(`${head}SE2321000180-PROV,2021-03-15,20,5,5,5,confirmed\n`)
    await release()
    morning('2021-03-09')
    expect(await supply(`${head}SE2321000180-PROV,2021-03-15,4,5,5,5,confirmed\n`)).toMatchObject({
      changed: 1,
    })
    expect(await release()).toBe(0)
    expect(await row(s.db.pool, 'select state, paused_why as why from campaign')).toEqual({
      state: 'paused',
      why: 'release: supply-cut',
    })
    await resumeCampaign(
      { pool: s.db.pool, clock: s.clock, jobs: s.jobs, textGate: anyText },
      'open-campaign',
      'anna',
    )
    expect(await release()).toBe(0) // the day has been reckoned
    morning('2021-03-10')
    await release()
    expect(await row(s.db.pool, 'select state from campaign')).toEqual({ state: 'running' })
    expect((await linesOf(s.db.pool, campaign)).at(-1)!.answer.paused).toBeNull()
  })

  it('remembers what was believed: every delivery and every capacity', async () => {
    await supply(`${head}SE2321000180-PROV,2021-03-15,20,5,6,6,planned\n`)
    expect(await supply(`${head}SE2321000180-PROV,2021-03-15,20,5,6,6,planned\n`)).toMatchObject({
      new: 0,
      changed: 0,
      unchanged: 1,
    })
    s.clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
    await supply(`${head}SE2321000180-PROV,2021-03-15,10,5,6,6,confirmed\n`)
    expect(
      await rows(s.db.pool, 'select vials, state, believed_at from supply order by id'),
    ).toEqual([
      { vials: 20, state: 'planned', believed_at: new Date('2021-03-08T06:00:00Z') },
      { vials: 10, state: 'confirmed', believed_at: new Date('2021-03-09T06:00:00Z') },
    ])
    await run(s.db.pool, 'update slot set capacity = 7 where id = 1')
    expect(
      await rows(s.db.pool, 'select capacity from slot_history where slot_id = 1 order by since'),
    ).toEqual([{ capacity: 20 }, { capacity: 7 }])
  })

  it('says who is affected when people are booked for doses that will not come', async () => {
    await release()
    for (const { code } of (await unanswered()).slice(0, 8))
      await bookByCode(s.db.pool, s.clock, code, 1, 'person')
    expect((await supply(`${head}SE2321000180-PROV,2021-03-15,1,5,5,5,confirmed\n`)).short).toEqual(
      [
        {
          hsaId: 'SE2321000180-PROV',
          clinic: 'Provkliniken',
          area: 'falun',
          day: '2021-03-15',
          booked: 8,
          doses: 5,
          by: 3,
        },
      ],
    )
  })

  it('is told how long the post takes where nearly everybody gets a letter', async () => {
    await release()
    const [mixed] = await linesOf(s.db.pool, campaign) // every third gets an e-mail
    expect(mixed!.line.postDays).toBeUndefined()
    await run(s.db.pool, `update invitation set route = 'post'`)
    morning('2021-03-09')
    await release()
    expect((await linesOf(s.db.pool, campaign)).at(-1)!.line.postDays).toBe(3)
  })

  it('is told what the phones can take', async () => {
    await keepPhone(s.db.pool, '2021-03-08', { capacity: 40 })
    await keepPhone(s.db.pool, '2021-03-07', { calls: 7 })
    await release()
    expect((await linesOf(s.db.pool, campaign))[0]!.line.phone).toEqual({
      capacity: 40,
      callsYesterday: 7,
    })
  })
})
