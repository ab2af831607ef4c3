import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { followLinks } from '../../src/campaigns/follow-links.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { duplicates } from '../../src/reports/duplicates.ts'
import { createApiKey } from '../../src/staff/api-keys.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

let s: Sending
let web: Listening | undefined
beforeEach(async () => {
  s = await sending({ people: 12, places: 12, env: { PORT: '0' } })
})
afterEach(async () => {
  await web?.close()
  web = undefined
  await s.close()
})

const byLetter = (name: string, more: object = {}) =>
  openSpec({
    name,
    channels: [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
      },
    ],
    ...more,
  })
const release = (id: number) => releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
const print = (id: number) => printLetters(s.printDeps(), id)
const link = async (from: number, to: number) => {
  await run(s.db.pool, 'update person set same_as = $2 where id = $1', [from, to])
  await transaction(s.db.pool, (tx) => followLinks(tx, s.clock.now()))
}
/** How many invitations left for each human being: linked records are one. */
const sentTo = async () =>
  Object.fromEntries(
    (
      await rows<{ id: number; n: number }>(
        s.db.pool,
        `select coalesce(p.same_as, p.id) as id, count(*)::int as n from message m join person p on p.id = m.person_id where m.sent_at is not null and m.step = 'invitation' group by 1`,
      )
    ).map((r) => [r.id, r.n]),
  )
const most = async () => Math.max(...Object.values(await sentTo()))

describe('nobody gets the same send twice', () => {
  it('by two campaigns with overlapping cohorts, whichever is released first', async () => {
    await run(s.db.pool, `update person set birth_date = '1950-01-01' where id = 12`) // in the second only
    const one = await s.started(byLetter('one'))
    const two = await s.started(
      byLetter('two', { cohort: { name: 'falun', rule: { municipality: ['2080'] } } }),
    )
    // the second campaign's turn comes when the first has nobody left
    for (const [day, ids] of [
      ['08', [two, one, two, one]],
      ['09', [two, one]],
    ] as const) {
      s.clock.moveTo(new Date(`2021-03-${day}T07:00:00+01:00`))
      for (const id of ids) {
        await release(id)
        await print(id)
      }
    }
    expect([Object.keys(await sentTo()).length, await most()]).toEqual([12, 1])
  })

  it('by two records that are linked before the plan', async () => {
    await run(s.db.pool, 'update person set same_as = 2 where id = 1')
    const id = await s.started(byLetter('one'))
    await release(id)
    await print(id)
    expect([Object.keys(await sentTo()).length, await most()]).toEqual([11, 1])
  })

  it.each(['planned', 'released'])(
    'by two records of one campaign that are linked when it is %s',
    async (when) => {
      const id = await s.started(byLetter('one'))
      if (when === 'released') await release(id)
      await link(1, 2)
      await release(id)
      await print(id)
      expect([Object.keys(await sentTo()).length, await most()]).toEqual([11, 1])
    },
  )

  it.each([
    [1, 2],
    [2, 1],
  ])(
    'by two records in two campaigns, of which the one has left and the other waits, linked %i → %i',
    async (from, to) => {
      const one = await s.started(
        byLetter('one', { cohort: { name: 'first', rule: { born: { from: 1944, to: 1944 } } } }),
      )
      // Only record 1 was in the first campaign; record 2 came with a later file.
      await run(
        s.db.pool,
        `update invitation set state = 'withdrawn', reason = 'duplicate-record' where campaign_id = $1 and person_id = 2`,
        [one],
      )
      await release(one)
      await print(one)
      const two = await s.started(
        byLetter('two', { cohort: { name: 'falun', rule: { municipality: ['2080'] } } }),
      )
      await release(two)
      expect(
        await row(
          s.db.pool,
          `select count(*)::int as n from message where campaign_id = $1 and person_id = 2 and state = 'queued'`,
          [two],
        ),
      ).toEqual({ n: 1 })
      await link(from, to)
      await print(two)
      expect(await sentTo()).toMatchObject({ [to]: 1 })
      expect(await most()).toBe(1)
    },
  )

  it('but the report says so when two records had both got theirs before anybody knew that they were one', async () => {
    const id = await s.started(byLetter('one'))
    await release(id)
    await print(id)
    await link(1, 2)
    const found = await duplicates(
      s.db.pool,
      new Date('2021-03-01T00:00:00Z'),
      new Date('2021-04-01T00:00:00Z'),
    )
    expect(found).toMatchObject({
      people: 11,
      byNumber: [
        { messages: 1, people: 10 },
        { messages: 2, people: 1 },
      ],
      byReason: [{ reason: 'two-records', messages: 1, people: 1 }],
    })
  })
})

