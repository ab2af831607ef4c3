import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { bounceAddress, bouncedTo } from '../../../src/channels/bounce-address.ts'
import { judge } from '../../../src/messages/bounces/judge.ts'
import { readMail } from '../../../src/messages/bounces/read-mail.ts'

const folder = new URL('mails/', import.meta.url)
const mail = (name: string) => readFileSync(new URL(`${name}.eml`, folder))
const reference = '3f0a4c1e-5b7d-4e2a-9c61-8d2f7b1a0e11'

/** What is done about a mail when the message was sent to this address. */
async function judged(name: string, recipient: string | null, ours = reference) {
  const report = await readMail(mail(name))
  return report && judge(report, new Map([[ours, { id: ours, recipient }]]))
}
const failed = (code: string, hard: boolean) => ({
  outcome: 'failed',
  messageId: reference,
  code,
  hard,
})

describe('a report of a mail that was not delivered', () => {
  it.each([
    ['postfix-unknown-mailbox', 'asa.berg@brevlada.example', failed('unknown-mailbox', true)],
    ['postfix-mailbox-full', 'asa.berg@brevlada.example', failed('mailbox-full', false)],
    ['postfix-given-up-after-five-days', 'asa.berg@brevlada.example', failed('expired', false)],
    ['postfix-verp-forwarded', 'asa.berg@brevlada.example', failed('unknown-mailbox', true)],
    ['microsoft-365-unknown', 'asa.berg@kommun.example', failed('unknown-mailbox', true)],
    ['microsoft-365-access-denied', 'asa.berg@kommun.example', failed('unknown-mailbox', true)],
    ['exchange-over-quota', 'Asa.Berg@kommun.example', failed('mailbox-full', false)],
    ['exchange-blocked-by-policy', 'asa.berg@kommun.example', failed('refused', false)],
    ['exim-report', 'asa.berg@forening.example', failed('unknown-mailbox', true)],
    ['exim-plain', 'asa.berg@forening.example', failed('undelivered', true)],
    ['exim-plain-swedish', 'asa.berg@forening.example', failed('mailbox-full', false)],
  ])('%s says so, and whether it is the address', async (name, recipient, expected) => {
    expect(await judged(name, recipient)).toEqual(expected)
  })

  it.each(['postfix-delayed', 'exim-plain-delayed'])('%s is nothing final', async (name) => {
    const recipient = name.startsWith('exim')
      ? 'asa.berg@forening.example'
      : 'asa.berg@brevlada.example'
    expect(await judged(name, recipient)).toEqual({ outcome: 'delayed', messageId: reference })
  })

  it('says that it was delivered after all', async () => {
    expect(await judged('postfix-delivered', 'asa.berg@brevlada.example')).toEqual({
      outcome: 'delivered',
      messageId: reference,
    })
  })
})

describe('what is kept for a person', () => {
  it.each([
    ['plain-without-reference', 'asa.berg@forening.example', 'no-reference', null],
    ['forged-unknown-reference', 'asa.berg@brevlada.example', 'unknown-reference', null],
    ['forged-two-references', 'asa.berg@brevlada.example', 'two-messages', reference],
    ['forged-other-recipient', 'asa.berg@brevlada.example', 'other-recipient', reference],
    ['postfix-unknown-mailbox', null, 'not-sent', reference],
  ])('%s, sent to %s: %s', async (name, recipient, why, messageId) => {
    expect(await judged(name, recipient)).toEqual({ outcome: 'kept', why, messageId })
  })

  it('says nothing of what became of the mail', () => {
    const silent = { address: null, original: null, action: null, status: null, diagnostic: '' }
    const report = { returnedTo: [], returned: [reference], recipients: [silent], writtenAt: null }
    const ours = new Map([[reference, { id: reference, recipient: 'asa@kommun.example' }]])
    expect(judge(report, ours)).toMatchObject({ outcome: 'kept', why: 'unclear' })
  })
})

it.each(['out-of-office', 'a-question', 'read-receipt'])('%s is left alone', async (name) => {
  expect(await readMail(mail(name))).toBeNull()
})

it('every saved mail is in a test, and only invented people are in them', () => {
  const tests = readFileSync(new URL(import.meta.url), 'utf8')
  for (const file of readdirSync(folder)) {
    expect(tests).toContain(file.replace('.eml', ''))
    const addresses = readFileSync(new URL(file, folder), 'latin1').match(/@[\w.-]+/g) ?? []
    expect(addresses.filter((a) => !/\.(example|PROD\.OUTLOOK\.COM)$/i.test(a))).toEqual([])
  }
})

it('a report that is cut anywhere says that it failed, or nothing', async () => {
  const recipient = 'asa.berg@brevlada.example'
  const whole = mail('postfix-unknown-mailbox')
  for (let length = 0; length < whole.length; length += 97) {
    const report = await readMail(whole.subarray(0, length))
    const said = report && judge(report, new Map([[reference, { id: reference, recipient }]]))
    expect(['failed', 'kept', null]).toContain(said && said.outcome)
  }
})

it('an address with our reference in it gives it back', () => {
  const address = bounceAddress('studs@regiondalarna.example', reference)
  expect(address).toBe('studs+3f0a4c1e5b7d4e2a9c618d2f7b1a0e11@regiondalarna.example')
  expect(bouncedTo(`To: <${address.toUpperCase()}>`)).toEqual([reference])
})
