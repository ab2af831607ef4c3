import type { Sent } from './channel.ts'

type Kind = 'retry' | 'stop' | 'unsure' | 'duplicate'
interface Row {
  kind: Kind
  code: string
}

/**
 * Vonage Messages API: what each refusal means for the message. The number is the last part of the problem's `type`
 * (developer.vonage.com/en/api-errors/messages). What is wrong with our account or sender is tried again: it passes
 * once somebody has corrected it, and nobody is lost meanwhile. 1030 is an error inside the provider: it may have kept
 * the message.
 */
const byNumber: Record<string, Row> = {
  1000: { kind: 'retry', code: 'throttled' },
  1010: { kind: 'stop', code: 'missing-parameter' },
  1020: { kind: 'stop', code: 'invalid-parameter' },
  1021: { kind: 'stop', code: 'invalid-parameter' },
  1022: { kind: 'stop', code: 'invalid-parameter' },
  1030: { kind: 'unsure', code: 'provider-error' },
  1040: { kind: 'stop', code: 'invalid-message' },
  1050: { kind: 'stop', code: 'number-barred' },
  1060: { kind: 'retry', code: 'account-barred' },
  1070: { kind: 'retry', code: 'low-balance' },
  1080: { kind: 'retry', code: 'not-enabled' },
  1090: { kind: 'stop', code: 'too-long' },
  1100: { kind: 'retry', code: 'not-submitted' },
  1120: { kind: 'retry', code: 'sender-refused' },
  1130: { kind: 'stop', code: 'invalid-parameter' },
  1140: { kind: 'retry', code: 'not-enabled' },
  1150: { kind: 'stop', code: 'invalid-parameter' },
  1160: { kind: 'stop', code: 'number-not-allowed' },
  1170: { kind: 'stop', code: 'invalid-number' },
}

/** When the problem has no number we know. 5xx: the message may have been kept before the answer failed. */
const byStatus: Record<number, Row> = {
  400: { kind: 'stop', code: 'invalid-parameter' },
  401: { kind: 'retry', code: 'unauthorized' },
  402: { kind: 'retry', code: 'low-balance' },
  403: { kind: 'retry', code: 'forbidden' },
  404: { kind: 'retry', code: 'wrong-address' },
  408: { kind: 'unsure', code: 'provider-timeout' },
  409: { kind: 'duplicate', code: 'already-held' },
  413: { kind: 'stop', code: 'too-long' },
  422: { kind: 'stop', code: 'invalid-parameter' },
  429: { kind: 'retry', code: 'throttled' },
}

/** Errors of the network that come before a request can have been written. */
const beforeTheRequest = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ERR_INVALID_URL',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/**
 * What an answer other than 202 means.
 * @param status HTTP status
 * @param type the problem's `type`, e.g. https://developer.vonage.com/api-errors/messages#1170
 * @param retryAfter the header, in seconds or as an HTTP date
 * @param now for a retryAfter that is a date
 */
export function readAnswer(
  status: number,
  type: string | undefined,
  retryAfter: string | null,
  now: Date,
): Sent {
  const row = byNumber[type?.split('#').at(-1) ?? ''] ??
    byStatus[status] ?? { kind: 'unsure', code: `http-${status}` }
  if (row.kind === 'duplicate') return { kind: 'duplicate', providerId: null }
  if (row.kind !== 'retry') return { kind: row.kind, code: row.code }
  const after = secondsOf(retryAfter, now)
  return after === undefined
    ? { kind: 'retry', code: row.code }
    : { kind: 'retry', code: row.code, after }
}

function secondsOf(retryAfter: string | null, now: Date): number | undefined {
  if (!retryAfter) return undefined
  const seconds = /^\d+(\.\d+)?$/.test(retryAfter)
    ? Number(retryAfter)
    : (Date.parse(retryAfter) - now.getTime()) / 1000
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : undefined
}

/**
 * What a call that got no answer means.
 * @param code the system's error code
 * @param systemCall the call that failed, e.g. connect
 */
export function readFailure(code: string | undefined, systemCall: string | undefined): Sent {
  if (beforeTheRequest.has(code ?? '') || systemCall === 'connect' || systemCall === 'getaddrinfo')
    return { kind: 'retry', code: 'unreachable' }
  return {
    kind: 'unsure',
    code: code ? `broken-${code.toLowerCase().replaceAll('_', '-')}` : 'broken',
  }
}
