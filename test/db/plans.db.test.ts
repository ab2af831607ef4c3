import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type pg from 'pg'
import { bookedBy, subjectByCode, subjectByInvitation } from '../../src/bookings/booking-subject.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { cancelByCode, recordFailedSearch } from '../../src/bookings/cancel.ts'
import { confirmByEmail } from '../../src/bookings/confirm.ts'
import { clinicsWithTimes, offeredTime, timesOnDay } from '../../src/bookings/find.ts'
import { moveAppointment } from '../../src/bookings/move.ts'
import { followLinks } from '../../src/campaigns/follow-links.ts'
import type { CampaignSpec } from '../../src/campaigns/spec.ts'
import { MovableClock } from '../../src/clock.ts'
import { row, run, type Db } from '../../src/db/pool.ts'
import { openBatch, voidBatches, type Batch } from '../../src/ledger/batches.ts'
import { finishCampaigns } from '../../src/ledger/campaigns.ts'
import { leaveWithBatch, putInBatch } from '../../src/ledger/messages-letters.ts'
import { markSending, putBack, recordTries } from '../../src/ledger/messages-sending.ts'
import { recallCancelled } from '../../src/ledger/messages.ts'
import {
  firstNoticeWaiting,
  lettersInTurn,
  lockDue,
  lockDueLetters,
} from '../../src/messages/claim.ts'
import { laneAges } from '../../src/messages/queue-age.ts'
import { takeNextChannel } from '../../src/messages/dispatch/next-channel.ts'
import { settleDoubts } from '../../src/messages/dispatch/settle.ts'
import { lettersOf, stoppedIn } from '../../src/messages/print/batch-letters.ts'
import { lateLetters } from '../../src/messages/print/late-letters.ts'
import { recordReceipts } from '../../src/messages/receipts.ts'
import { withdrawUndelivered, wake } from '../../src/messages/sweep.ts'
import { settleCorrected } from '../../src/notices/correct-recall.ts'
import { passOnInHouseholds } from '../../src/notices/people.ts'
import { openLog } from '../../src/log.ts'
import { expireOpen } from '../../src/release/store.ts'
import { roundsAtWork } from '../../src/reserve/store.ts'
import { sentWithCode } from '../../src/verification/check-codes.ts'
import { askReminders } from '../../src/visits/attendance-reminders.ts'
import { databaseWithJobs } from '../support/database.ts'
import { explainedPool } from '../support/plans.ts'
import { addCampaigns, addPeople } from '../support/whole-region.ts'

// The statements that are sent for each message, each booking and each minute, as the product sends them, in a region
// of 200 000 people: none may read all people, messages, invitations or appointments. A plan that does works on a
// developer's table of a hundred rows, and with the planner's statistics of one.

const people = 200_000
const clock = new MovableClock(new Date('2021-03-14T12:00:00+01:00'))
const now = clock.now()

let db: Awaited<ReturnType<typeof databaseWithJobs>>
let explained: ReturnType<typeof explainedPool>
beforeAll(async () => {
  db = await databaseWithJobs()
  explained = explainedPool(db.url)
  for (const table of ['person', 'message', 'invitation', 'appointment', 'slot', 'outgoing'])
    await run(db.pool, `alter table ${table} set (autovacuum_enabled = false)`) // else it is a game of chance
  await addCampaigns(db.pool)
  await addPeople(db.pool, 1, 300)
  await run(db.pool, 'analyze')
  await addPeople(db.pool, 301, people)
  await run(
    db.pool,
    `update slot s set booked = (select count(*) from appointment a where a.slot_id = s.id)`,
  )
}, 120_000)
afterAll(async () => {
  await explained.pool.end()
  await db.drop()
})

/** Does it in a transaction that is rolled back. */
const tried = async (pool: pg.Pool, work: (tx: pg.PoolClient) => Promise<unknown>) => {
  const tx = await pool.connect()
  try {
    await run(tx, 'begin')
    await work(tx)
  } finally {
    await run(tx, 'rollback')
    tx.release()
  }
}

const ready = (ids: string[]) =>
  ids.map((id) => ({
    id,
    content: Buffer.from('x'),
    sha256: 'x',
    templateVersion: '1',
    recipient: 'r',
  }))

async function send(tx: Db, channel: 'sms' | 'email', below: number | null): Promise<void> {
  const due = await lockDue(tx, channel, now, 200, below)
  await markSending(tx, ready(due.map(({ id }) => id)), 'worker')
  const ids = due.map(({ id }) => id)
  const sent = { state: 'sent', reason: null, providerId: null, after: 0, refused: false } as const
  await recordTries(
    tx,
    ids.slice(0, 20).map((id) => ({ id, ...sent })),
    'worker',
    now,
  )
  await putBack(tx, ids.slice(20), 'worker')
}

async function print(tx: Db, after: (batch: Batch) => Promise<unknown>): Promise<void> {
  const due = await lockDueLetters(tx, { id: 1, spec: {} as CampaignSpec }, now, 1000)
  const letterIds = due.map(({ id }) => id).sort()
  await run(tx, `insert into print_day (day, letters) values ('2021-03-15', 1000)`)
  const batch = await openBatch(
    tx,
    {
      id: 1,
      name: 'open',
      postage: 'first',
      grams: 50,
      printDay: '2021-03-15',
      letterIds,
    },
    now,
  )
  const kept = await row<{ id: number }>(
    tx,
    `insert into kept_letters (packed) values ('') returning id`,
  )
  await putInBatch(tx, batch, ready(letterIds), kept!.id, [])
  await lettersOf(tx, batch.id).catch(() => []) // nothing is kept that could be unpacked
  await stoppedIn(tx, batch.id, now)
  await after(batch)
}

