import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { protectedWorklist } from '../../src/campaigns/protected-worklist.ts'
import { followLinks } from '../../src/campaigns/follow-links.ts'
import {
  approveCampaign,
  cancelCampaign,
  createCampaign,
  pauseCampaign,
  startCampaign,
} from '../../src/campaigns/actions.ts'
import { planCampaign, previewCampaign } from '../../src/campaigns/plan.ts'
import type { MovableClock } from '../../src/clock.ts'
import { campaignNamed } from '../../src/campaigns/store.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { databaseWithJobs } from '../support/database.ts'
import { openSpec, reissueSpec, smallRegion } from '../support/region.ts'
import { anyText, started } from '../support/started.ts'

let db: Awaited<ReturnType<typeof databaseWithJobs>>
let clock: MovableClock

beforeEach(async () => {
  db = await databaseWithJobs()
  clock = await smallRegion(db.pool, { people: 12, places: 1 })
})
afterEach(() => db.drop())

const start = (spec: object) => started({ pool: db.pool, clock, jobs: db.jobs }, spec)
const funnel = async (id: number) =>
  Object.fromEntries(
    (
      await rows<{ key: string; number: number }>(
        db.pool,
        `select state || coalesce(': ' || reason, '') as key, number from funnel where campaign_id = $1`,
        [id],
      )
    ).map((f) => [f.key, f.number]),
  )

