import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { asAttacker } from '../support/attacker.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { testPersonnummer } from '../../src/people/identity/test-number.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { extractAsHtml, extractAsJson } from '../../src/reports/extract.ts'
import { evidenceFile, evidenceText } from '../../src/reports/evidence-shown.ts'
import { evidenceOf, evidenceOfMessage } from '../../src/evidence/evidence.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

// Real letters, e-mails and SMS, sent by the real ways out; then what is kept of them.
let s: Sending
let web: Listening
const karin = { by: 'karin', unit: 'Smittskydd' }
const [letterPerson, digitalPerson, guardedPerson, otherPerson, spoiltPerson, nobody] = [
  2, 3, 4, 5, 6, 7,
].map((day) => testPersonnummer(`1944-06-0${day}`, 981)) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
const numbers = {
  letter: letterPerson,
  digital: digitalPerson,
  guarded: guardedPerson,
  other: otherPerson,
  spoilt: spoiltPerson,
  nobody,
}
beforeAll(async () => {
  s = await sending({ people: 6, places: 6, env: { PORT: '0' } })
  // real identity numbers (test serials) for those we ask about
  for (const [id, number] of [
    [1, numbers.letter],
    [3, numbers.digital],
    [4, numbers.guarded],
    [5, numbers.other],
    [6, numbers.spoilt],
  ] as const)
    await run(s.db.pool, 'update person set identity_number = $2 where id = $1', [id, number])
  const id = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  await s.send('email')
  await printLetters(s.printDeps(), id)
  s.clock.moveTo(new Date('2021-03-12T10:00:00Z'))
  await s.send('sms')
  web = await listen(appOf(s))
}, 120_000)
afterAll(async () => {
  await web.close()
  await s.close()
})

const log = () =>
  rows(s.db.pool, 'select actor, unit, action, person_id as person from access_log order by id')
const deps = () => ({ pool: s.db.pool, clock: s.clock })

describe('the evidence of a person', () => {
  it('holds each message with when, how, which text, who approved, and the bytes as they were kept', async () => {
    const { messages } = await evidenceOf(
      deps(),
      `${numbers.digital.slice(2, 8)}-${numbers.digital.slice(8)}`,
      karin,
      'evidence',
    )
    expect(
      messages.map((m) => [m.channel, m.step, m.state, m.template, m.campaign, m.intact]),
    ).toEqual([
      ['email', 'invitation', 'sent', 'invitation-open', 'open-campaign', true],
      ['sms', 'reminder', 'sent', 'reminder', 'open-campaign', true],
    ])
    expect(messages[0]!.sentAt).toEqual(new Date('2021-03-08T06:00:00Z'))
    expect(messages[0]!.templateVersion).toMatch(/^1/)
    expect(messages[0]!.campaignApprovals.map((a) => a.approver)).toEqual(['anna', 'bertil'])
    expect(messages[0]!.recipient).toBe('person3@post.example')
    expect(createHash('sha256').update(messages[0]!.content!).digest('hex')).toBe(
      messages[0]!.contentSha256,
    )
    // the bytes are those that the mail server got
    const taken = s.mails().find((mail) => JSON.stringify(mail).includes('person3@post.example'))!
    expect(JSON.stringify(taken)).toContain(
      /X-Kallelse-Reference: (\S+)/.exec(messages[0]!.content!.toString())![1]!,
    )
  })

  it('shows what the recipient read', async () => {
    const digital = (await evidenceOf(deps(), numbers.digital, karin, 'evidence')).messages
    const booking = (await row<{ code: string }>(
      s.db.pool,
      'select code from invitation where person_id = 3',
    ))!.code
    const mail = evidenceText(digital[0]!)
    expect(mail).toMatch(/^\S.*\n\n/)
    for (const words of [
      'Namn3',
      'Så kontaktar vi dig',
      `${booking.slice(0, 4)}-${booking.slice(4)}`,
    ])
      expect(mail).toContain(words)
    expect(mail).not.toMatch(/=C3|<p|base64/)
    expect(evidenceText(digital[1]!)).toMatch(/^RegDalarna → 46701740605\n\n/)
    const [letter] = (await evidenceOf(deps(), numbers.letter, karin, 'evidence')).messages
    for (const words of [
      'Namn1 Efternamn\nProvgatan 1\n791 31 Falun',
      'Nu kan du boka tid',
      'Din bokningskod',
      'Är brevet äkta?',
    ])
      expect(evidenceText(letter!)).toContain(words)
  })

  it('gives a letter as PDF, the same bytes each time, and an e-mail as it left', async () => {
    const [letter] = (await evidenceOf(deps(), numbers.letter, karin, 'evidence')).messages
    const [one, two] = await Promise.all([evidenceFile(letter!), evidenceFile(letter!)])
    expect([
      one!.type,
      one!.bytes.subarray(0, 5).toString(),
      one!.bytes.equals(two!.bytes),
    ]).toEqual(['application/pdf', '%PDF-', true])
    const [mail] = (await evidenceOf(deps(), numbers.digital, karin, 'evidence')).messages
    expect((await evidenceFile(mail!))!.bytes.equals(mail!.content!)).toBe(true)
  })

  it('says so when the kept bytes are not those that were sent', async () => {
    await run(s.db.pool, `update message set content = content || ' ' where person_id = 6`)
    const { messages } = await evidenceOf(deps(), numbers.spoilt, karin, 'evidence')
    expect(messages.map((m) => m.intact)).toEqual([false, false])
  })

  it('is that of both records when two are linked', async () => {
    await run(
      s.db.pool,
      `insert into person (identity_number, identity_kind, same_as, given_name, family_name) values ('991981000010', 'reserve-stockholm', 1, 'Namn1', 'Efternamn')`,
    )
    expect((await evidenceOf(deps(), '991981000010', karin, 'evidence')).messages).toHaveLength(1)
    await asAttacker(s.db.pool, 'delete from access_log')
    await run(s.db.pool, `delete from person where identity_number = '991981000010'`)
  })
})

