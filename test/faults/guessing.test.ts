import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { attemptDays, guessLimits, settleGuesses } from '../../src/verification/guesses.ts'
import { codesInUse, codeSpace } from '../../src/verification/check-codes.ts'
import { openSite, type Site } from '../web/support/site.ts'

const live = 20_000
let site: Site
beforeAll(async () => {
  site = await openSite(
    { TRUSTED_PROXIES: '1' },
    new MovableClock(new Date('2021-03-10T12:00:00Z')),
  )
  const { pool } = site.db
  await run(
    pool,
    `insert into person (identity_number, identity_kind, given_name, family_name) values ('194401019809', 'personnummer', 'A', 'B')`,
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`,
  )
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('c', 'other', 'open', 1, '{}', 'anna', now())`,
  )
  await run(
    pool,
    `insert into invitation (campaign_id, person_id, purpose, state, reason, state_since) values (1, 1, 'p', 'suppressed', 'protected', now())`,
  )
  await run(
    pool,
    `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, due_at, created_at, content, content_sha256, template_version, sent_at)
    select 1, 1, 1, 'p' || n, 1, 'invitation', 'sms', 'sv', 't', 'sent', now(), now(), 'x', 'x', '1', now() from generate_series(1, $1::int) n`,
    [live],
  )
}, 60_000)
afterAll(() => site.close())

/** xorshift: the same guesses each time. */
function random(seed: number) {
  return () => {
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return (seed >>> 0) / 2 ** 32
  }
}
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

describe('somebody who guesses check codes', () => {
  it('finds none with 3 000 random ones from five hundred addresses; staff see it, and nobody else is shut out', async () => {
    const next = random(20210310)
    const guesses = Array.from({ length: 3000 }, () =>
      Array.from({ length: 8 }, () => signs[Math.floor(next() * 32)]!).join(''),
    )
    const answers: { status: number; found: boolean; known: boolean }[] = []
    const ask = async (guess: string, i: number) => {
      const { status, text } = await site.get(`/akta/sv/${guess}`, undefined, {
        'x-forwarded-for': `198.51.${100 + Math.floor((i % 500) / 250)}.${i % 250}`,
      })
      answers.push({
        status,
        found: text.includes('Ja, vi har skickat'),
        known: text.includes('Vi känner inte igen koden'),
      })
    }
    for (let i = 0; i < guesses.length; i += 40)
      await Promise.all(guesses.slice(i, i + 40).map((guess, k) => ask(guess, i + k)))
    expect(answers.filter((a) => a.found || !a.known || a.status !== 200)).toEqual([])
    expect(await attemptDays(site.db.pool, '2021-03-10')).toEqual([
      { day: '2021-03-10', door: 'check', asked: 3000, known: 0, turnedAway: 0 },
    ])
    expect(await settleGuesses(site.db.pool, site.app.clock.now())).toEqual([
      { door: 'check', wrong: 3000 },
    ])
    const admin = (await site.get('/admin/akta', undefined, {})).text
    expect(admin.replace(/\s/g, ' ')).toContain('3 000')
    expect(await codesInUse(site.db.pool)).toBe(live)
    const { code } = (await row<{ code: string }>(
      site.db.pool,
      'select check_code as code from message limit 1',
    ))!
    const right = await site.get(`/akta/sv/${code}`, undefined, {
      'x-forwarded-for': '198.51.100.7',
    })
    expect(right.text).toContain('Ja, vi har skickat')
  }, 600_000)
})

describe('check codes', () => {
  it('are running numbers enciphered: none twice, spread evenly, and one says nothing of the next', async () => {
    const codes = (
      await rows<{ code: string }>(
        site.db.pool,
        'select check_code as code from message order by code',
        [],
      )
    ).map((r) => r.code)
    expect(new Set(codes).size).toBe(live)
    for (let place = 0; place < 8; place++) {
      const counts = new Map<string, number>()
      for (const code of codes) counts.set(code[place]!, (counts.get(code[place]!) ?? 0) + 1)
      const expected = live / 32
      const chi = [...signs].reduce(
        (sum, sign) => sum + ((counts.get(sign) ?? 0) - expected) ** 2 / expected,
        0,
      )
      expect(chi).toBeLessThan(80) // 31 degrees of freedom: above once in 300 000
    }
    // Two running numbers side by side: their codes differ in about half of their 40 bits, as strangers do.
    const made = (
      await rows<{ code: string }>(
        site.db.pool,
        'select new_code() as code from generate_series(1, 2000)',
      )
    ).map((r) => [...r.code].map((sign) => signs.indexOf(sign)))
    const differing = made
      .slice(1)
      .map((code, i) =>
        code.reduce(
          (sum, five, k) => sum + (five ^ made[i]![k]!).toString(2).replaceAll('0', '').length,
          0,
        ),
      )
    const mean = differing.reduce((a, b) => a + b) / differing.length
    expect(mean).toBeGreaterThan(19.5)
    expect(mean).toBeLessThan(20.5)
    expect(Math.min(...differing)).toBeGreaterThan(3)
  })

  it("with another database's secret are other codes", async () => {
    const other = await openSite()
    const first = async (pool: Site['db']['pool']) => {
      await run(pool, 'alter sequence code_number restart')
      return (await row<{ code: string }>(pool, 'select new_code() as code'))!.code
    }
    // The test databases are clones, with the same secret: this one gets one of its own, as every installation does.
    await run(
      other.db.pool,
      `update code_key set secret = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())`,
    )
    expect(await first(other.db.pool)).not.toBe(await first(site.db.pool))
    await other.close()
  })

  it('leave a guess little hope', () => {
    expect(codeSpace).toBe(32 ** 8)
    expect((guessLimits.from.numbers[0] * live) / codeSpace).toBeLessThan(4e-7)
  })
})
