import { textGate } from '../../src/texts/gate.ts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { App } from '../../src/app.ts'
import { createCampaign } from '../../src/campaigns/actions.ts'
import { rows, run } from '../../src/db/pool.ts'
import { checkedLetter } from '../../src/letters/letter.ts'
import { renderLetter } from '../../src/letters/render.ts'
import { readSignedCode } from '../../src/letters/signed-code.ts'
import { signingKey } from '../../src/letters/signing-key.ts'
import { openLog } from '../../src/log.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { testPersonnummer } from '../../src/people/identity/test-number.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { proofForPerson, proofInLanguage } from '../../src/evidence/proof.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { keptMessages } from '../support/kept.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

const texts = await loadTexts()
const karin = { by: 'karin', unit: 'Kommunikation' }
const numberOf = (id: number) => testPersonnummer(`1944-06-${String(id).padStart(2, '0')}`, 981)
let s: Sending
let web: Listening
beforeAll(async () => {
  s = await sending({ people: 9, places: 9, env: { PORT: '0' } })
  for (let id = 1; id <= 9; id++)
    await run(s.db.pool, 'update person set identity_number = $2 where id = $1', [id, numberOf(id)])
  await run(s.db.pool, `update person set language = 'ar' where id = 2`)
  await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 4`)
  await run(s.db.pool, `update person set opted_out = true where id = 5`)
  const app: App = {
    config: s.config,
    log: openLog('silent'),
    clock: s.clock,
    pool: s.db.pool,
    jobs: () => Promise.resolve(s.jobs),
    textGate: textGate(s.config),
    close: () => Promise.resolve(),
  }
  web = await listen(app)
}, 120_000)
afterAll(async () => {
  await web.close()
  await s.close()
})

const deps = () => ({ pool: s.db.pool, clock: s.clock, config: s.config, texts })
const forPerson = (id: number) => proofForPerson(deps(), 'open-campaign', numberOf(id), karin)

describe('a preview', () => {
  it('of a draft says what each person would get: by her route, in her language, and notes the look', async () => {
    await createCampaign({ pool: s.db.pool, clock: s.clock }, openSpec(), 'anna')
    const letter = await forPerson(2)
    expect(letter).toMatchObject({
      route: 'post',
      language: 'ar',
      messages: [
        {
          channel: 'letter',
          template: 'invitation-open',
          rendered: { kind: 'letter', language: 'ar' },
          letter: { addressLines: ['Namn2 Efternamn', 'Provgatan 1', '791 31 Falun'] },
        },
      ],
    })
    const digital = await forPerson(3)
    expect(digital.messages.map(({ channel, step, after }) => [channel, step, after])).toEqual([
      ['email', 'invitation', 0],
      ['sms', 'reminder', 3],
    ])
    expect(
      await rows(
        s.db.pool,
        'select actor, unit, action, person_id::int as person from access_log order by id',
      ),
    ).toEqual([
      { actor: 'karin', unit: 'Kommunikation', action: 'preview of open-campaign', person: 2 },
      { actor: 'karin', unit: 'Kommunikation', action: 'preview of open-campaign', person: 3 },
    ])
  })

  it('writes nothing but that', async () => {
    expect(
      await rows(
        s.db.pool,
        'select (select count(*)::int from invitation) as invitations, (select count(*)::int from message) as messages',
      ),
    ).toEqual([{ invitations: 0, messages: 0 }])
  })

  it('is refused for the protected, and the attempt is noted; for who gets nothing it says why', async () => {
    await expect(forPerson(4)).rejects.toThrow(
      expect.objectContaining({ code: 'protected-person' }),
    )
    expect(
      (
        await rows<{ action: string }>(
          s.db.pool,
          'select action from access_log order by id desc limit 1',
        )
      )[0]!.action,
    ).toBe('preview of open-campaign: refused')
    await expect(forPerson(5)).rejects.toThrow(
      expect.objectContaining({
        code: 'left-out',
        message: expect.stringContaining('opted-out') as unknown as string,
      }),
    )
    await expect(
      proofForPerson(deps(), 'open-campaign', numberOf(1), { by: ' ', unit: 'x' }),
    ).rejects.toThrow(expect.objectContaining({ code: 'no-name' }))
    await expect(proofForPerson(deps(), 'no-such', numberOf(1), karin)).rejects.toThrow(
      expect.objectContaining({ code: 'unknown-campaign' }),
    )
    await expect(proofInLanguage(deps(), 'open-campaign', 'th')).rejects.toThrow(
      expect.objectContaining({ code: 'not-its-language' }),
    )
  })

  it('gives nobody a code that works: not to book with, and no signature that holds', async () => {
    const {
      messages: [message],
    } = await forPerson(2)
    const code = readSignedCode(message!.letter!.checkUrl)!
    expect(code.keyId).not.toBe(signingKey(s.config).id)
    const said = JSON.stringify(message)
    for (const { code: real } of await rows<{ code: string }>(
      s.db.pool,
      'select code from invitation',
    ))
      expect(said.replaceAll('-', '')).not.toContain(real)
  })

  it("has every channel of the campaign in a language, with nobody's data", async () => {
    const { messages } = await proofInLanguage(deps(), 'open-campaign', 'ar')
    expect(messages.map(({ channel, rendered }) => [channel, rendered.language])).toEqual([
      ['email', 'ar'],
      ['sms', 'ar'],
      ['letter', 'ar'],
    ])
    expect(JSON.stringify(messages)).not.toMatch(/Efternamn|Provgatan/)
    const template = await proofInLanguage(deps(), 'open-campaign', 'en', {
      template: 'second-dose',
    })
    expect(template.messages.map(({ channel }) => channel)).toEqual(['letter', 'email', 'sms'])
  })

  it('is drawn for the envelope that the letters will be', async () => {
    const config = { ...s.config, LETTER_MARGIN: 30, LETTER_WINDOW: '112,50,200,85' }
    const { messages } = await proofInLanguage({ ...deps(), config }, 'open-campaign', 'sv')
    expect(messages.find(({ letter }) => letter)!.letter!.sheet).toEqual({
      margin: 30,
      window: { left: 112, top: 50, right: 200, bottom: 85 },
    })
  })

  it('says word for word what is then sent, but for the codes and the date', async () => {
    const id = await s.started(openSpec({ name: 'sent-campaign', purpose: 'covid-19/dose-2' }))
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
    await printLetters(s.printDeps(), id)
    const sent = (await keptMessages(s.db.pool, `m.campaign_id = ${id} and m.person_id = 2`)).map(
      (m) => checkedLetter(JSON.parse(m.text)),
    )
    const { messages } = await proofForPerson(deps(), 'sent-campaign', numberOf(2), karin)
    const plain = (letter: object) =>
      JSON.stringify(letter).replace(/[0-9A-Z]{4}-[0-9A-Z]{4}/g, 'CODE')
    expect(sent).toHaveLength(1)
    expect(plain(messages[0]!.letter!.rendered)).toBe(plain(sent[0]!.rendered))
    expect(messages[0]!.letter!.addressLines).toEqual(sent[0]!.addressLines)
    // and what is sent bears no mark: no shapes but the engine's own
    const real = (await renderLetter(sent[0]!, s.clock.now())).toString('latin1')
    expect(real.match(/startxref/g)).toHaveLength(1)
  })
})

describe("the staff's page", () => {
  it('shows the letters of every language as pictures, and what SMS and e-mail say', async () => {
    const html = await (await fetch(new URL('/admin/utskick/open-campaign/brev', web.url))).text()
    for (const language of ['sv', 'sv-simple', 'en', 'ar'])
      expect(html).toContain(`id="sprak-${language}"`)
    const address = /src="([^"]*\/ar\/\d+\/1\.png)"/.exec(html)![1]!
    const picture = await fetch(new URL(address, web.url))
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
    expect((await fetch(new URL(address.replace('/1.png', '/9.png'), web.url))).status).toBe(404)
    expect((await fetch(new URL('/admin/utskick/no-such/brev', web.url))).status).toBe(404)
  })
})
