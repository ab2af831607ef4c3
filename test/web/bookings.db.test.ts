import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import {
  attemptDays,
  DoorGuard,
  guessLimits,
  settleGuesses,
} from '../../src/verification/guesses.ts'
import { invite } from '../support/invited.ts'
import { openSite, type Site } from './support/site.ts'

const clock = new MovableClock(new Date('2021-03-11T08:00:00Z'))
let site: Site
let key: string
beforeAll(async () => {
  site = await openSite(
    { PUBLIC_URL: 'https://boka.region.example', SESSION_SECRET: 'x'.repeat(32) },
    clock,
  )
  await invite(site.db.pool, 6, [1, 2, 2])
  await run(site.db.pool, `update invitation set code = 'ABCDEFG' || person_id`)
  await run(
    site.db.pool,
    `update person set birth_date = '1944-01-25', identity_number = '194401019809' where id = 1`,
  )
  await run(
    site.db.pool,
    `update person set birth_date = '1944-01-25', identity_number = '194401029808' where id = 2`,
  )
  key = await site.keyFor('mottagning-anna', 'book')
})
afterAll(() => site.close())

let once = 0
const post = (path: string, body: unknown, withKey = key) =>
  site.post(path, body, withKey, { 'idempotency-key': `k${++once}` })

describe('a clinic on the phone', () => {
  const who = { code: 'abcd-efg1' }
  it('looks for times, books, moves and cancels; each look is in the access log', async () => {
    const found = await post('/api/v1/bookings/times', { who })
    expect(JSON.parse(found.text)).toMatchObject({
      booked: null,
      times: [{ slot: 1, free: 1, clinic: { hsaId: 'SE2321000180-1' } }, { slot: 2 }, { slot: 3 }],
    })
    const booked = await post('/api/v1/bookings', { who, slot: 1 })
    expect([booked.status, JSON.parse(booked.text)]).toMatchObject([
      201,
      {
        slot: 1,
        state: 'booked',
        startsAt: '2021-03-15T07:05:00.000Z',
        clinic: { name: 'Älvmottagningen' },
      },
    ])
    expect((await post('/api/v1/bookings', { who, slot: 2 })).json).toMatchObject({
      status: 409,
      code: 'already-booked',
    })
    expect(JSON.parse((await post('/api/v1/bookings/move', { who, slot: 2 })).text)).toMatchObject({
      slot: 2,
    })
    expect(
      (
        await post('/api/v1/bookings/cancel', {
          who: { identityNumber: '19440101-9809', purpose: 'covid-19/dose-1' },
        })
      ).status,
    ).toBe(200)
    expect((await post('/api/v1/bookings/cancel', { who })).json.code).toBe('nothing-booked')
    expect(
      await rows(
        site.db.pool,
        `select distinct action, actor from access_log where person_id = 1 order by 1`,
      ),
    ).toEqual(
      ['book', 'cancel', 'look for times', 'move'].map((action) => ({
        action,
        actor: 'mottagning-anna',
      })),
    )
  })

  it('gets the same answer to the same Idempotency-Key, and books once', async () => {
    const ask = () =>
      site.post('/api/v1/bookings', { who: { code: 'ABCDEFG3' }, slot: 3 }, key, {
        'idempotency-key': 'same',
      })
    const [first, second] = await Promise.all([ask(), ask()])
    expect([first.status, second.text]).toEqual([201, first.text])
    expect(
      await row(site.db.pool, 'select count(*)::int as n from appointment where person_id = 3'),
    ).toEqual({ n: 1 })
  })

  it('needs the right to book, and gets no further with it', async () => {
    const reader = await site.keyFor('planerare', 'read', 'write')
    expect((await post('/api/v1/bookings', { who, slot: 1 }, reader)).status).toBe(403)
    expect((await site.get('/api/v1/bookings/conflicts', reader)).status).toBe(403)
    expect((await site.get('/api/v1/campaigns', key)).status).toBe(403)
  })

  it('is told what is wrong', async () => {
    expect((await post('/api/v1/bookings/times', { who: { code: 'nothing' } })).json).toMatchObject(
      { status: 404, code: 'unknown-code' },
    )
    expect(
      (await post('/api/v1/bookings/times', { who: { identityNumber: '1', purpose: 'x' } })).json
        .code,
    ).toBe('bad-identity-number')
    expect((await post('/api/v1/bookings', { who, slot: 999 })).json.code).toBe('slot-unknown')
    expect((await post('/api/v1/bookings', { slot: 1 })).status).toBe(400)
  })
})

