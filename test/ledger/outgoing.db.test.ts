import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { randomInt } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { composeAgain, recallMessages, recallTheseMessages } from '../../src/ledger/messages.ts'
import { markSending, putBack, recordTries } from '../../src/ledger/messages-sending.ts'
import { lockDue } from '../../src/messages/claim.ts'
import { recordReceipts } from '../../src/messages/receipts.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { testDatabase } from '../support/database.ts'
import { disagreements } from '../support/outgoing.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
let campaign: number
beforeEach(async () => {
  s = await sending({ people: 60, places: 60 })
  campaign = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
})
afterEach(() => s.close())

const waiting = async () =>
  Object.fromEntries(
    (
      await rows<{ channel: string; n: number }>(
        s.db.pool,
        `select channel, count(*)::int as n from outgoing where state = 'queued' group by 1`,
      )
    ).map(({ channel, n }) => [channel, n]),
  )

describe('the table of what is on its way out', () => {
  it('has what is released, and loses what is printed, sent or recalled', async () => {
    const released = await waiting()
    expect(released['letter']).toBeGreaterThan(5)
    expect(released['sms']).toBeGreaterThan(5)
    expect(released['email']).toBeGreaterThan(5)
    expect(await disagreements(s.db.pool)).toEqual([])

    await printLetters(s.printDeps(), campaign)
    await s.send('email')
    await s.send('sms')
    expect(await disagreements(s.db.pool)).toEqual([])
    const reminders = await waiting() // due later
    expect(reminders['letter'] ?? 0).toBe(0)

    const all = 'select id from invitation'
    await recallMessages(s.db.pool, { sql: all, values: [] }, 'test')
    expect(await waiting()).toEqual({})
    expect(await disagreements(s.db.pool)).toEqual([])
  })

  it('follows whatever changes a message by hand, in sets of mixed rows', async () => {
    await run(s.db.pool, `update message set due_at = due_at + interval '1 day', priority = 7`)
    await run(
      s.db.pool,
      `update message
          set state = case when person_id % 2 = 0 then 'suppressed' else 'recalled' end, reason = 'test'
        where person_id % 3 > 0`,
    )
    await run(s.db.pool, 'delete from message where person_id % 6 = 0')
    expect(await disagreements(s.db.pool)).toEqual([])
    expect(await row(s.db.pool, 'select count(*)::int as n from outgoing')).toEqual(
      await row(
        s.db.pool,
        'select count(*)::int as n from message where person_id % 3 = 0 and person_id % 6 > 0',
      ),
    )
  })

  it('agrees, and nobody waits for another in a circle, when senders, receipts and recalls meet', async () => {
    const ids = (
      await rows<{ id: string }>(s.db.pool, `select id from message where channel = 'email'`)
    ).map(({ id }) => id)
    const some = () => ids.filter(() => randomInt(3) === 0).sort(() => randomInt(3) - 1)
    const deeds = [sendSome, receive, recallOne, again].map((deed) => async () => {
      for (let i = 0; i < 60; i++) await deed(some())
    })
    await Promise.all([...deeds, ...deeds].map((deed) => deed()))
    expect(await disagreements(s.db.pool)).toEqual([])
  }, 60_000)
})

const now = () => s.clock.now()

/** Claims some, and says of each that it was sent, is in doubt, failed, or goes back. */
async function sendSome(): Promise<void> {
  const worker = String(randomInt(1e9))
  const due = await transaction(s.db.pool, async (tx) => {
    const found = await lockDue(tx, 'email', now(), 5, null)
    const ready = found.map(({ id }) => ({
      id,
      content: Buffer.from('x'),
      sha256: 'x',
      templateVersion: '1',
      recipient: 'a@example.se',
    }))
    await markSending(tx, ready, worker)
    return ready
  })
  const states = ['sent', 'queued', 'queued', 'queued', 'in-doubt'] as const
  const verdicts = due.slice(1).map(({ id }) => {
    const state = states[randomInt(states.length)]!
    return { id, state, reason: null, providerId: null, after: 0, refused: false }
  })
  await recordTries(s.db.pool, verdicts, worker, now())
  await putBack(
    s.db.pool,
    due.slice(0, 1).map(({ id }) => id),
    worker,
  )
}