async function visit(tx: Db): Promise<void> {
  const subject = (await subjectByCode(tx, 'A11', '19200112'))!
  await subjectByInvitation(tx, subject.invitation!.id)
  await bookedBy(tx, subject)
  const search = {
    area: subject.invitation!.area,
    from: now,
    firstDay: null,
    lastDay: null,
    listedClinic: null,
    noCentral: false,
  }
  const [clinic] = await clinicsWithTimes(tx, search)
  const { times } = await timesOnDay(tx, search, clinic!.clinicId, '2021-03-16')
  await offeredTime(tx, search, times[0]!.slotId)
  const { appointmentId } = await bookByCode(tx, clock, 'A11', times[0]!.slotId, 'person')
  await confirmByEmail(tx, subject.invitation!.id, appointmentId, now)
  await moveAppointment(tx, now, subject, times[1]!.slotId, 'person')
  await cancelByCode(tx, clock, 'A11')
  await recordFailedSearch(tx, clock, 'A11')
}

const silent = openLog('silent')
const provider = {
  perSecond: 1,
  connections: 1,
  compose: () => Promise.reject(new Error('not asked')),
  send: () => Promise.reject(new Error('not asked')),
  find: () => Promise.resolve({ kind: 'cannot-say' as const }),
  close: () => Promise.resolve(),
}

const work: Record<string, (pool: pg.Pool) => Promise<unknown>> = {
  'SMS are claimed, and recorded': (pool) => tried(pool, (tx) => send(tx, 'sms', null)),
  'e-mails are claimed, and recorded': (pool) => tried(pool, (tx) => send(tx, 'email', null)),
  'notices are claimed': (pool) => tried(pool, (tx) => send(tx, 'email', 50)),
  'the age of lanes is looked at': (pool) => laneAges(pool, now, false),
  'notices are looked for': (pool) => firstNoticeWaiting(pool, 'sms', now),
  'the next letters of all campaigns are counted': (pool) => lettersInTurn(pool, 1, now, 1000),
  'letters are claimed, printed and handed over': (pool) =>
    tried(pool, (tx) => print(tx, (batch) => leaveWithBatch(tx, batch.id, now))),
  'letters are taken back': (pool) =>
    tried(pool, (tx) => print(tx, (batch) => voidBatches(tx, [batch.id]))),
  'receipts come': async (pool) =>
    recordReceipts(pool, [
      {
        messageId: (await row<{ id: string }>(db.pool, 'select id from message limit 1'))!.id,
        status: 'other',
        at: now,
        errorCode: null,
        raw: {},
      },
    ]),
  'somebody books, moves and cancels': (pool) => tried(pool, visit),
  'somebody checks a code': (pool) => sentWithCode(pool, 'l11'),
  'the sweep follows links': (pool) => tried(pool, (tx) => followLinks(tx, now)),
  'the sweep settles doubts': (pool) =>
    settleDoubts(pool, { ...provider, name: 'sms' }, 1e9, silent),
  'the sweep asks who comes': (pool) =>
    askReminders({ pool, clock, jobs: db.jobs, quiet: { from: 20, to: 8 } }),
  'the sweep looks at rounds': (pool) => roundsAtWork(pool, now),
  'the sweep wakes lanes': (pool) => tried(pool, (tx) => wake(tx, db.jobs, now)),
  'the sweep recalls what is cancelled': (pool) => tried(pool, recallCancelled),
  'the sweep follows up corrections': (pool) => tried(pool, (tx) => settleCorrected(tx, now)),
  'the sweep takes the next channel': (pool) => tried(pool, (tx) => takeNextChannel(tx, now)),
  'the sweep withdraws who was not reached': (pool) =>
    tried(pool, (tx) => withdrawUndelivered(tx, now)),
  'the sweep passes on in households': (pool) => tried(pool, (tx) => passOnInHouseholds(tx, now)),
  'the sweep lets invitations expire': (pool) => tried(pool, (tx) => expireOpen(tx, now)),
  'the sweep ends campaigns': (pool) => tried(pool, (tx) => finishCampaigns(tx, now)),
  'the morning looks for late letters': (pool) => lateLetters(pool, now, { cutOff: '16:00' }),
}

const large = ['person', 'message', 'invitation', 'appointment']

describe.each([
  ['before the planner has seen the new rows', () => Promise.resolve()],
  ['when the planner knows all rows', () => run(db.pool, 'analyze')],
])('%s, no table of many rows is read whole when', (_, prepare) => {
  beforeAll(async () => void (await prepare()))
  it.each(Object.keys(work))('%s', async (what) => {
    explained.plans()
    await work[what]!(explained.pool)
    const plans = explained.plans()
    expect(plans.length).toBeGreaterThan(0)
    expect(plans.filter(({ scanned }) => scanned.some((t) => large.includes(t)))).toEqual([])
  })
})