describe('the webhook for FHIR Appointments', () => {
  const appointment = (over: object = {}) => ({
    resourceType: 'Appointment',
    status: 'booked',
    identifier: [{ system: 'urn:b', value: '1' }],
    start: '2021-03-15T08:15:00+01:00',
    end: '2021-03-15T08:20:00+01:00',
    serviceType: [{ coding: [{ system: 'urn:kallelse:purpose', code: 'covid-19/dose-1' }] }],
    participant: [
      {
        actor: {
          type: 'Patient',
          identifier: { system: 'urn:oid:1.2.752.129.2.1.3.1', value: '194401029808' },
        },
      },
      { actor: { type: 'Location', identifier: { value: 'SE2321000180-1' } } },
    ],
    ...over,
  })
  const send = (body: unknown, withKey?: string) =>
    site.post('/webhooks/fhir/appointment', body, withKey, {
      'content-type': 'application/fhir+json',
    })

  it('takes a booking in once, follows it, and flags a second one with both sides', async () => {
    const outcome = async (body: object) => JSON.parse((await send(body, key)).text) as object
    expect(await outcome(appointment())).toEqual({ outcome: 'new' })
    expect(await outcome(appointment())).toEqual({ outcome: 'unchanged' })
    expect(await outcome(appointment({ start: '2021-03-15T08:10:00+01:00' }))).toEqual({
      outcome: 'moved',
    })
    expect(await outcome(appointment({ identifier: [{ system: 'urn:c', value: '9' }] }))).toEqual({
      outcome: 'conflict',
    })
    const listed = await site.get('/api/v1/bookings/conflicts', key)
    expect(JSON.parse(listed.text)).toMatchObject({
      conflicts: [
        {
          kind: 'second-booking',
          person: 2,
          ours: { startsAt: '2021-03-15T07:10:00.000Z' },
          outside: { reference: 'urn:c|9', startsAt: '2021-03-15T07:15:00.000Z' },
        },
      ],
    })
    expect(
      await row(
        site.db.pool,
        `select actor from access_log where action = 'list booking conflicts' and person_id = 2`,
      ),
    ).toEqual({ actor: 'mottagning-anna' })
    expect(
      await outcome(appointment({ status: 'cancelled', start: '2021-03-15T08:10:00+01:00' })),
    ).toEqual({ outcome: 'cancelled' })
  })

  it('takes none without a key, and says what is wrong', async () => {
    expect((await send(appointment())).status).toBe(401)
    expect((await send(appointment(), await site.keyFor('fel', 'read'))).status).toBe(403)
    expect((await send('{', key)).json.code).toBe('invalid-json')
    expect((await send({ resourceType: 'Patient' }, key)).json.code).toBe('not-one-appointment')
    expect((await send(appointment({ start: undefined }), key)).json).toMatchObject({
      status: 422,
      code: 'bad-time',
    })
    expect(
      (
        await send(
          appointment({ identifier: [{ value: '5' }], start: '2021-03-20T08:00:00+01:00' }),
          key,
        )
      ).json,
    ).toMatchObject({ status: 422, code: 'unknown-slot' })
  })

  it('takes in the booking of somebody protected, and answers as about nobody; thirty such answers are all that a key gets', async () => {
    const { pool } = site.db
    const about = (value: string, number: string) =>
      appointment({
        identifier: [{ system: 'urn:d', value }],
        participant: [
          {
            actor: {
              type: 'Patient',
              identifier: { system: 'urn:oid:1.2.752.129.2.1.3.1', value: number },
            },
          },
          { actor: { type: 'Location', identifier: { value: 'SE2321000180-1' } } },
        ],
      })
    await run(pool, `update person set protection = 'sekretessmarkering' where id = 2`)
    const guessing = await site.keyFor('frågvis', 'book')
    const [theirs, nobodys] = [
      await send(about('hidden', '194401029808'), guessing),
      await send(about('nobody', '194402299806'), guessing),
    ]
    expect([theirs.status, theirs.json]).toEqual([nobodys.status, nobodys.json])
    expect(nobodys.json).toMatchObject({ status: 422, code: 'unknown-person' })
    expect(
      await row(
        pool,
        `select person_id as person from outside_booking where reference = 'urn:d|hidden'`,
      ),
    ).toEqual({ person: 2 })
    const burst = await Promise.all(
      Array.from({ length: 40 }, (_, i) => send(about(`n${i}`, '194402299806'), guessing)),
    )
    expect(burst.filter(({ status }) => status === 422)).toHaveLength(28)
    await run(pool, `update person set protection = 'none' where id = 2`)
  })
})

