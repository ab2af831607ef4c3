import { z } from 'zod'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Channel, Found } from './channel.ts'

const page = z.object({
  records: z
    .array(
      z.object({
        message_id: z.string(),
        client_ref: z.string().nullish(),
        status: z.string().nullish(),
      }),
    )
    .default([]),
  _links: z.object({ next: z.object({ href: z.string() }).optional() }).optional(),
})
type Held = Map<string, { messageId: string; status: string }>

const minute = 60_000
/** The longest time that the API answers about at once. */
const longest = 24 * 60 * minute

/**
 * Asks Vonage's Reports API (GET /v2/reports/records) what it holds. It has no filter on our reference for Messages,
 * only on time (24 hours at most), but every record carries `client_ref`: a window is fetched whole, page by page,
 * and serves all the messages that are in doubt since the same minutes.
 */
export function openReports(config: Config, host: string): Channel['find'] {
  const { VONAGE_API_KEY: key, VONAGE_API_SECRET: secret } = config
  if (!key || !secret) return () => Promise.resolve({ kind: 'cannot-say' })
  const authorization = `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`
  // The call came within IN_DOUBT_AFTER of the claim; the provider's clock may differ from ours by a minute.
  const [before, after] = [minute, config.IN_DOUBT_AFTER * 1000 + minute]
  const windows = new Map<string, Promise<Held>>()

  const fetchAll = async (from: number, to: number): Promise<Held> => {
    const held: Held = new Map()
    for (let start = from; start < to; start += longest)
      for (const [reference, record] of await fetchWindow(start, Math.min(start + longest, to)))
        held.set(reference, record)
    return held
  }

  const fetchWindow = async (from: number, to: number): Promise<Held> => {
    const url = new URL('/v2/reports/records', config.VONAGE_REPORTS_HOST ?? host)
    url.search = new URLSearchParams({
      account_id: key,
      product: 'MESSAGES',
      direction: 'outbound',
      date_start: new Date(from).toISOString(),
      date_end: new Date(to).toISOString(),
    }).toString()
    const held: Held = new Map()
    for (let next: URL | undefined = url; next;) {
      const response: Response = await fetch(next, {
        headers: { authorization },
        signal: AbortSignal.timeout(30_000),
      })
      if (!response.ok) {
        await response.body?.cancel()
        throw new Error(`the Reports API answered ${response.status}`)
      }
      const { records, _links } = page.parse(await response.json())
      for (const r of records)
        if (r.client_ref)
          held.set(r.client_ref, { messageId: r.message_id, status: r.status ?? '' })
      next = _links?.next ? sameHost(_links.next.href, next) : undefined
    }
    return held
  }

  return async (reference, since, until = since): Promise<Found> => {
    const [start, end] = [since, until].map((at) => Math.floor(at.getTime() / minute) * minute) as [
      number,
      number,
    ]
    const asked = `${start} ${end}`
    let window = windows.get(asked)
    if (!window) {
      const now = systemClock.now().getTime()
      window = fetchAll(start - before, Math.min(end + minute + after, now + minute))
      windows.set(asked, window)
      const forget = () => windows.delete(asked)
      window.then(() => setTimeout(forget, 5000).unref(), forget)
    }
    const record = (await window).get(reference)
    if (!record) return { kind: 'unknown' }
    const status = statuses[record.status]
    return { kind: 'accepted', providerId: record.messageId, ...(status ? { status } : {}) }
  }
}

const statuses: Record<string, 'delivered' | 'failed'> = {
  delivered: 'delivered',
  read: 'delivered',
  rejected: 'failed',
  undeliverable: 'failed',
  failed: 'failed',
  expired: 'failed',
}

/** The credentials follow a link to the same host only. */
function sameHost(href: string, from: URL): URL {
  const url = new URL(href, from)
  if (url.host !== from.host) throw new Error('the Reports API pointed to another host')
  return url
}
