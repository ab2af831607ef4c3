import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { rows, run } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { readFigures } from '../../src/reports/figures.ts'
import { registerPurposes } from '../support/purposes.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

// The region is Dalarna (20): Falun (2080) and Borlänge (2081) have a clinic. A play has three people who are listed
// nowhere: the third has e-mail and a mobile, the others only an address.
let s: Sending
let play = 0
let first = 0
beforeAll(async () => {
  s = await sending({ people: 36, places: 40 })
  await registerPurposes(
    s.db.pool,
    [1, 2, 3, 4, 5, 6].map((n) => `play/${n}`),
  )
  await run(
    s.db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
     values ('SE2321000180-BORL', 'Borlänge', '2081', 'borlange', 'Gatan 1', '78431', 'Borlänge', '+46846500402', '')`,
  )
})
afterAll(() => s.close())
beforeEach(() => {
  first = 3 * play++ + 1
})

const uppsala = '0380'
const borlange = '2081'
const name = () => `play-${play}`
/** The play's n-th person, from 1; the third has e-mail. */
const person = (n: number) => first - 1 + n

async function started(over: object = {}): Promise<number> {
  await run(
    s.db.pool,
    `update person set birth_date = case when id between $1 and $1 + 2 then date '1944-05-05' else date '1980-01-01' end`,
    [first],
  )
  const id = await s.started(
    openSpec({
      name: name(),
      purpose: `play/${play}`,
      release: { policy: 'eager' },
      ...over,
    }),
  )
  wait(60_000)
  return id
}
async function move(n: number, to: string): Promise<void> {
  wait(60_000)
  await run(s.db.pool, 'update person set municipality = $2, updated_at = $3 where id = $1', [
    person(n),
    to,
    s.clock.now(),
  ])
  wait(60_000)
}
const wait = (ms: number) => s.clock.moveTo(new Date(s.clock.now().getTime() + ms))
const deps = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })
const print = (id: number, over = {}) => printLetters(s.printDeps(over), id)
async function send(id: number): Promise<void> {
  await s.send('email')
  await s.send('sms')
  await print(id)
  await withdrawUndelivered(s.db.pool, s.clock.now())
}
/** What became of each, in order; the funnel is looked at beside. */
async function became(id: number): Promise<string[]> {
  const { campaigns } = await readFigures(s.db.pool, s.clock.now()) // refuses a funnel that does not add up
  expect(campaigns.find((c) => c.id === id)!.cohortSize).toBe(3)
  const found = await rows<{ state: string; reason: string | null }>(
    s.db.pool,
    'select state, reason from invitation where campaign_id = $1 order by person_id',
    [id],
  )
  return found.map((i) => (i.reason ? `${i.state} ${i.reason}` : i.state))
}
const messages = (id: number, n: number) =>
  rows(
    s.db.pool,
    `select step, channel, state, reason from message where campaign_id = $1 and person_id = $2 order by due_at`,
    [id, person(n)],
  )

it('who has left the region is not told, by letter or by e-mail; who moved within it is', async () => {
  const id = await started()
  await move(1, uppsala)
  await move(2, borlange)
  await move(3, uppsala)
  await releaseWave(deps(), id)
  await send(id)
  expect(await became(id)).toEqual([
    'withdrawn moved-out-of-region',
    'released',
    'withdrawn moved-out-of-region',
  ])
})

it('who moved while the letter was drawn: the batch is given up, and the others go in the next', async () => {
  const id = await started()
  await releaseWave(deps(), id)
  await expect(
    print(id, { place: () => Promise.reject(new Error('the folder is gone')) }),
  ).rejects.toThrow('the folder is gone')
  expect(await messages(id, 1)).toMatchObject([{ state: 'sending' }])
  await move(1, uppsala)
  await send(id)
  expect(await messages(id, 1)).toMatchObject([
    { state: 'suppressed', reason: 'moved-out-of-region' },
  ])
  expect(await messages(id, 2)).toMatchObject([{ state: 'sent' }])
  expect(await became(id)).toEqual(['withdrawn moved-out-of-region', 'released', 'released'])
})

it('nobody is reminded to book who has left since the invitation, and the invitation stays as it was', async () => {
  const id = await started()
  await releaseWave(deps(), id)
  await send(id)
  await move(3, uppsala)
  wait(75 * 3_600_000) // no SMS before eight
  await send(id)
  expect(await messages(id, 3)).toMatchObject([
    { step: 'invitation', state: 'sent' },
    { step: 'reminder', state: 'suppressed', reason: 'moved-out-of-region' },
  ])
  expect(await became(id)).toEqual(['released', 'released', 'released'])
})

it('by the rule of the campaign: another area stops too, and leaving the region does not', async () => {
  const id = await started({ moved: { outOfRegion: 'keep', otherArea: 'stop' } })
  await move(1, uppsala)
  await move(2, borlange)
  await move(3, borlange)
  await move(3, '2080') // and back again
  await releaseWave(deps(), id)
  await send(id)
  expect(await became(id)).toEqual(['released', 'withdrawn moved-to-other-area', 'released'])
})

it('who was invited although they lived outside is told, wherever they live now', async () => {
  await run(
    s.db.pool,
    `update person set municipality = $2, listed_clinic = 'SE2321000180-PROV' where id = $1`,
    [person(1), uppsala],
  )
  wait(60_000)
  const id = await started()
  await move(1, '0180')
  await releaseWave(deps(), id)
  await send(id)
  expect(await became(id)).toEqual(['released', 'released', 'released'])
})

it('a fixed time that nobody has been told of goes back; one that has been told is kept, with its reminder', async () => {
  await run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-04-30 09:00+02', 20)`,
  )
  const id = await started({
    way: 'timed',
    slots: { from: '2021-04-30' },
    channels: [
      {
        route: 'digital',
        needs: ['email', 'mobile'],
        steps: [
          { step: 'invitation', channel: 'email', template: 'invitation-timed' },
          { step: 'reminder', channel: 'sms', template: 'reminder', after: 3 },
        ],
      },
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
      },
    ],
  })
  await move(2, uppsala) // before there was a time
  await assignTimes(deps(), id)
  await releaseWave(deps(), id)
  await s.send('email')
  await move(1, uppsala)
  await move(3, uppsala)
  await send(id)
  wait(75 * 3_600_000) // no SMS before eight
  await send(id)
  expect(await became(id)).toEqual([
    'withdrawn moved-out-of-region',
    'suppressed moved-out-of-region',
    'released',
  ])
  expect(await messages(id, 3)).toMatchObject([
    { state: 'sent' },
    { step: 'reminder', state: 'sent' },
  ])
  expect(
    await rows(
      s.db.pool,
      `select person_id as person, state from appointment where purpose = $1 order by 1`,
      [`play/${play}`],
    ),
  ).toEqual([
    { person: person(1), state: 'cancelled' },
    { person: person(3), state: 'booked' },
  ])
})