describe("the residents' session", () => {
  const form = (
    path: string,
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ) =>
    site.post(path, new URLSearchParams(fields).toString(), undefined, {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    })
  const signIn = () => form('/boka/sv', { kod: 'ABCDEFG1', fodd: '19440125' })

  it("is a signed cookie that scripts, other sites and plain HTTP don't get, and holds no code, date or number", async () => {
    const { status, headers } = await signIn()
    const cookie = headers.get('set-cookie')!
    expect([status, headers.get('location')]).toEqual([303, '/boka/sv/tider'])
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/boka', 'Max-Age=1800'])
      expect(cookie).toContain(part)
    expect(cookie).not.toMatch(/ABCDEFG1|19440125|194401/)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    const own = cookie.split(';')[0]!
    expect((await site.get('/boka/sv/tider', undefined, { cookie: own })).status).toBe(200)
    const [id = '', until = '', signature = ''] = own.slice('boka='.length).split('.')
    for (const forged of [
      `2.${until}.${signature}`,
      `${id}.zzzzzzz.${signature}`,
      `${id}.${until}.`,
      `${id}.${until}`,
      '',
    ]) {
      expect(
        (await site.get('/boka/sv/tider', undefined, { cookie: `boka=${forged}` })).headers.get(
          'location',
        ),
      ).toBe('/boka/sv?borta')
    }
    clock.moveTo(new Date(clock.now().getTime() + 31 * 60_000))
    expect(
      (await site.get('/boka/sv/tider', undefined, { cookie: own })).headers.get('location'),
    ).toBe('/boka/sv?borta')
  })

  it('takes forms from our own pages only', async () => {
    const cookie = (await signIn()).headers.get('set-cookie')!.split(';')[0]!
    const from = async (headers: Record<string, string>) =>
      (await form('/boka/sv/tid', { tid: '999' }, { cookie, ...headers })).status
    expect(await from({ origin: 'https://evil.example' })).toBe(403)
    expect(await from({ origin: 'null' })).toBe(403)
    expect(await from({ referer: 'https://evil.example/boka' })).toBe(403)
    expect(await from({ origin: 'https://boka.region.example' })).toBe(303)
    expect(await from({ origin: site.web.url })).toBe(303)
  })

  it('shows what was typed again only as text, and takes no more than a form has', async () => {
    const { text, status } = await form('/boka/sv', { kod: '"><script>x</script>', fodd: '1' })
    expect(status).toBe(422)
    expect(text).not.toContain('<script')
    expect((await form('/boka/sv', { kod: 'x'.repeat(5000) })).status).toBe(413)
    expect((await site.get('/boka/xx')).status).toBe(404)
    expect((await site.get('/boka/__proto__')).status).toBe(404)
  })
})

