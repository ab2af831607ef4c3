import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Channel } from '../../src/channels/channel.ts'
import { openEmail } from '../../src/channels/email.ts'
import { readJournal } from '../../src/demo/stand-ins/journal.ts'
import type { SmtpFault, TakenMail } from '../../src/demo/stand-ins/smtp-server.ts'
import { readConfig } from '../../src/config.ts'
import { startProviders, type Providers } from './support/providers.ts'

const faults = new Map<string, SmtpFault>()
let providers: Providers
let email: Channel
beforeAll(async () => {
  providers = await startProviders({ smtp: { fault: (to) => faults.get(to) } })
  email = openEmail(providers.config)
})
afterAll(async () => {
  await email.close()
  await providers.close()
})

const date = new Date('2021-03-11T08:00:00Z')
const mail = (
  reference: string,
  recipient = 'asa@example.se',
  text = 'Hej Åsa!\n.\n..punkter\nslut',
) =>
  email.compose({
    reference,
    recipient,
    date,
    rendered: {
      kind: 'email',
      subject: 'Du har fått en kallelse från Region Dalarna – läs mer',
      text,
      html: `<p>${text}</p>`,
    },
  })
async function sendTo(recipient: string) {
  const reference = randomUUID()
  const sent = await email.send({ reference, recipient, content: await mail(reference, recipient) })
  return {
    reference,
    sent,
    lines: readJournal<TakenMail>(providers.mailJournal).filter((l) => l.reference === reference),
  }
}

