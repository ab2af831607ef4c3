import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { row, rows } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { createServer } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

const key = Buffer.from('a key of thirty-two signs, or so')
const email = {
  route: 'digital',
  needs: ['email'],
  steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
}

let s: Sending
let server: Server
let url: string
let sent: { id: string; recipient: string }[]
beforeAll(async () => {
  s = await sending({ people: 12, places: 12 })
  const id = await s.started(openSpec({ channels: [email] }))
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
  await s.send('email')
  sent = await rows(s.db.pool, `select id, recipient from message where state = 'sent' order by id`)
  const config = { BOUNCE_WEBHOOK_SECRET: `whsec_${key.toString('base64')}` }
  server = createServer(appOf(s, config)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/bounces`
})
afterAll(async () => {
  server.close()
  await s.close()
})

const eventOf = (message: { id: string; recipient: string }, over: object = {}) => ({
  message_id: `<${message.id}@regiondalarna.example>`,
  recipient: message.recipient,
  action: 'failed',
  status: '5.1.1',
  ...over,
})
async function post(
  events: object[],
  { id = randomUUID(), at = Date.now(), by = key, change = (body: string) => body } = {},
): Promise<number> {
  const body = JSON.stringify({ events })
  const time = Math.floor(at / 1000)
  const signature = createHmac('sha256', by).update(`${id}.${time}.${body}`).digest('base64')
  const answer = await fetch(url, {
    method: 'POST',
    body: change(body),
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(time),
      'webhook-signature': `v1,AAAA v1,${signature}`,
    },
  })
  await answer.arrayBuffer()
  return answer.status
}
const stateOf = ({ id }: { id: string }) =>
  row(s.db.pool, 'select state, reason from message where id = $1', [id])

describe("the relay's webhook about bounces", () => {
  it('makes its message fail, once', async () => {
    const id = randomUUID()
    const events = [eventOf(sent[0]!), eventOf(sent[1]!, { status: '5.2.2' })]
    expect([await post(events, { id }), await post(events, { id })]).toEqual([204, 204])
    expect(await stateOf(sent[0]!)).toEqual({ state: 'failed', reason: 'unknown-mailbox' })
    expect(await stateOf(sent[1]!)).toEqual({ state: 'failed', reason: 'mailbox-full' })
    expect(await row(s.db.pool, 'select count(*)::int as n from bounce')).toEqual({ n: 2 })
  })

  it('takes the others when one can not be read or is about somebody else', async () => {
    const events = [
      { ...eventOf(sent[2]!), action: 'sprängd' },
      eventOf(sent[2]!, { recipient: sent[3]!.recipient }),
      eventOf({ id: randomUUID(), recipient: sent[3]!.recipient }),
      eventOf(sent[3]!, { action: 'delayed', status: '4.4.1' }),
    ]
    expect(await post(events)).toBe(204)
    expect(await stateOf(sent[2]!)).toEqual({ state: 'sent', reason: null })
    expect(await stateOf(sent[3]!)).toEqual({ state: 'sent', reason: null })
    expect(
      await rows(
        s.db.pool,
        'select outcome, why_kept as why from bounce where id > 2 order by place',
      ),
    ).toEqual([
      { outcome: 'kept', why: 'unreadable' },
      { outcome: 'kept', why: 'other-recipient' },
      { outcome: 'kept', why: 'unknown-reference' },
      { outcome: 'delayed', why: null },
    ])
  })

  it.each([
    ['signed with another key', { by: Buffer.from('another key of thirty-two signs.') }],
    ['changed on the way', { change: (body: string) => body.replace('5.1.1', '5.1.2') }],
    ['of six minutes ago', { at: Date.now() - 360_000 }],
  ])('is refused when it is %s', async (_what, how) => {
    expect(await post([eventOf(sent[2]!)], how)).toBe(401)
    expect(await stateOf(sent[2]!)).toEqual({ state: 'sent', reason: null })
  })

  it('is refused without events, or with a sign that no database takes', async () => {
    expect(await post([])).toBe(400)
    expect(await post([eventOf(sent[2]!, { diagnostic: '\0' })])).toBe(400)
  })
})