const receive = (ids: string[]) =>
  recordReceipts(
    s.db.pool,
    ids
      .slice(0, 3)
      .map((messageId) => ({ messageId, status: 'other', at: now(), errorCode: null, raw: {} })),
  )

const recallOne = (ids: string[]) =>
  recallTheseMessages(
    s.db.pool,
    { sql: 'select unnest($1::uuid[]) as id', values: [ids.slice(0, randomInt(8) ? 0 : 1)] },
    'test',
  )

const again = (ids: string[]) =>
  composeAgain(s.db.pool, {
    sql: 'select unnest($1::uuid[]) as id',
    values: [ids.slice(0, 2).sort()],
  })

describe('the indexes of message', () => {
  // A change of state is written beside its row only if no index, in its columns or its condition, speaks of a column
  // that changes: one that does makes it write into all of them.
  it('speak of nothing that changes on the way out, but for the one of provider ids', async () => {
    const changing = [
      'state',
      'reason',
      'due_at',
      'attempts',
      'recipient',
      'content_sha256',
      'sending_since',
      'worker',
      'sent_at',
      'delivered_at',
      'batch_id',
      'batch_page',
      'kept_in',
      'kept_line',
      'provider_id',
    ]
    const indexes = await rows<{ name: string; definition: string }>(
      s.db.pool,
      `select c.relname as name, pg_get_indexdef(c.oid) as definition
         from pg_index x
         join pg_class c on c.oid = x.indexrelid
         join pg_am a on a.oid = c.relam
        where x.indrelid = 'message'::regclass
          and a.amname <> 'brin'`, // does not count (it summarises)
    )
    expect(indexes.length).toBeGreaterThan(5)
    expect(
      indexes
        .filter(({ definition }) =>
          changing.some((column) => new RegExp(String.raw`\b${column}\b`).test(definition)),
        )
        .map(({ name }) => name),
    ).toEqual(['message_provider'])
  })
})

describe('the migration that makes it', () => {
  it('carries over what is on its way, and tells each batch its letters', async () => {
    const folder = new URL('../../migrations/', import.meta.url)
    const sqlOf = (name: string) => readFileSync(new URL(name, folder), 'utf8')
    const old = await testDatabase()
    try {
      await run(old.pool, 'drop schema public cascade')
      await run(old.pool, 'create schema public')
      for (const name of readdirSync(folder).sort())
        if (name < '0021') await old.pool.query(sqlOf(name))
      await old.pool.query(`
        insert into person (identity_number, identity_kind, given_name, family_name)
          select '19440101' || to_char(n, 'FM0000'), 'personnummer', 'A', 'B' from generate_series(1, 6) n;
        insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now());
        insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at)
          values ('c', 'p', 'open', 1, '{}', 'anna', now());
        insert into invitation (campaign_id, person_id, purpose, state, area, route, language, state_since)
          select 1, id, 'p', 'planned', 'a', 'r', 'sv', now() from person;
        insert into batch (name, campaign_id, created_at) values ('one', 1, now());
        insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language,
               template, due_at, created_at, state, reason, content, content_sha256, template_version,
               sending_since, worker, batch_id)
          select i.id, 1, i.person_id, 'p', 1, 'invitation', channel, 'sv', 't', now(), now(), m.state, m.reason,
                 '', '', '', now(), 'w', m.batch
            from (values (1, 'letter', 'queued', null, null), (2, 'letter', 'sending', null, 1),
                         (3, 'sms', 'sending', null, null), (4, 'email', 'in-doubt', null, null),
                         (5, 'sms', 'sent', null, null), (6, 'letter', 'suppressed', 'deceased', null))
                 m (person, channel, state, reason, batch)
            join invitation i on i.person_id = m.person`)
      await old.pool.query(sqlOf('0021_outgoing.sql'))
      await old.pool.query(sqlOf('0036_print_order.sql'))
      expect(await disagreements(old.pool)).toEqual([])
      expect(
        await rows(old.pool, 'select channel, state from outgoing order by channel, state'),
      ).toEqual([
        { channel: 'email', state: 'in-doubt' },
        { channel: 'letter', state: 'queued' },
        { channel: 'sms', state: 'sending' },
      ])
      expect(
        await rows(
          old.pool,
          'select m.person_id as person from batch b join message m on m.id = any(b.letter_ids)',
        ),
      ).toEqual([{ person: 2 }])
    } finally {
      await old.drop()
    }
  })
})