describe('a campaign', () => {
  it('needs two different people before it can start', async () => {
    const deps = { pool: db.pool, clock, jobs: db.jobs, textGate: anyText }
    await createCampaign(deps, openSpec(), 'anna')
    await approveCampaign(deps, 'open-campaign', 'anna')
    await approveCampaign(deps, 'open-campaign', 'anna')
    await expect(startCampaign(deps, 'open-campaign', 'anna')).rejects.toMatchObject({
      code: 'illegal-transition',
    })
    await expect(run(db.pool, `update campaign set state = 'approved'`)).rejects.toThrow(
      'two people',
    )
    await approveCampaign(deps, 'open-campaign', 'bertil')
    expect(await startCampaign(deps, 'open-campaign', 'anna')).toMatchObject({ state: 'planning' })
  })

  it('is the same when the same file comes again, and refused when another one takes its name', async () => {
    const deps = { pool: db.pool, clock }
    const first = await createCampaign(deps, openSpec(), 'anna')
    expect((await createCampaign(deps, openSpec(), 'bertil')).id).toBe(first.id)
    await expect(
      createCampaign(deps, openSpec({ purpose: 'covid-19/dose-2' }), 'anna'),
    ).rejects.toMatchObject({ code: 'campaign-exists' })
  })

  it('that was cancelled as a draft gives its name back', async () => {
    const deps = { pool: db.pool, clock, jobs: db.jobs }
    const first = await createCampaign(deps, openSpec(), 'anna')
    await cancelCampaign(deps, 'open-campaign', 'anna')
    const second = await createCampaign(deps, openSpec(), 'anna')
    expect(second).toMatchObject({ name: 'open-campaign', state: 'draft' })
    expect(await campaignNamed(db.pool, `open-campaign-cancelled-${first.id}`)).toMatchObject({
      id: first.id,
      state: 'cancelled',
    })
  })

  it('names every fault of a file', async () => {
    await expect(
      createCampaign(
        { pool: db.pool, clock },
        { ...openSpec(), way: 'both', purpose: 'X', colour: 'red' },
        'anna',
      ),
    ).rejects.toThrow(/way: .*\n.*purpose: |purpose: .*\n.*way: /s)
  })

  it('leaves out each person for the first reason that holds, and the funnel adds up to the cohort', async () => {
    const set = (n: number, what: string) =>
      run(db.pool, `update person set ${what} where given_name = 'Namn${n}'`)
    await set(1, `deceased_on = '2021-03-01', opted_out = true`)
    await set(2, `emigrated_on = '2020-01-01'`)
    await set(4, `protection = 'sekretessmarkering'`)
    await set(5, 'opted_out = true')
    await set(6, `needs = array['sabo']`)
    await set(7, `registered_address = null`)
    await set(8, `municipality = '2021'`)
    await set(10, `same_as = (select id from person where given_name = 'Namn11')`)
    await run(
      db.pool,
      `insert into dose select id, 'covid-19/dose-1', '2021-02-01' from person where given_name = 'Namn10'`,
    ) // on the linked record
    await run(
      db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at) select id, 'covid-19/dose-1', 1, 'clinic', now() from person where given_name = 'Namn12'`,
    )
    const expected = {
      deceased: 1,
      'moved-abroad': 1,
      protected: 1,
      'opted-out': 1,
      'needs-other-route': 1,
      'no-reachable-channel': 1,
      'no-clinic': 1,
      'already-vaccinated': 1,
      'already-booked': 1,
    }
    await createCampaign({ pool: db.pool, clock }, openSpec(), 'anna')
    const preview = await previewCampaign({ pool: db.pool, clock }, 'open-campaign')
    expect(preview).toMatchObject({
      cohort: 11,
      invited: 2,
      suppressed: expected,
      byRoute: { digital: 2 },
    })
    expect(await row(db.pool, 'select count(*)::int as n from invitation')).toEqual({ n: 0 })
    const id = await start(openSpec())
    expect(await funnel(id)).toEqual({
      planned: 2,
      ...Object.fromEntries(
        Object.entries(expected).map(([reason, n]) => [`suppressed: ${reason}`, n]),
      ),
    })
    expect(await row(db.pool, 'select cohort_size as n from campaign')).toEqual({ n: 11 })
  })

  it('invites nobody whom another campaign with the same purpose invites, also when both are planned at once', async () => {
    const deps = { pool: db.pool, clock, jobs: db.jobs, textGate: anyText }
    for (const name of ['one', 'two']) {
      await createCampaign(deps, openSpec({ name }), 'anna')
      await approveCampaign(deps, name, 'anna')
      await approveCampaign(deps, name, 'bertil')
      await startCampaign(deps, name, 'anna')
    }
    await Promise.all([planCampaign(deps, 1), planCampaign(deps, 2)])
    const [one, two] = [await funnel(1), await funnel(2)]
    expect([one, two]).toContainEqual({ planned: 12 })
    expect([one, two]).toContainEqual({ 'suppressed: already-invited': 12 })
  })

  it('can be cancelled: what was planned is withdrawn, and the people can be invited by another', async () => {
    await start(openSpec())
    await cancelCampaign({ pool: db.pool, clock }, 'open-campaign', 'anna')
    expect(await funnel(1)).toEqual({ 'withdrawn: campaign-cancelled': 12 })
    expect(await funnel(await start(openSpec({ name: 'next' })))).toEqual({ planned: 12 })
  })

  it('loses no invitation: a row can not be removed', async () => {
    await start(openSpec())
    await expect(run(db.pool, 'delete from invitation where id = 1')).rejects.toThrow(
      'never removed',
    )
  })
})

describe('release', () => {
  it('lets out no more than there are free places, in priority order, once a day', async () => {
    const id = await start(openSpec())
    expect(await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)).toBe(5)
    expect(await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)).toBe(0)
    expect(
      await rows(
        db.pool,
        `select max(priority) as last, count(*)::int as n from invitation where state = 'released'`,
      ),
    ).toEqual([{ last: 5, n: 5 }])
    expect(await rows(db.pool, 'select number, bound from wave')).toEqual([
      { number: 5, bound: 'hard' },
    ]) // strict: no letter out without a place
    clock.moveTo(new Date('2021-03-09T07:00:00+01:00'))
    expect(await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)).toBe(0) // five letters out count as five places taken
    await run(db.pool, 'update slot set capacity = 2 where id = 1')
    clock.moveTo(new Date('2021-03-10T07:00:00+01:00'))
    expect(await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)).toBe(1)
  })

  it('lets a household come with the one of it who is due, unless that one is left out', async () => {
    await run(
      db.pool,
      `update person
          set household = case when id in (2, 11) then 'both come' else 'one has come' end
        where id in (2, 11, 1, 12)`,
    )
    await run(db.pool, 'update person set opted_out = true where id = 1')
    await start(openSpec({ cohort: { name: 'all', rule: { municipality: ['2080'] } } }))
    const order = await rows<{ person: number }>(
      db.pool,
      `select person_id as person from invitation where state = 'planned' order by priority`,
    )
    expect(order.map(({ person }) => person)).toEqual([2, 11, 3, 4, 5, 6, 7, 8, 9, 10, 12])
  })

  it('releases nothing extra when two workers release at once', async () => {
    const id = await start(openSpec())
    const released = await Promise.all(
      [1, 2, 3, 4].map(() => releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)),
    )
    expect(released.sort()).toEqual([0, 0, 0, 5])
  })

  it('makes one message for each step of the route, and none while the campaign is paused', async () => {
    const id = await start(openSpec())
    await pauseCampaign({ pool: db.pool, clock }, 'open-campaign', 'anna', 'checking')
    expect(await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)).toBe(0)
    await run(db.pool, `update campaign set state = 'running', paused_why = null`)
    await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)
    expect(
      await rows(
        db.pool,
        'select channel, step, count(*)::int as n from message group by 1, 2 order by 1',
      ),
    ).toEqual([
      { channel: 'email', step: 'invitation', n: 1 },
      { channel: 'letter', step: 'invitation', n: 4 },
      { channel: 'sms', step: 'reminder', n: 1 },
    ])
  })
})

describe('a reissue', () => {
  it('gives fixed times to those who searched in vain; whoever booked keeps the time, and the others are not concerned', async () => {
    const open = await start(openSpec())
    await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, open)
    const invited = await rows<{ id: number; code: string }>(
      db.pool,
      `select id, code from invitation where state = 'released' order by priority`,
    )
    await bookByCode(db.pool, clock, invited[0]!.code, 1, 'person')
    for (const { id } of invited.slice(0, 3))
      await run(db.pool, 'insert into failed_search (invitation_id, at) values ($1, $2)', [
        id,
        clock.now(),
      ])
    const reissue = await start(reissueSpec())
    expect(await funnel(reissue)).toEqual({
      'suppressed: already-booked': 1,
      'suppressed: not-concerned': 9,
      'waiting: no-free-time': 2,
    })
    expect(await assignTimes({ pool: db.pool, clock }, reissue)).toBe(2)
    expect(await funnel(open)).toEqual({ answered: 1, planned: 7, released: 2, superseded: 2 })
    expect(
      await rows(
        db.pool,
        `select generation, replaces_id as replaces, state from invitation where campaign_id = $1 and state = 'planned' order by priority`,
        [reissue],
      ),
    ).toEqual([
      { generation: 2, replaces: invited[1]!.id, state: 'planned' },
      { generation: 2, replaces: invited[2]!.id, state: 'planned' },
    ])
    expect(await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, reissue)).toBe(2)
    // The second and third released are one by letter and one by e-mail with a reminder: none of it had left.
    expect(
      await rows(
        db.pool,
        `select channel, reason from message where campaign_id = $1 and state = 'recalled' order by channel`,
        [open],
      ),
    ).toEqual([
      { channel: 'email', reason: 'superseded' },
      { channel: 'letter', reason: 'superseded' },
      { channel: 'sms', reason: 'superseded' },
    ])
  })
})

describe('linked records', () => {
  const link = async (from: string, to: string) => {
    await run(
      db.pool,
      'update person p set same_as = q.id from person q where p.given_name = $1 and q.given_name = $2',
      [from, to],
    )
    await transaction(db.pool, (tx) => followLinks(tx, clock.now()))
  }

  it('take their invitation and messages along to the leading record', async () => {
    await run(db.pool, `update person set municipality = '2021' where given_name = 'Namn2'`) // not invited itself
    const id = await start(
      openSpec({ cohort: { name: 'falun', rule: { municipality: ['2080'] } } }),
    )
    await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)
    await link('Namn1', 'Namn2')
    expect(
      await rows(
        db.pool,
        `select i.state, m.state as message from invitation i join message m on m.invitation_id = i.id and m.person_id = i.person_id join person p on p.id = i.person_id where p.given_name = 'Namn2'`,
      ),
    ).toEqual([{ state: 'released', message: 'queued' }])
  })

  it('are invited once when both were: the other invitation is withdrawn and its messages recalled', async () => {
    const id = await start(openSpec())
    await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)
    await link('Namn1', 'Namn2')
    expect(await funnel(id)).toEqual({ planned: 7, released: 4, 'withdrawn: duplicate-record': 1 })
    expect(
      await rows(
        db.pool,
        `select p.given_name as name, m.state from message m join person p on p.id = m.person_id where p.given_name in ('Namn1', 'Namn2') order by 1`,
      ),
    ).toEqual([
      { name: 'Namn1', state: 'recalled' },
      { name: 'Namn2', state: 'queued' },
    ])
  })

  it('keep the invitation that has left: nobody gets a second one because the records were linked late', async () => {
    const id = await start(openSpec())
    await releaseWave({ pool: db.pool, clock, jobs: db.jobs }, id)
    await run(
      db.pool,
      `update message m set state = 'sending', content = '', content_sha256 = '', template_version = '1', sending_since = now(), worker = 'w' from person p where p.id = m.person_id and p.given_name = 'Namn1'`,
    )
    await run(
      db.pool,
      `update message m set state = 'sent', sent_at = now() from person p where p.id = m.person_id and p.given_name = 'Namn1'`,
    )
    await link('Namn1', 'Namn2')
    expect(
      await rows(
        db.pool,
        `select p.given_name as name, i.state, m.state as message from message m join invitation i on i.id = m.invitation_id and i.person_id = m.person_id join person p on p.id = m.person_id where p.given_name in ('Namn1', 'Namn2') order by 1`,
      ),
    ).toEqual([
      { name: 'Namn1', state: 'withdrawn', message: 'recalled' },
      { name: 'Namn2', state: 'released', message: 'sent' },
    ])
  })
})

describe('the worklist of the protected', () => {
  it('holds them and nobody else, with no name or address, and notes each look', async () => {
    await run(
      db.pool,
      `update person set protection = 'sekretessmarkering', phone = null, email = null where given_name = 'Namn4'`,
    )
    await start(openSpec())
    const { csv, people } = await protectedWorklist(
      { pool: db.pool, clock },
      'open-campaign',
      'karin',
    )
    expect(people).toBe(1)
    expect(csv).not.toMatch(/Namn|Efternamn|Provgatan/)
    expect(csv).toContain('own address, by hand')
    expect(
      await rows(
        db.pool,
        `select a.actor, p.given_name as name from access_log a join person p on p.id = a.person_id where a.action = 'protected worklist'`,
      ),
    ).toEqual([{ actor: 'karin', name: 'Namn4' }])
  })
})