describe('each look', () => {
  it('stands in the access log with who, unit, time, person and what for; also one that found nobody', async () => {
    await asAttacker(s.db.pool, 'delete from access_log')
    await evidenceOf(deps(), numbers.letter, karin, 'evidence')
    await evidenceOf(
      deps(),
      numbers.letter,
      { by: 'olle', unit: 'Kundtjänst' },
      'extract for the person',
    )
    const { id } = (await row<{ id: string }>(
      s.db.pool,
      'select id from message where person_id = 1',
    ))!
    await evidenceOfMessage(deps(), id, karin)
    await expect(evidenceOf(deps(), numbers.nobody, karin, 'evidence')).rejects.toMatchObject({
      code: 'person-not-found',
    })
    expect(await log()).toEqual([
      { actor: 'karin', unit: 'Smittskydd', action: 'evidence', person: 1 },
      { actor: 'olle', unit: 'Kundtjänst', action: 'extract for the person', person: 1 },
      { actor: 'karin', unit: 'Smittskydd', action: 'evidence, one message', person: 1 },
      { actor: 'karin', unit: 'Smittskydd', action: 'evidence', person: null },
    ])
  })

  it('needs a name and a unit', async () => {
    for (const who of [
      { by: '', unit: 'x' },
      { by: 'x', unit: ' ' },
    ])
      await expect(evidenceOf(deps(), numbers.letter, who, 'evidence')).rejects.toMatchObject({
        code: 'no-name',
      })
  })

  it('at somebody protected is refused and noted, but in the worklist for them', async () => {
    await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 4`)
    await asAttacker(s.db.pool, 'delete from access_log')
    await expect(evidenceOf(deps(), numbers.guarded, karin, 'evidence')).rejects.toMatchObject({
      code: 'protected-person',
    })
    const { id } = (await row<{ id: string }>(
      s.db.pool,
      'select id from message where person_id = 4',
    ))!
    await expect(evidenceOfMessage(deps(), id, karin)).rejects.toMatchObject({
      code: 'protected-person',
    })
    expect(
      (
        await evidenceOf(
          deps(),
          numbers.guarded,
          { ...karin, worklist: true },
          'extract for the person',
        )
      ).messages,
    ).toHaveLength(1)
    expect((await log()).map((entry) => (entry as { action: string }).action)).toEqual([
      'evidence: refused',
      'evidence, one message: refused',
      'extract for the person',
    ])
  })

  it('at somebody of whom only the linked record is protected is refused too', async () => {
    await run(
      s.db.pool,
      `insert into person (identity_number, identity_kind, same_as, given_name, family_name, protection) values ('991981000028', 'reserve-stockholm', 5, 'Namn5', 'Efternamn', 'skyddad-folkbokforing')`,
    )
    await expect(evidenceOf(deps(), numbers.other, karin, 'evidence')).rejects.toMatchObject({
      code: 'protected-person',
    })
  })
})

describe('the extract for the person', () => {
  it('is one HTML file with every message, its file and the access log, and no script', async () => {
    const html = await extractAsHtml(
      await evidenceOf(deps(), numbers.digital, karin, 'extract for the person'),
      { name: 'Region Dalarna', phone: '08-465 004 00' },
    )
    for (const words of [
      '8 mars 2021 kl. 7.00: kallelse, e-post',
      'påminnelse, SMS',
      'person3@post.example',
      'anna (',
      'download="',
      'Smittskydd',
      'gjorde ett utdrag till personen',
    ])
      expect(html).toContain(words)
    expect(html).not.toMatch(/<script|https?:\/\/[^"]*\.(js|css)/)
    expect(html).not.toContain('person6@post.example')
  })

  it('is JSON with the bytes as well', async () => {
    const evidence = await evidenceOf(deps(), numbers.digital, karin, 'extract for the person')
    const { messages } = extractAsJson(evidence)
    expect(
      messages.map((m) =>
        Buffer.from(m.content!, 'base64').equals(
          evidence.messages.find((e) => e.id === m.id)!.content!,
        ),
      ),
    ).toEqual([true, true])
  })
})

describe('/admin/underlag', () => {
  const post = async (path: string, body: Record<string, string>) =>
    fetch(`${web.url}${path}`, {
      method: 'POST',
      body: new URLSearchParams(body),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'sec-fetch-site': 'same-origin',
      },
    })

  it('shows it to staff by a form; the number is in no address, and the look is noted', async () => {
    expect(await (await fetch(`${web.url}/admin/underlag`)).text()).toContain(
      'action="/admin/underlag"',
    )
    await asAttacker(s.db.pool, 'delete from access_log')
    const answer = await post('/admin/underlag', { number: numbers.digital, ...karin })
    const html = await answer.text()
    expect([answer.status, answer.url]).toEqual([200, `${web.url}/admin/underlag`])
    for (const words of ['kallelse', 'person3@post.example', 'SHA-256', 'karin'])
      expect(html).toContain(words)
    expect(html).not.toContain('<script')
    expect(await log()).toEqual([
      { actor: 'karin', unit: 'Smittskydd', action: 'evidence', person: 3 },
    ])
  })

  it('gives the message as a file and the extract', async () => {
    const { id } = (await row<{ id: string }>(
      s.db.pool,
      'select id from message where person_id = 1',
    ))!
    const file = await post('/admin/underlag/meddelande', { id, ...karin })
    expect([file.headers.get('content-type'), file.headers.get('content-disposition')]).toEqual([
      'application/pdf',
      `attachment; filename="${id}.pdf"`,
    ])
    const extract = await post('/admin/underlag', {
      number: numbers.letter,
      extract: '1',
      ...karin,
    })
    expect([
      extract.headers.get('content-disposition'),
      (await extract.text()).includes('Utdrag'),
    ]).toEqual(['attachment; filename="utdrag-1.html"', true])
  })

  it('tells what is wrong, and shows no protected person', async () => {
    for (const [body, status, words] of [
      [{ number: '1', ...karin }, 400, 'inget giltigt nummer'],
      [{ number: numbers.letter, by: '', unit: '' }, 422, 'vem som tittar'],
      [{ number: numbers.guarded, ...karin }, 422, 'skyddade uppgifter'],
    ] as const) {
      const answer = await post('/admin/underlag', body)
      const html = await answer.text()
      expect([answer.status, html.includes(words), html.includes('Namn4')]).toEqual([
        status,
        true,
        false,
      ])
    }
  })
})
