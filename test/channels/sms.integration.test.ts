import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Channel } from '../../src/channels/channel.ts'
import { readJournal } from '../../src/demo/stand-ins/journal.ts'
import type { SmsFault } from '../../src/demo/stand-ins/sms-server.ts'
import type { TakenSms } from '../../src/demo/stand-ins/taken-sms.ts'
import { openSms } from '../../src/channels/sms.ts'
import { readConfig } from '../../src/config.ts'
import { startProviders, type Providers } from './support/providers.ts'

const phone = '+46701740605'
const faults = new Map<string, SmsFault>()
let providers: Providers
let sms: Channel
beforeAll(async () => {
  providers = await startProviders({ sms: { fault: (reference) => faults.get(reference) } })
  sms = openSms(providers.config)
})
afterAll(() => providers.close())

const compose = (text = 'Hej! Du har fått en kallelse.') =>
  sms.compose({
    reference: randomUUID(),
    recipient: phone,
    date: new Date(0),
    rendered: { kind: 'sms', text },
  })
async function sendWith(fault: SmsFault) {
  const reference = randomUUID()
  faults.set(reference, fault)
  const since = new Date()
  return {
    reference,
    since,
    sent: await sms.send({ reference, recipient: phone, content: await compose() }),
  }
}
const journal = () => readJournal<TakenSms>(providers.smsJournal)

describe('sms', () => {
  it('arrives as the bytes that were stored, under our reference', async () => {
    const reference = randomUUID()
    const content = await compose('Hej Åke! Så här kontaktar vi dig …')
    const sent = await sms.send({ reference, recipient: phone, content })
    const line = journal().find((l) => l.reference === reference)
    expect(sent).toEqual({ kind: 'accepted', providerId: line?.messageId })
    expect(line).toMatchObject({
      to: '46701740605',
      from: 'RegDalarna',
      sha256: createHash('sha256').update(content).digest('hex'),
    })
  })

  it('composes the same bytes from the same input', async () => {
    expect(await compose('samma')).toEqual(await compose('samma'))
  })

  it('passes on the time that the provider asks for', async () => {
    const { sent, reference } = await sendWith({ status: 429, retryAfter: '3' })
    expect(sent).toEqual({ kind: 'retry', code: 'throttled', after: 3 })
    expect(journal().some((l) => l.reference === reference)).toBe(false)
  })

  it('stops for a number that the provider calls invalid', async () => {
    const { sent } = await sendWith({
      status: 422,
      type: 'https://developer.vonage.com/api-errors/messages#1170',
    })
    expect(sent).toEqual({ kind: 'stop', code: 'invalid-number' })
  })

  it('is in doubt when the connection breaks after the provider took it, and the provider then says that it has it', async () => {
    const { sent, reference, since } = await sendWith('cut-after')
    expect(sent.kind).toBe('unsure')
    expect(await sms.find(reference, since)).toEqual({
      kind: 'accepted',
      providerId: journal().find((l) => l.reference === reference)?.messageId,
    })
  })

  it('is in doubt when the connection breaks before, and the provider then does not know it', async () => {
    const { sent, reference, since } = await sendWith('cut-before')
    expect(sent.kind).toBe('unsure')
    expect(await sms.find(reference, since)).toEqual({ kind: 'unknown' })
  })

  it('finds one among more records than a page holds', async () => {
    const content = await compose()
    const references = Array.from({ length: 2100 }, () => randomUUID())
    const since = new Date(Date.now() - 60_000) // another window than the tests before: those are kept for a moment
    for (let i = 0; i < references.length; i += 100) {
      await Promise.all(
        references
          .slice(i, i + 100)
          .map((reference) => sms.send({ reference, recipient: phone, content })),
      )
    }
    expect(await sms.find(references.at(-1)!, since)).toMatchObject({ kind: 'accepted' })
  })

  it('does not wait longer for an answer than others take it for alive', async () => {
    const impatient = openSms({ ...providers.config, IN_DOUBT_AFTER: 0.5 })
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const muted = openSms({
      ...providers.config,
      IN_DOUBT_AFTER: 0.5,
      SMS_HOST: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    })
    expect(
      await muted.send({ reference: randomUUID(), recipient: phone, content: await compose() }),
    ).toEqual({ kind: 'unsure', code: 'timeout' })
    expect(
      await impatient.send({ reference: randomUUID(), recipient: phone, content: await compose() }),
    ).toMatchObject({ kind: 'accepted' })
    silent.closeAllConnections()
    silent.close()
  })

  it("throws rather than answers when the provider can't be asked", async () => {
    const wrong = openSms({ ...providers.config, VONAGE_API_SECRET: 'wrong' })
    await expect(wrong.find(randomUUID(), new Date())).rejects.toThrow('401')
  })

  it("can't say without the account's key", async () => {
    const { VONAGE_API_KEY: _, ...config } = providers.config
    expect(await openSms(config).find(randomUUID(), new Date())).toEqual({ kind: 'cannot-say' })
  })

  it("is refused with another application's key, and waits for a person", async () => {
    const other = openSms({ ...providers.config, VONAGE_APPLICATION_ID: randomUUID() })
    expect(
      await other.send({ reference: randomUUID(), recipient: phone, content: await compose() }),
    ).toEqual({ kind: 'retry', code: 'unauthorized' })
  })

  it('may be tried again when nobody answers at the address', async () => {
    const nobody = openSms({ ...providers.config, SMS_HOST: 'http://127.0.0.1:1' })
    expect(
      await nobody.send({ reference: randomUUID(), recipient: phone, content: await compose() }),
    ).toEqual({ kind: 'retry', code: 'unreachable' })
  })

  it('waits when there is no account', async () => {
    expect(
      await openSms(readConfig({})).send({
        reference: randomUUID(),
        recipient: phone,
        content: await compose(),
      }),
    ).toEqual({ kind: 'retry', code: 'not-configured', after: 600 })
  })

  it.each(['RegionDalarna', '12', 'Region!', ''])('refuses the sender id "%s"', (sender) => {
    expect(() => openSms({ ...providers.config, SMS_SENDER: sender })).toThrow('SMS_SENDER')
  })
})

it('the stand-in still knows what it took after a restart', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-'))
  const [reference, since] = [randomUUID(), new Date()]
  const first = await startProviders({ folder })
  await openSms(first.config).send({ reference, recipient: phone, content: await compose() })
  await first.close()
  const second = await startProviders({ folder })
  expect(await openSms(second.config).find(reference, since)).toMatchObject({ kind: 'accepted' })
  await second.close()
  await rm(folder, { recursive: true })
})

it('the settings may not make the SDK log its private key', () => {
  for (const DEBUG of ['vonage:*', '*', 'express:*,vonage:jwt'])
    expect(() => readConfig({ DEBUG })).toThrow('private key')
  expect(readConfig({ DEBUG: 'express:*' }).DEBUG).toBe('express:*')
})
