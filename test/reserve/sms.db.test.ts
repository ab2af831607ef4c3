import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { listReplies, openReplies, settleReply } from '../../src/reserve/sms-replies.ts'
import { takeInbound } from '../../src/reserve/inbound.ts'
import { advanceRound, openRound, type RoundDeps } from '../../src/reserve/round.ts'
import { askReminders } from '../../src/visits/attendance-reminders.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { keptMessages } from '../support/kept.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

const purpose = 'covid-19/dose-1'
const phones = ['+46701740611', '+46701740612', '+46701740613', '+46701740614']
let s: Sending
let deps: RoundDeps
let sent = 0

afterEach(() => s.close())

async function region(env: Record<string, string>, spec: object = openSpec()): Promise<void> {
  s = await sending({ people: 4, places: 4, env })
  deps = { pool: s.db.pool, clock: s.clock, jobs: s.jobs, quiet: false }
  await run(
    s.db.pool,
    `update person set phone = ($1::text[])[id], email = 'person' || id || '@post.example'`,
    [phones],
  )
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, await s.started(spec))
}
const hour = (time: string) => s.clock.moveTo(new Date(`2021-03-08T${time}:00+01:00`))
const says = (from: number, text: string, providerId = `in-${++sent}`) =>
  takeInbound(deps, { providerId, from: phones[from]!, text })
/** The SMS that have come to a phone, in the order the provider took them, as they are kept. */
async function onPhone(i: number): Promise<string[]> {
  const kept = await keptMessages(s.db.pool, `m.channel = 'sms' and m.recipient = $1`, [phones[i]])
  const bytes = new Map(kept.map((m) => [m.id, m.text]))
  return s
    .texts()
    .flatMap(({ reference }) =>
      bytes.has(reference) ? [(JSON.parse(bytes.get(reference)!) as { text: string }).text] : [],
    )
}
const senders = async () => {
  const kept = await keptMessages(s.db.pool, `m.channel = 'sms'`)
  return [...new Set(kept.map(({ text }) => (JSON.parse(text) as { from: string }).from))]
}
const open = (places: number, burst?: number) =>
  openRound(
    deps,
    {
      clinic: 'SE2321000180-PROV',
      purpose,
      places,
      at: new Date('2021-03-08T16:30:00+01:00'),
      minutes: 20,
      burst,
    },
    'anna',
  )

