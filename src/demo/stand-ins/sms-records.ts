import type { IncomingMessage, ServerResponse } from 'node:http'
import type { LocalCredentials } from './credentials.ts'
import { answerJson } from './http.ts'
import type { TakenSms } from './taken-sms.ts'

const pageSize = 1000

/**
 * GET /v2/reports/records as documented: basic authentication, a window of at most 24 hours or ids, pages linked by
 * _links.next.
 */
export function answerRecords(
  incoming: IncomingMessage,
  response: ServerResponse,
  taken: readonly TakenSms[],
  credentials: LocalCredentials,
  statusOf: (sms: TakenSms) => string,
): void {
  const { VONAGE_API_KEY: key, VONAGE_API_SECRET: secret } = credentials
  if (
    incoming.headers.authorization !== `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`
  )
    return answerJson(response, 401, { title: 'Unauthorized' })
  const url = new URL(incoming.url ?? '', `http://${incoming.headers.host ?? '127.0.0.1'}`)
  const ask = (name: string) => url.searchParams.get(name) ?? ''
  const [start, end] = [Date.parse(ask('date_start')), Date.parse(ask('date_end'))]
  const ids = ask('id') ? new Set(ask('id').split(',')) : undefined
  const faults = [
    ask('account_id') === key ? '' : 'account_id',
    ask('product') === 'MESSAGES' ? '' : 'product',
    ask('direction') === 'outbound' ? '' : 'direction',
    ids || (start < end && end - start <= 86_400_000) ? '' : 'date_end',
    ids && ask('date_start') ? 'date_start' : '',
  ].filter(Boolean)
  if (faults.length)
    return answerJson(response, 422, {
      title: 'Unprocessable entity',
      invalid_parameters: faults.map((name) => ({ name, reason: 'invalid' })),
    })
  const match = taken.filter((sms) =>
    ids
      ? ids.has(sms.messageId)
      : Date.parse(sms.receivedAt) >= start && Date.parse(sms.receivedAt) < end,
  )
  const from = Number(ask('cursor')) || 0
  const records = match.slice(from, from + pageSize).map((sms) => ({
    account_id: key,
    message_id: sms.messageId,
    client_ref: sms.reference,
    direction: 'outbound',
    from: sms.from,
    to: sms.to,
    date_received: sms.receivedAt,
    status: statusOf(sms),
  }))
  const next = new URL(url)
  next.searchParams.set('cursor', String(from + pageSize))
  answerJson(response, 200, {
    request_status: 'SUCCESS',
    items_count: records.length,
    records,
    _links: {
      self: { href: url.href },
      ...(from + pageSize < match.length ? { next: { href: next.href } } : {}),
    },
  })
}