describe('guessing', () => {
  const wrong = () => Promise.resolve(undefined)
  const right = () => Promise.resolve('found')
  let guard: DoorGuard
  let waits: number[] = []
  beforeEach(async () => {
    waits = []
    guard = new DoorGuard(site.db.pool, 'booking', (ms) => Promise.resolve(waits.push(ms)))
    await run(site.db.pool, 'delete from guess')
  })
  const tried = (
    address: string,
    code: string,
    answer: () => Promise<string | undefined> = wrong,
  ) => guard.tryCode(clock.now(), { address, code }, answer)

  it('is slowed down by network, and who is right there is served all the same', async () => {
    for (let i = 0; i < 20; i++) await tried('192.0.2.1', `A${i}`)
    expect(waits).toEqual([])
    for (let i = 0; i < 40; i++) await tried('::ffff:192.0.2.1', `B${i}`)
    expect(waits).toHaveLength(40)
    expect(waits[0]).toBeLessThan(500)
    expect(waits.at(-1)).toBe(8000)
    expect(await tried('192.0.2.1', 'RIGHT', right)).toBe('found')
    expect(await tried('192.0.2.2', 'C')).toBeUndefined()
    expect(waits).toHaveLength(40)
  })

  it('is slowed down by the /64, /56 and /48 networks of IPv6', async () => {
    const slowed = async (addresses: string[]) => {
      waits = []
      await run(site.db.pool, 'delete from guess')
      for (const [i, address] of addresses.entries()) await tried(address, `D${i}`)
      return waits.length
    }
    const each = (n: number, address: (i: string) => string) =>
      Array.from({ length: n }, (_, i) => address(i.toString(16)))
    expect(await slowed(each(25, (i) => `2001:db8::${i}`))).toBe(5)
    expect(await slowed(each(45, (i) => `2001:db8:0:${i}::1`))).toBe(5)
    expect(await slowed(each(85, (i) => `2001:db8:0:${i}00::1`))).toBe(5)
    expect(await slowed(each(85, (i) => `2001:db8:${i}::1`))).toBe(0)
  })

  it('of birth dates to a code ends for that network, however fast it comes, and its owner is served elsewhere', async () => {
    const burst = await Promise.all(Array.from({ length: 60 }, () => tried('192.0.2.1', 'ONE')))
    expect(burst.filter((answer) => answer !== 'too-many')).toHaveLength(10)
    expect(await tried('192.0.2.1', 'ONE', right)).toBe('too-many')
    expect(await tried('192.0.2.1', 'TWO', right)).toBe('found')
    expect(await tried('192.0.2.9', 'ONE', right)).toBe('found')
  })

  it('of birth dates to a code ends for everybody after a hundred, from wherever they come', async () => {
    const tries = await Promise.all(
      Array.from({ length: 130 }, (_, i) => tried(`198.51.100.${i}`, 'ONE')),
    )
    expect(tries.filter((answer) => answer !== 'too-many')).toHaveLength(guessLimits.code.number)
  })

  it('from everywhere shuts nobody out, and is an alarm', async () => {
    await run(
      site.db.pool,
      `insert into guess (bucket, ends_at, number) values ('booking all', $1, 2999)`,
      [new Date(clock.now().getTime() + 60_000)],
    )
    expect(await settleGuesses(site.db.pool, clock.now())).toEqual([])
    await tried('192.0.2.1', 'E')
    expect(await settleGuesses(site.db.pool, clock.now())).toEqual([
      { door: 'booking', wrong: 3000 },
    ])
    expect(await tried('192.0.2.1', 'RIGHT', right)).toBe('found')
  })

  it('keeps nobody out who is right, however many come at once from one address; wrong ones beside them count', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        guard.tryCode(clock.now(), { address: '203.0.113.9', code: `R${i}` }, () =>
          Promise.resolve(i % 20 === 0 ? undefined : i),
        ),
      ),
    )
    expect(outcomes.filter((outcome) => outcome === 'too-many')).toEqual([])
    expect(outcomes.filter((outcome) => outcome !== undefined)).toHaveLength(190)
    const { number } = (await row<{ number: number }>(
      site.db.pool,
      `select number from guess where bucket = 'booking from 203.0.113.9'`,
    ))!
    expect(number).toBe(10)
  })

  it('lets nobody who is right wait for the counters', async () => {
    await tried('203.0.113.7', 'COUNTED')
    await transaction(site.db.pool, async (tx) => {
      await run(tx, 'select from guess for update')
      const found = await guard.tryCode(
        clock.now(),
        { address: '203.0.113.7', code: 'RIGHT' },
        () => Promise.resolve('found'),
      )
      expect(found).toBe('found')
    })
  })

  it('leaves nobody waiting when a look-up fails', async () => {
    const failing = Array.from({ length: 40 }, () =>
      guard.tryCode(clock.now(), { address: '203.0.113.8', code: 'SAME' }, () =>
        Promise.reject(new Error('the database went away')),
      ),
    )
    const outcomes = await Promise.allSettled(failing)
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  })

  it('does not count what was right, and is forgotten when its time is past', async () => {
    for (let i = 0; i < 50; i++)
      await guard.tryCode(clock.now(), { address: '203.0.113.1', code: 'RIGHT' }, () =>
        Promise.resolve('found'),
      )
    expect(await tried('203.0.113.1', 'RIGHT')).toBeUndefined()
    const tomorrow = new Date(clock.now().getTime() + 25 * 3_600_000)
    const before = await attemptDays(site.db.pool, '2021-01-01')
    await settleGuesses(site.db.pool, tomorrow)
    expect(await rows(site.db.pool, 'select from guess')).toEqual([])
    expect(await rows(site.db.pool, 'select from attempt')).toEqual([])
    expect(await attemptDays(site.db.pool, '2021-01-01')).toEqual(before)
  })
})
