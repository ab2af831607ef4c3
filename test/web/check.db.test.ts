import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { MovableClock } from '../../src/clock.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { keyFile } from '../../src/letters/check-code.ts'
import { newPrivateKey, signingKey } from '../../src/letters/signing-key.ts'
import { fraudReports, handleReport } from '../../src/verification/fraud-reports.ts'
import { publishSigningKey } from '../../src/verification/signing-keys.ts'
import { openSite, type Answer, type Site } from './support/site.ts'

let site: Site
const code: Record<string, string> = {}
const clock = new MovableClock(new Date('2021-03-10T12:00:00Z'))
beforeAll(async () => {
  site = await openSite({ TRUSTED_PROXIES: '1' }, clock)
  const { pool } = site.db
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone) values ('SE2321000180-HEML', 'Hemliga kliniken', '2080', 'falun', 'Hemgatan 2', '79131', 'Falun', '+46846500401')`,
  )
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, email, phone, language, registered_address, listed_clinic)
    values ('194401019809', 'personnummer', '1944-01-01', 'Hemlig', 'Hemligsson', 'hemlig@post.example', '+46701740605', 'ar', '{"street": "Storgatan 14", "postcode": "79170", "town": "Ludvika"}', 'SE2321000180-HEML')`,
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('c', 1, '{}', now())`,
  )
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, created_by, created_at) values ('varen', 'covid-19/dose-1', 'open', 1, '{}', 'anna', now())`,
  )
  await run(
    pool,
    `insert into invitation (campaign_id, person_id, purpose, state, reason, state_since) values (1, 1, 'covid-19/dose-1', 'suppressed', 'protected', now())`,
  )
  const message = async (
    name: string,
    channel: string,
    step: string,
    state: string,
    sentAt: string | null,
  ) => {
    const made = await row<{ code: string }>(
      pool,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, due_at, created_at, content, content_sha256, template_version, recipient, sent_at, sending_since, worker)
      values (1, 1, 1, 'covid-19/dose-1', 1, $1, $2, 'ar', 'invitation-open', $3, '2021-03-08 12:00+01', now(), 'x', 'x', '1', 'hemlig@post.example', $4, now(), 'w') returning check_code as code`,
      [step, channel, state, sentAt],
    )
    code[name] = made!.code
  }
  await message('email', 'email', 'invitation', 'sent', '2021-03-08 12:00+01')
  await message('letter', 'letter', 'reminder', 'sent', '2021-03-08 12:00+01')
  await message('sms', 'sms', 'queue', 'delivered', '2021-03-08 12:00+01')
  await message('doubtful', 'sms', 'invitation', 'in-doubt', null)
  await message('batched', 'letter', 'invitation', 'sending', null)
  await message('waiting', 'email', 'reminder', 'queued', null)
})
afterAll(() => site.close())
beforeEach(() => run(site.db.pool, 'delete from guess'))

const from = (address: string, language = '') => ({
  'x-forwarded-for': address,
  ...(language ? { 'accept-language': language } : {}),
})
const shown = ({ text }: Answer) => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

describe('/akta', () => {
  it.each([
    [
      'sv',
      'email',
      'Ja, vi har skickat meddelandet',
      ['Region Dalarna', '8 mars 2021', 'En kallelse ( Mejl )'],
    ],
    [
      'sv-simple',
      'letter',
      'Ja, det är från oss',
      ['Region Dalarna', '8 mars 2021', 'En påminnelse ( Brev )'],
    ],
    [
      'en',
      'sms',
      'Yes, we sent the message',
      ['Region Dalarna', '8 March 2021', 'A message ( Text message )'],
    ],
    [
      'ar',
      'doubtful',
      'نعم، نحن أرسلنا هذه الرسالة',
      ['Region Dalarna', '8 مارس 2021', 'دعوة ( رسالة نصية )'],
    ],
  ])(
    'in %s says of a real code who sent it, when and what kind',
    async (language, name, title, said) => {
      for (const path of [
        `/akta/${language}/${code[name]}`,
        `/akta/${language}?kod=${code[name]!.slice(0, 4).toLowerCase()}-${code[name]!.slice(4)}`,
      ]) {
        const answer = await site.get(path)
        expect(answer.status).toBe(200)
        for (const words of [
          title,
          ...said.map((s) => s.replaceAll('( ', '(').replaceAll(' )', ')')),
        ])
          expect(shown(answer)).toContain(words)
      }
    },
  )

  it('answers in the language of the browser, never in that of the message', async () => {
    const title = async (language: string) =>
      /<html lang="(\w+)"/.exec(
        (await site.get(`/akta/${code['email']}`, undefined, from('192.0.2.1', language))).text,
      )?.[1]
    expect([await title('en-GB'), await title('ar'), await title('fi'), await title('')]).toEqual([
      'en',
      'ar',
      'sv',
      'sv',
    ])
  })

  it('reveals nothing about the recipient: the bytes are those of any other message of that day and kind', async () => {
    const secrets =
      /hemlig|1944|01-01|9809|701740605|storgatan|ludvika|79170|covid|dose|vaccin|invitation-|varen|falun|prov/i
    for (const name of ['email', 'letter', 'sms', 'doubtful']) {
      for (const language of ['sv', 'sv-simple', 'en', 'ar']) {
        const answer = await site.get(`/akta/${language}/${code[name]}`)
        const everything = JSON.stringify([answer.text, [...answer.headers]])
        expect(everything).not.toMatch(secrets)
      }
    }
    // Somebody else's message of the same day and kind: only the code in the links differs.
    await run(
      site.db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name, email, language) values ('194502029801', 'personnummer', 'Annan', 'Annansson', 'annan@post.example', 'sv')`,
    )
    const other = (await row<{ code: string }>(
      site.db.pool,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, due_at, created_at, content, content_sha256, template_version, recipient, sent_at)
      values (1, 1, 2, 'influenza/2021', 2, 'invitation', 'email', 'sv', 'invitation-timed', 'sent', now(), now(), 'yy', 'yy', '2', 'annan@post.example', '2021-03-08 09:00+01') returning check_code as code`,
    ))!.code
    const page = async (which: string) =>
      (await site.get(`/akta/sv/${which}`)).text.replaceAll(which, 'CODE')
    expect(await page(other)).toBe(await page(code['email']!))
  })

  it('does not know a letter that nobody can hold yet, a message that waits, or a booking code', async () => {
    const booking = (await row<{ code: string }>(site.db.pool, 'select code from invitation'))!.code
    for (const which of [code['batched'], code['waiting'], booking, 'nonsense', '12345678'])
      expect(shown(await site.get(`/akta/sv/${which}`))).toContain('Vi känner inte igen koden')
  })

  it('says what to do about an unknown code, and where to tell of it', async () => {
    const answer = await site.get('/akta/sv/AAAA1111')
    for (const words of [
      'Svara inte',
      'Tryck inte på länkar',
      'Ring din bank genast',
      '112',
      '114 14',
      'Vi frågar aldrig efter BankID',
    ])
      expect(shown(answer)).toContain(words)
    expect(answer.text).toContain('href="/akta/sv/rapport"')
  })

  it('turns nobody away: a code that is right is known after many that were not, from the same address', async () => {
    const answers: Answer[] = []
    for (let n = 0; n < 25; n++)
      answers.push(await site.get(`/akta/AAAA${String(1000 + n)}`, undefined, from('192.0.2.7')))
    expect(answers.map((a) => a.status)).toEqual(Array<number>(25).fill(200))
    const right = await site.get(`/akta/sv/${code['email']}`, undefined, from('192.0.2.7'))
    expect(shown(right)).toContain('Ja, vi har skickat')
    const booking = await site.post('/boka/sv', 'kod=AAAA1111&fodd=19440101', undefined, {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...from('192.0.2.7'),
    })
    expect(booking.status).toBe(422)
  })

  it('shows what was typed as text, and knows only its languages', async () => {
    expect((await site.get('/akta/sv?kod=%3Cscript%3Ealert(1)%3C%2Fscript%3E')).text).not.toContain(
      '<script',
    )
    expect((await site.get('/akta/__proto__/x')).status).toBe(404)
    expect((await site.get('/akta/sv/A/B')).status).toBe(404)
  })
})

describe('a fraud report', () => {
  const form = (
    body: Record<string, string>,
    headers: Record<string, string> = {},
    language = 'sv',
  ) =>
    site.post(`/akta/${language}/rapport`, new URLSearchParams(body).toString(), undefined, {
      'content-type': 'application/x-www-form-urlencoded',
      'sec-fetch-site': 'same-origin',
      ...headers,
    })
  const whole = () => ({
    form: randomUUID(),
    channel: 'sms',
    happened: 'i går',
    sender: '+46701740699',
    content: 'Ditt BankID är spärrat.\r\nLogga in: http://bluff.example',
    contact: '070-1740605',
  })

  it('is kept for the communicators, whole, once for each form', async () => {
    const one = whole()
    const answers = await Promise.all(Array.from({ length: 4 }, () => form(one)))
    expect(answers.map((a) => [a.status, a.headers.get('location')])).toEqual(
      Array(4).fill([303, '/akta/sv/tack']),
    )
    expect(shown(await site.get('/akta/sv/tack'))).toContain('Tack, nu vet vi')
    const [kept, ...more] = await fraudReports(site.db.pool)
    expect(more).toEqual([])
    expect(kept).toMatchObject({
      channel: 'sms',
      happened: 'i går',
      sender: '+46701740699',
      content: 'Ditt BankID är spärrat.\nLogga in: http://bluff.example',
      contact: '070-1740605',
      language: 'sv',
      state: 'new',
    })
  })

  it('is handled once, by one', async () => {
    const [first] = await fraudReports(site.db.pool, 'new')
    expect(
      await handleReport(site.db.pool, first!.id, 'karin', 'anmält till operatören', clock.now()),
    ).toMatchObject({ state: 'handled', handledBy: 'karin' })
    await expect(
      handleReport(site.db.pool, first!.id, 'olle', '', clock.now()),
    ).rejects.toMatchObject({
      code: 'fraud-report-already-handled',
      message: expect.stringContaining('karin'),
    })
    expect(await fraudReports(site.db.pool, 'new')).toEqual([])
  })

  it('without anything in it, or too long, is given back with what was typed', async () => {
    const empty = await form({
      form: randomUUID(),
      channel: 'sms',
      happened: '',
      sender: ' ',
      content: '',
      contact: 'x@post.example',
    })
    expect([
      empty.status,
      shown(empty).includes('Skriv vad som stod'),
      empty.text.includes('value="x@post.example"'),
      empty.text.includes('value="sms" type="radio" checked'),
    ]).toEqual([422, true, true, true])
    expect(shown(await form({ ...whole(), channel: '' }))).toContain('Välj hur det kom')
    expect((await form({ ...whole(), channel: 'pigeon' })).status).toBe(422)
    expect([
      (await form({ ...whole(), content: 'x'.repeat(4001) })).status,
      (await form({ ...whole(), content: 'x'.repeat(70_000) })).status,
    ]).toEqual([422, 413])
    expect(await fraudReports(site.db.pool, 'new')).toEqual([])
  })

  it('with signs that no database takes is kept without them; the longest one in Arabic goes in', async () => {
    expect((await form({ ...whole(), content: 'a\u0000b\u001b[31m<script>' })).status).toBe(303)
    expect((await form({ ...whole(), content: 'ع'.repeat(4000) }, {}, 'ar')).status).toBe(303)
    expect((await fraudReports(site.db.pool, 'new')).map((r) => r.content)).toEqual([
      'ع'.repeat(4000),
      'a b [31m<script>',
    ])
  })

  it('comes five times an hour from one address at most, and only from our own page', async () => {
    const statuses = []
    for (let n = 0; n < 7; n++) statuses.push((await form(whole(), from('192.0.2.50'))).status)
    expect(statuses).toEqual([303, 303, 303, 303, 303, 429, 429])
    expect((await form(whole(), from('192.0.2.51'))).status).toBe(303)
    expect(
      (await form(whole(), { ...from('192.0.2.52'), origin: 'https://elsewhere.example' })).status,
    ).toBe(403)
  })
})

describe("the keys of letters' codes", () => {
  const at = (day: string) => new Date(`${day}T08:00:00Z`)
  const [first, second] = [newPrivateKey(), newPrivateKey()].map((text) =>
    signingKey({ CODE_SIGNING_KEY: text, KALLELSE_DATA: '' }),
  )
  const published = async () =>
    keyFile
      .parse(JSON.parse((await site.get('/.well-known/kallelse-keys.json')).text))
      .keys.map((k) => [k.kid, k.validFrom, k.validTo])

  it('are published with their days; the earlier one ends a week after the next began, and can come back', async () => {
    await run(site.db.pool, `delete from message where state = 'queued'`)
    await publishSigningKey(site.db.pool, first!, at('2021-03-01'))
    await publishSigningKey(site.db.pool, first!, at('2021-03-05'))
    expect(await published()).toEqual([[first!.id, '2021-03-01', null]])
    await publishSigningKey(site.db.pool, second!, at('2021-04-01'))
    expect(await published()).toEqual([
      [second!.id, '2021-04-01', null],
      [first!.id, '2021-03-01', '2021-04-08'],
    ])
    await publishSigningKey(site.db.pool, first!, at('2021-04-02'))
    expect(await published()).toEqual([
      [first!.id, '2021-03-01', null],
      [second!.id, '2021-04-01', '2021-04-09'],
    ])
    const { text, headers } = await site.get('/.well-known/kallelse-keys.json')
    expect([JSON.parse(text), headers.get('cache-control')]).toMatchObject([
      { issuer: 'Region Dalarna', page: 'http://127.0.0.1:3000/akta' },
      'public, max-age=3600',
    ])
    expect(text).not.toContain('"d"')
  })

  it('begin with the oldest letter that they will sign', async () => {
    await run(site.db.pool, 'delete from signing_key')
    await run(
      site.db.pool,
      `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, due_at, created_at) values (1, 1, 1, 'x', 1, 'invitation', 'letter', 'sv', 't', '2021-02-20 23:30Z', now())`,
    )
    await publishSigningKey(site.db.pool, first!, at('2021-03-01'))
    expect(await published()).toEqual([[first!.id, '2021-02-21', null]])
  })

  it('come one at a time when several programs start at once', async () => {
    await Promise.all(
      [first!, second!, first!, second!].map((k) =>
        publishSigningKey(site.db.pool, k, at('2021-03-02')),
      ),
    )
    expect(
      (await rows(site.db.pool, 'select from signing_key where valid_to is null')).length,
    ).toBe(1)
  })
})