describe('what looks like the same and is not', () => {
  it('two people who share a phone and a mailbox are two people', async () => {
    await run(
      s.db.pool,
      `update person set phone = '+46701740605', email = 'shared@post.example', household = 'h1' where id in (1, 2)`,
    )
    const id = await s.started(openSpec({ name: 'digital' }))
    await release(id)
    await s.send('email')
    expect(
      s.mails().filter((mail) => JSON.stringify(mail).includes('shared@post.example')),
    ).toHaveLength(2)
    s.clock.moveTo(new Date('2021-03-12T10:00:00Z'))
    await s.send('sms')
    expect(
      await rows(
        s.db.pool,
        `select person_id as person, step, state from message where person_id in (1, 2) order by 1, 2`,
      ),
    ).toEqual([
      { person: 1, step: 'invitation', state: 'sent' },
      { person: 1, step: 'reminder', state: 'sent' },
      { person: 2, step: 'invitation', state: 'sent' },
      { person: 2, step: 'reminder', state: 'sent' },
    ])
  })

  it('a care home has one address and many people: each gets a letter', async () => {
    await run(
      s.db.pool,
      `update person set registered_address = '{"street": "Hemgatan 1", "postcode": "79131", "town": "Falun"}', needs = '{}'`,
    )
    const id = await s.started(byLetter('home'))
    await release(id)
    await print(id)
    expect([Object.keys(await sentTo()).length, await most()]).toEqual([12, 1])
  })

  it('another purpose is another send', async () => {
    for (const purpose of ['covid-19/dose-1', 'influenza/2021']) {
      const id = await s.started(byLetter(purpose.replace(/\W+/g, '-'), { purpose }))
      await release(id)
      await print(id)
    }
    expect(await most()).toBe(2)
    expect(
      (
        await duplicates(
          s.db.pool,
          new Date('2021-03-01T00:00:00Z'),
          new Date('2021-04-01T00:00:00Z'),
        )
      ).byReason,
    ).toEqual([{ reason: 'other-purpose', messages: 12, people: 12 }])
  })
})

describe('the same call', () => {
  const open = async () => {
    web = await listen(appOf(s))
    const [anna, bertil] = (await Promise.all(
      ['anna', 'bertil'].map((name) =>
        createApiKey(s.db.pool, name, ['read', 'write', 'approve', 'send'], s.clock.now()),
      ),
    )) as [string, string]
    const post = async (path: string, body: unknown, key: string, id: string = randomUUID()) => {
      const answer = await fetch(`${web!.url}/api/v1${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${key}`,
          'idempotency-key': id,
        },
      })
      return {
        status: answer.status,
        type: answer.headers.get('content-type'),
        text: await answer.text(),
      }
    }
    await post('/campaigns', byLetter('send'), anna)
    for (const key of [anna, bertil]) await post('/campaigns/send/approve', {}, key)
    const carryOut = async () => {
      const { id } = (await row<{ id: number }>(s.db.pool, 'select id from campaign'))!
      // everything that the queue was asked to do, and a worker that is asked twice
      for (let n = 0; n < 2; n++) {
        await planCampaign({ pool: s.db.pool, clock: s.clock }, id)
        await release(id)
        await print(id)
      }
    }
    return { anna, bertil, post, carryOut }
  }

  it('a hundred times at once is one send and a hundred equal answers', async () => {
    const { anna, post, carryOut } = await open()
    const id = randomUUID()
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post('/campaigns/send/start', {}, anna, id)),
    )
    expect(new Set(answers.map((a) => JSON.stringify(a))).size).toBe(1)
    expect(answers[0]!.status).toBe(200)
    expect(
      await rows(s.db.pool, `select event from campaign_event where event = 'started'`),
    ).toHaveLength(1)
    expect(
      await row(s.db.pool, `select count(*)::int as n from pgboss.job where name = 'plan'`),
    ).toEqual({ n: 1 })
    await carryOut()
    expect([Object.keys(await sentTo()).length, await most()]).toEqual([12, 1])
    const later = await post('/campaigns/send/start', {}, anna, id)
    expect(later).toEqual(answers[0])
  })

  it('a hundred clicks at once, each with a key of its own and from two people, are one send too', async () => {
    const { anna, bertil, post, carryOut } = await open()
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        post('/campaigns/send/start', {}, i % 2 ? anna : bertil),
      ),
    )
    expect(new Set(answers.map((a) => a.status))).toEqual(new Set([200]))
    expect(
      await rows(s.db.pool, `select event from campaign_event where event = 'started'`),
    ).toHaveLength(1)
    await carryOut()
    expect([Object.keys(await sentTo()).length, await most()]).toEqual([12, 1])
  })
})