describe('e-mail', () => {
  it('arrives byte for byte as it was stored', async () => {
    const reference = randomUUID()
    const content = await mail(reference)
    const sent = await email.send({ reference, recipient: 'asa@example.se', content })
    const line = readJournal<TakenMail>(providers.mailJournal).find(
      (l) => l.reference === reference,
    )
    expect(sent).toEqual({ kind: 'accepted', providerId: `${reference}@regiondalarna.example` })
    expect(line).toMatchObject({
      messageId: `${reference}@regiondalarna.example`,
      to: 'asa@example.se',
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })
  })

  it('composes the same bytes from the same input, whenever', async () => {
    const reference = randomUUID()
    const bytes = await mail(reference)
    expect(await mail(reference)).toEqual(bytes)
    const head = bytes.toString().split('\r\n\r\n')[0]
    expect(head).toContain(`Message-ID: <${reference}@regiondalarna.example>`)
    expect(head).toContain('Auto-Submitted: auto-generated')
    expect(head).toContain('Date: Thu, 11 Mar 2021 08:00:00 +0000')
    expect(bytes.toString().replaceAll('\r\n', '')).not.toMatch(/[\r\n]/) // CRLF throughout, as SMTP wants
  })

  it('comes back to an address with its reference, when there is one for that', async () => {
    const bouncing = openEmail({
      ...providers.config,
      BOUNCE_ADDRESS: 'studs@regiondalarna.example',
    })
    const reference = randomUUID()
    const content = await mail(reference)
    await bouncing.send({ reference, recipient: 'asa@example.se', content })
    await bouncing.close()
    const line = readJournal<TakenMail>(providers.mailJournal).find(
      (l) => l.reference === reference,
    )
    expect(line).toMatchObject({
      from: `studs+${reference.replaceAll('-', '')}@regiondalarna.example`,
      messageId: `${reference}@regiondalarna.example`,
      size: content.length,
    })
  })

  it('may come from a name with an address', async () => {
    const named = openEmail({
      ...providers.config,
      SMTP_FROM: 'Region Dalarna <kallelse@regiondalarna.example>',
    })
    const reference = randomUUID()
    const content = await named.compose({
      reference,
      recipient: 'a@example.se',
      date,
      rendered: { kind: 'email', subject: 's', text: 't', html: 'h' },
    })
    expect(content.toString()).toContain('From: Region Dalarna <kallelse@regiondalarna.example>')
    expect(await named.send({ reference, recipient: 'a@example.se', content })).toEqual({
      kind: 'accepted',
      providerId: `${reference}@regiondalarna.example`,
    })
    await named.close()
  })

  it('lets no header be smuggled in with an address or a subject', async () => {
    const bytes = await email.compose({
      reference: randomUUID(),
      recipient: 'a@example.se\r\nBcc: b@example.se',
      date,
      rendered: { kind: 'email', subject: 'Hej\r\nBcc: c@example.se', text: 't', html: 'h' },
    })
    expect(bytes.toString()).not.toMatch(/^bcc:/im)
  })

  it.each([
    [450, { kind: 'later', code: 'mailbox-busy' }],
    [550, { kind: 'stop', code: 'unknown-mailbox' }],
    [553, { kind: 'stop', code: 'invalid-mailbox' }],
  ])("reads the relay's reply %i", async (reply, expected) => {
    faults.set(`r${reply}@example.se`, { reply })
    const { sent, lines } = await sendTo(`r${reply}@example.se`)
    expect(sent).toEqual(expected)
    expect(lines).toEqual([])
  })

  it('is in doubt when the connection breaks after the relay took it, is not sent again, and the trace has it', async () => {
    faults.set('after@example.se', 'cut-after')
    const { sent, reference, lines } = await sendTo('after@example.se')
    expect(sent.kind).toBe('unsure')
    expect(lines).toHaveLength(1)
    expect(await email.find(reference, date)).toEqual({
      kind: 'accepted',
      providerId: `${reference}@regiondalarna.example`,
      status: 'delivered',
    })
  })

  it('is in doubt when the connection breaks before, and the trace does not know it', async () => {
    faults.set('before@example.se', 'cut-before')
    const { sent, reference, lines } = await sendTo('before@example.se')
    expect(sent.kind).toBe('unsure')
    expect(lines).toEqual([])
    expect(await email.find(reference, date)).toEqual({ kind: 'unknown' })
  })

  it('may be tried again when no relay answers, and waits when there is none', async () => {
    const outgoing = {
      reference: randomUUID(),
      recipient: 'a@example.se',
      content: await mail(randomUUID()),
    }
    const nobody = openEmail({ ...providers.config, SMTP_URL: 'smtp://127.0.0.1:1' })
    expect(await nobody.send(outgoing)).toEqual({ kind: 'retry', code: 'unreachable' })
    await nobody.close()
    expect(await openEmail(readConfig({})).send(outgoing)).toEqual({
      kind: 'retry',
      code: 'not-configured',
      after: 600,
    })
  })

  it('is in doubt when the relay falls silent', async () => {
    const silent = createServer(
      (socket) =>
        void socket
          .resume()
          .on('error', () => {})
          .write('220 local ESMTP\r\n'),
    ).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const muted = openEmail({
      ...providers.config,
      IN_DOUBT_AFTER: 0.5,
      SMTP_URL: `smtp://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    })
    expect(
      await muted.send({
        reference: randomUUID(),
        recipient: 'a@example.se',
        content: await mail(randomUUID()),
      }),
    ).toEqual({ kind: 'unsure', code: 'broken-eabort' })
    await muted.close()
    silent.close()
  })

  it("can't say without a trace, and does not take a wrong address for an unknown message", async () => {
    expect(await openEmail(readConfig({})).find(randomUUID(), date)).toEqual({ kind: 'cannot-say' })
    const wrong = openEmail({ ...providers.config, SMTP_TRACE_URL: `${providers.sms.url}/trace` })
    await expect(wrong.find(randomUUID(), date)).rejects.toThrow('404')
    await wrong.close()
  })
})

it('gives nothing to a relay that offers no STARTTLS when it is required, and the message waits', async () => {
  const careful = openEmail({ ...providers.config, SMTP_REQUIRE_TLS: true })
  const reference = randomUUID()
  const content = await mail(reference)
  expect(await careful.send({ reference, recipient: 'asa@example.se', content })).toMatchObject({
    kind: 'retry',
    code: 'tls-failed',
  })
  const lines = readJournal<TakenMail>(providers.mailJournal)
  expect(lines.filter((line) => line.reference === reference)).toEqual([])
  await careful.close()
})
