import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { approveReissue, proposeReissue } from '../../src/reissue/reissue.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { callsToMake, recordTry } from '../../src/visits/call-list.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// Letters are three working days in the post. The times are two a day from Monday the 15th to Friday the 19th; person
// 3, 6, 9 … have a mobile and an e-mail address, the others only a postal address.
const hsaId = 'SE2321000180-PROV'
let s: Sending
beforeEach(async () => {
  s = await sending({ people: 12, places: 2 })
})
afterEach(() => s.close())

const deps = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })
const propose = (from = '2021-03-15', to = '2021-03-19') =>
  proposeReissue(deps(), {
    hsaId,
    from,
    to,
    slots: null,
    chains: false,
    withinDays: 28,
    by: 'anna',
    dryRun: false,
  })
const free = (day: string, places: number) =>
  run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity)
     values (1, $1, $2)
     on conflict (clinic_id, starts_at) do update
        set capacity = slot.capacity + excluded.capacity`,
    [`${day} 09:00+01`, places],
  )

/** Two people a day have been told of their time by letter. */
async function told(leastNotice = 0): Promise<void> {
  const id = await s.started(
    openSpec({
      name: 'fixed',
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
  await assignTimes(deps(), id)
  await releaseWave(deps(), id)
  expect(await printLetters(s.printDeps(), id)).toBe(10)
  await run(
    s.db.pool,
    `update campaign set spec = jsonb_set(spec, '{leastNotice}', $1) where id = $2`,
    [JSON.stringify({ letter: leastNotice, sms: leastNotice, email: leastNotice }), id],
  )
}
const close = (days: string) =>
  run(
    s.db.pool,
    `update slot
        set capacity = 0, overbooked = booked
      where to_char(starts_at at time zone 'Europe/Stockholm', 'DD') = any(string_to_array($1, ' '))`,
    [days],
  )
/** Who had a time on the day, and whether they have a mobile. */
const people = (day: string) =>
  rows<{ id: number; mobile: boolean }>(
    s.db.pool,
    `select p.id, p.phone is not null as mobile
       from appointment a
       join slot s on s.id = a.slot_id
       join person p on p.id = a.person_id
      where s.starts_at::date = $1
      order by p.id`,
    [day],
  )

describe('a new time', () => {
  it('keeps the least notice of the campaign, and it is said for whom there are only nearer ones', async () => {
    await told(5)
    await close('15')
    await free('2021-03-17', 2) // in the letterbox on Thursday the 11th; five working days later is the 18th
    await free('2021-03-18', 1)
    const proposed = await propose()
    expect(proposed).toMatchObject({ moved: 1, queued: 1, shortNotice: 1 })
    expect(proposed.lines.map((line) => [line.outcome, line.reason])).toEqual([
      ['moved', null],
      ['queued', 'short-notice'],
    ])
    expect(proposed.lines[0]!.to).toEqual(new Date('2021-03-18T09:00:00+01:00'))
  })

  it('is not said to be too near when there is none at all', async () => {
    await told(5)
    await close('15')
    expect(await propose()).toMatchObject({ moved: 0, queued: 2, shortNotice: 0 })
  })
})

describe('a change that a letter tells of too late', () => {
  beforeEach(() => told())

  it('goes by SMS too, else the clinic calls, and the approval says how many', async () => {
    s.clock.moveTo(new Date('2021-03-12T10:00:00+01:00')) // the letter comes on Wednesday the 17th
    const [monday, friday] = [await people('2021-03-15'), await people('2021-03-19')]
    await run(s.db.pool, `update person set phone = null, email = null where id = $1`, [
      monday[0]!.id,
    ])
    await run(s.db.pool, `update person set phone = '+46701740605' where id = $1`, [monday[1]!.id])
    await close('15 19')
    await free('2021-03-22', 4)
    const { id } = await propose()
    const done = await approveReissue(deps(), id!, 'bertil')
    expect(done.inTime).toEqual({ sms: 1, email: 0, call: 1 }) // for those of Friday a letter will do
    expect(friday).toHaveLength(2)

    const campaign = (await row<{ id: number }>(
      s.db.pool,
      `select id from campaign where name = 'fixed-reissue-1'`,
    ))!.id
    await releaseWave(deps(), campaign)
    expect(await printLetters(s.printDeps(), campaign)).toBe(4)
    expect(await s.send('sms')).toBe(1)
    expect(
      await rows(
        s.db.pool,
        `select person_id from message where channel = 'sms' and state = 'sent'`,
      ),
    ).toEqual([{ person_id: monday[1]!.id }])
    expect(s.texts()).toHaveLength(1)

    const calls = await callsToMake(deps(), hsaId, 'mottagningen')
    expect(calls).toMatchObject([
      { personId: monday[0]!.id, why: 'moved-time', newTime: { clinic: 'Provkliniken' } },
    ])
    await recordTry(deps(), calls[0]!.id, 'told', 'mottagningen')
    expect(await callsToMake(deps(), hsaId, 'mottagningen')).toEqual([])
  })

  it('goes by e-mail to people without a mobile; a cancelled time too, before any letter', async () => {
    s.clock.moveTo(new Date('2021-03-12T10:00:00+01:00'))
    const monday = await people('2021-03-15')
    await run(
      s.db.pool,
      `update person set phone = null, email = 'namn@post.example' where id = any($1)`,
      [monday.map((p) => p.id)],
    )
    await close('15')
    const { id } = await propose()
    const done = await approveReissue(deps(), id!, 'bertil')
    expect(done).toMatchObject({ queued: 2, inTime: { sms: 0, email: 2, call: 0 } })
    expect(await s.send('email')).toBe(2)
    expect(s.mails()).toHaveLength(2)
    expect(
      await rows(
        s.db.pool,
        `select channel, template, state from message where step = 'queue' order by channel, id`,
      ),
    ).toEqual([
      { channel: 'email', template: 'moved-queue', state: 'sent' },
      { channel: 'email', template: 'moved-queue', state: 'sent' },
      { channel: 'letter', template: 'moved-queue', state: 'queued' },
      { channel: 'letter', template: 'moved-queue', state: 'queued' },
    ])
  })

  it('within the hour is told by phone, whatever contacts there are', async () => {
    s.clock.moveTo(new Date('2021-03-15T08:30:00+01:00'))
    await run(s.db.pool, `update person set phone = '+46701740605'`)
    await close('15')
    const { id } = await propose('2021-03-15', '2021-03-15')
    expect((await approveReissue(deps(), id!, 'bertil')).inTime).toEqual({
      sms: 0,
      email: 0,
      call: 2,
    })
  })

  it('is left to the letter when there is time for it', async () => {
    await close('15')
    const { id } = await propose()
    expect((await approveReissue(deps(), id!, 'bertil')).inTime).toEqual({
      sms: 0,
      email: 0,
      call: 0,
    })
    expect(await rows(s.db.pool, 'select from call_list')).toEqual([])
  })
})