describe('an offer by SMS, with a number to answer to', () => {
  beforeEach(async () => {
    await region({ SMS_REPLY_NUMBER: '+46701740699' })
    hour('15:00')
    await run(
      s.db.pool,
      `insert into reserve_list (person_id, purpose, area, said_by, since) select id, $1, 'falun', 'clinic', $2 from person`,
      [purpose, s.clock.now()],
    )
  })

  it('is asked, answered and confirmed; a no goes on to the next; the others are thanked', async () => {
    await open(1, 2)
    await s.send('sms')
    expect((await onPhone(0))[0]).toMatch(
      /Ledig tid mån 8 mars 2021 kl\. 16\.30, Provkliniken\. Svara JA eller NEJ före 15\.20\./,
    )
    expect(await senders()).toEqual(['46701740699'])
    expect(await says(0, 'Nej tack')).toBe('declined')
    await s.send('sms')
    expect([(await onPhone(1)).length, (await onPhone(2)).length]).toEqual([1, 1])
    expect(await says(2, 'JA')).toBe('taken')
    expect(await says(1, 'ja')).toBe('thanked')
    await s.send('sms')
    expect((await onPhone(2))[1]).toContain('Du har fått tiden mån 8 mars 2021 kl. 16.30')
    expect((await onPhone(1))[1]).toContain('är tagen nu')
    expect([(await onPhone(0)).length, (await onPhone(3)).length]).toEqual([1, 0])
  })

  it('the same webhook twice is one answer; who was never asked, and what says nothing, changes nothing', async () => {
    await open(1, 1)
    await s.send('sms')
    expect([await says(0, 'NEJ', 'a'), await says(0, 'JA', 'a')]).toEqual(['declined', 'declined'])
    await s.send('sms')
    expect([await says(3, 'JA'), await says(1, 'Vem är det?')]).toEqual(['no-question', 'unclear'])
    expect(await says(1, 'JA', 'b')).toBe('taken')
    expect(
      await rows(
        s.db.pool,
        `select outcome, message_id is not null as known from sms_answer where provider_id in ('a', 'b') order by 1`,
      ),
    ).toEqual([
      { outcome: 'declined', known: true },
      { outcome: 'taken', known: true },
    ])
    expect(JSON.stringify(await rows(s.db.pool, 'select * from sms_answer'))).not.toMatch(
      /4670174|JA|Vem/,
    )
  })

  it('two people who share a phone are told apart by the code', async () => {
    await run(s.db.pool, 'update person set phone = $1 where id <= 2', [phones[0]])
    await open(2, 2)
    await s.send('sms')
    const texts = await onPhone(0)
    expect(texts).toHaveLength(2)
    expect(await says(0, 'JA')).toBe('unclear') // both texts show a code: a bare answer could be either's
    const codes = await rows<{ person: number; code: string }>(
      s.db.pool,
      `select person_id as person, code from offer where state = 'offered' order by rank`,
    )
    for (const { code } of codes)
      expect(texts.filter((text) => text.includes(`JA ${code} eller NEJ ${code}`))).toHaveLength(1)
    expect([await says(0, `ja ${codes[1]!.code}`), await says(0, `NEJ ${codes[0]!.code}`)]).toEqual(
      ['taken', 'declined'],
    )
    expect(await rows(s.db.pool, `select person_id as person from appointment`)).toEqual([
      { person: codes[1]!.person },
    ])
  })

  it('a later question to a phone with one open shows a code, and a bare answer means the first', async () => {
    await run(s.db.pool, 'update person set phone = $1 where id in (1, 3)', [phones[0]])
    await open(1, 2)
    await s.send('sms')
    expect(await says(1, 'NEJ')).toBe('declined')
    await s.send('sms')
    expect((await onPhone(0)).map((text) => /JA \d{4} eller/.test(text))).toEqual([false, true])
    expect(await says(0, 'JA')).toBe('taken')
    expect(await rows(s.db.pool, 'select person_id as person from appointment')).toEqual([
      { person: 1 },
    ])
  })

  it("that comes too late is told so, and one whose message can't leave goes on to the next", async () => {
    await open(1, 1)
    await s.send('sms')
    hour('15:20')
    s.faults.sms = { status: 422 }
    await advanceRound(deps, 1)
    await s.send('sms')
    s.faults.sms = undefined
    expect([await says(0, 'JA'), await says(0, 'JA!')]).toEqual(['too-late', 'too-late'])
    await s.send('sms')
    expect((await onPhone(0)).slice(1)).toEqual([
      expect.stringContaining('Tiden vi erbjöd är tagen nu'),
    ])
    await advanceRound(deps, 1)
    expect(await rows(s.db.pool, 'select rank, state from offer order by rank')).toEqual([
      { rank: 1, state: 'expired' },
      { rank: 2, state: 'expired' },
      { rank: 3, state: 'offered' },
      { rank: 4, state: 'waiting' },
    ])
  })

  it('leaves only before quiet hours; the answer to what somebody wrote leaves at any time', async () => {
    await open(2, 2)
    await s.send('sms')
    hour('15:10')
    expect(await says(0, 'JA')).toBe('taken')
    expect(await says(1, 'NEJ')).toBe('declined')
    hour('20:30')
    expect(await s.send('sms')).toBe(1)
    expect((await onPhone(0))[1]).toContain('Du har fått tiden')
    expect(await onPhone(2)).toEqual([])
  })
})

it("without a number to answer to the text gives the clinic's phone and the code", async () => {
  await region({})
  hour('15:00')
  await run(
    s.db.pool,
    `insert into reserve_list (person_id, purpose, area, said_by, since) values (1, $1, 'falun', 'clinic', now())`,
    [purpose],
  )
  await open(1)
  await s.send('sms')
  const { code } = (await row<{ code: string }>(s.db.pool, 'select code from offer'))!
  expect((await onPhone(0))[0]).toContain(`Ring 08-465 004 01 kod ${code} före 15.20.`)
  expect(await senders()).toEqual(['RegDalarna'])
})

describe('reminders of a time', () => {
  const spec = openSpec({
    reminders: [
      { before: 'P2D', channel: 'sms' },
      { before: 'P1D', channel: 'email' },
    ],
  })
  const ask = () =>
    askReminders({ pool: s.db.pool, clock: s.clock, jobs: s.jobs, quiet: { from: 20, to: 8 } })
  const at = (time: string) => s.clock.moveTo(new Date(`2021-03-${time}+01:00`))
  const books = async (person: number, slot: number) =>
    bookByCode(
      s.db.pool,
      s.clock,
      (await row<{ code: string }>(s.db.pool, 'select code from invitation where person_id = $1', [
        person,
      ]))!.code,
      slot,
      'person',
    )
  const replies = () =>
    rows(s.db.pool, 'select person_id as person, reply from appointment order by 1')
  beforeEach(() => region({ SMS_REPLY_NUMBER: '+46701740699' }, spec))

  it('come when their moment comes, once, and ask the person to confirm', async () => {
    await books(1, 3) // 17 March 9:00
    await books(2, 3)
    at('15T08:59:00')
    expect(await ask()).toBe(0)
    at('15T09:00:00')
    await books(3, 3) // at the very moment: they know
    at('15T09:05:00')
    expect([await ask(), await ask()]).toEqual([2, 0])
    await s.send('sms')
    expect((await onPhone(0))[0]).toContain(
      'Din tid är ons 17 mars 2021 kl. 9.00, Provkliniken. Kommer du? Svara JA eller NEJ.',
    )
    expect(await onPhone(2)).toEqual([])
    expect([await says(0, 'JA'), await says(1, 'Nej')]).toEqual(['confirmed', 'wants-to-cancel'])
    expect(await replies()).toEqual([
      { person: 1, reply: 'confirmed' },
      { person: 2, reply: 'wants-to-cancel' },
      { person: 3, reply: null },
    ])
    at('16T09:30:00')
    expect(await ask()).toBe(1) // by e-mail, to the one who has not answered
    await s.send('email')
    expect(s.mails().filter((mail) => mail.reference).length).toBeGreaterThan(0)
    expect(
      await rows(
        s.db.pool,
        `select person_id as person, channel, state from message where step like 'appointment-reminder:%' order by 1, 2`,
      ),
    ).toEqual([
      { person: 1, channel: 'sms', state: 'sent' },
      { person: 2, channel: 'sms', state: 'sent' },
      { person: 3, channel: 'email', state: 'sent' },
    ])
  })

  const list = () => listReplies({ pool: s.db.pool, clock: s.clock }, 'karin')

  it('that are answered with more than yes or no go to a person, whose click counts as the answer', async () => {
    await books(1, 3)
    await books(2, 3)
    at('15T09:05:00')
    await ask()
    await s.send('sms')
    expect(await says(0, 'Ja, men jag kan inte den dagen')).toBe('unclear')
    expect(await says(1, 'Ok kan inte komma\0\ud83d')).toBe('unclear')
    expect(await says(3, 'Ring mig')).toBe('unclear')
    expect((await replies()).map((r) => (r as { reply: string | null }).reply)).toEqual([
      null,
      null,
    ])
    const waiting = await list()
    expect(waiting.map(({ said, names, question }) => [said, names, question?.clinic])).toEqual([
      ['Ja, men jag kan inte den dagen', [expect.stringContaining('Namn')], 'Provkliniken'],
      ['Ok kan inte komma\ufffd', [expect.stringContaining('Namn')], 'Provkliniken'],
      ['Ring mig', [expect.stringContaining('Namn')], undefined],
    ])
    expect(
      await rows(
        s.db.pool,
        `select actor, count(*)::int as n from access_log where action = 'SMS replies' group by 1`,
      ),
    ).toEqual([{ actor: 'karin', n: 3 }])
    await settleReply(deps, waiting[0]!.id, 'no', 'karin')
    await settleReply(deps, waiting[1]!.id, 'yes', 'karin')
    await expect(settleReply(deps, waiting[1]!.id, 'no', 'karin')).rejects.toMatchObject({
      code: 'reply-settled',
    })
    await expect(settleReply(deps, waiting[2]!.id, 'yes', 'karin')).rejects.toMatchObject({
      code: 'reply-has-no-question',
    })
    expect((await list()).map(({ said }) => said)).toEqual(['Ring mig'])
    await settleReply(deps, waiting[2]!.id, 'read', 'karin')
    expect(await openReplies(s.db.pool)).toBe(0)
    expect(await replies()).toEqual([
      { person: 1, reply: 'wants-to-cancel' },
      { person: 2, reply: 'confirmed' },
    ])
  })

  it('stop at STOPP, what is queued too, and staff are told; a protected person is not named', async () => {
    await books(1, 3)
    await books(2, 3)
    at('15T09:05:00')
    await ask()
    expect(await says(0, 'STOPP')).toBe('stopped')
    expect(await says(0, 'Stopp')).toBe('stopped')
    await s.send('sms')
    expect([(await onPhone(0)).length, (await onPhone(1)).length]).toEqual([0, 1])
    expect(
      await rows(
        s.db.pool,
        `select person_id as person, state, reason from message where step like 'appointment-reminder:%' order by 1`,
      ),
    ).toEqual([
      { person: 1, state: 'suppressed', reason: 'no-mobile' },
      { person: 2, state: 'sent', reason: null },
    ])
    expect(await says(1, 'Vem är det?')).toBe('unclear')
    await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 2`)
    expect((await list()).map(({ kind, phone, names }) => [kind, phone, names.length])).toEqual([
      ['stop', phones[0], 1],
      ['stop', phones[0], 1],
      ['unclear', null, 0],
    ])
  })

  it('are not sent for a time that was cancelled after they were made', async () => {
    await books(1, 3)
    at('15T09:05:00')
    expect(await ask()).toBe(1)
    await run(s.db.pool, `update appointment set state = 'cancelled', ended_at = now()`)
    await s.send('sms')
    expect(
      await row(
        s.db.pool,
        `select state, reason from message where step like 'appointment-reminder:%'`,
      ),
    ).toEqual({ state: 'suppressed', reason: 'appointment-ended' })
  })
})

describe('reminders that quiet hours would hold back until they are useless', () => {
  it.each([
    ['08:00', '19:00'],
    ['08:10', '19:00'],
    ['10:30', '19:00'],
  ])('three hours before %s come at %s the evening before', async (visit, evening) => {
    await reminded(visit, 'PT3H')
    expect(await due(`2021-03-16T18:59:00+01:00`)).toBe(0)
    expect(await due(`2021-03-16T${evening}:00+01:00`)).toBe(1)
  })

  it('that are of use all the same keep their moment: noon, and a day before', async () => {
    await reminded('12:00', 'PT3H')
    expect(await due('2021-03-17T08:59:00+01:00')).toBe(0)
    expect(await due('2021-03-17T09:00:00+01:00')).toBe(1)
    await s.close()
    await reminded('07:30', 'P1D')
    expect(await due('2021-03-16T07:29:00+01:00')).toBe(0)
    expect(await due('2021-03-16T07:30:00+01:00')).toBe(1)
  })

  /** Somebody has a time on 17 March, in a campaign that reminds so long before. */
  async function reminded(visit: string, before: string): Promise<void> {
    await region({}, openSpec({ reminders: [{ before, channel: 'sms' }] }))
    await run(s.db.pool, 'update slot set starts_at = $1 where id = 3', [
      new Date(`2021-03-17T${visit}:00+01:00`),
    ])
    const found = await row<{ code: string }>(
      s.db.pool,
      'select code from invitation where person_id = 1',
    )
    await bookByCode(s.db.pool, s.clock, found!.code, 3, 'person')
  }
  const due = (time: string) => {
    s.clock.moveTo(new Date(time))
    return askReminders({
      pool: s.db.pool,
      clock: s.clock,
      jobs: s.jobs,
      quiet: { from: 20, to: 8 },
    })
  }
})
