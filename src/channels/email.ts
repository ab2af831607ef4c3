import { createTransport } from 'nodemailer'
import type { Config } from '../config.ts'
import { bounceAddress } from './bounce-address.ts'
import { patience, type Channel } from './channel.ts'
import { readMailFailure, type MailFailure } from './email-answers.ts'
import { openTrace } from './email-trace.ts'
import { mimeOf } from './mime.ts'

const connections = 5

/** What servers that know DSN (RFC 3461) are asked for: to be told of failures, without the text of the mail. */
const askedFor = { return: 'headers' as const, notify: ['failure' as const, 'delay' as const] }

/**
 * E-mail through an SMTP relay. The message is built once, as it will be sent; Message-ID holds our reference. Without
 * SMTP_URL nothing is sent and every message waits (`not-configured`).
 */
export function openEmail(config: Config): Channel {
  const domain = config.SMTP_FROM.slice(config.SMTP_FROM.lastIndexOf('@') + 1).replace(/>$/, '')
  const messageId = (reference: string) => `${reference}@${domain}`
  const returnTo = (reference: string) =>
    config.BOUNCE_ADDRESS ? bounceAddress(config.BOUNCE_ADDRESS, reference) : config.SMTP_FROM
  const relay = config.SMTP_URL
    ? createTransport({
        pool: true,
        url: config.SMTP_URL,
        requireTLS: config.SMTP_REQUIRE_TLS,
        maxConnections: connections,
        maxMessages: 1000,
        // The pool would send a message again by itself when its connection closes: once is once.
        maxRequeues: 0,
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 30_000,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
    : undefined
  return {
    name: 'email',
    perSecond: config.SMTP_PER_SECOND,
    connections: 2 * connections, // so that one that is free finds the next mail waiting
    compose({ reference, recipient, date, rendered, calendar }) {
      if (rendered.kind !== 'email') throw new TypeError('an SMS was given to the e-mail channel')
      const content = mimeOf({
        from: config.SMTP_FROM,
        to: recipient,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        messageId: messageId(reference),
        date,
        // RFC 3834: no out-of-office replies, please
        headers: { 'X-Kallelse-Reference': reference, 'Auto-Submitted': 'auto-generated' },
        ...(calendar ? { calendar } : {}),
      })
      return Promise.resolve(content)
    },
    async send({ reference, recipient, content }) {
      if (!relay) return { kind: 'retry', code: 'not-configured', after: 600 }
      const giveUp = new AbortController()
      const timer = setTimeout(() => giveUp.abort(), patience(config.IN_DOUBT_AFTER))
      try {
        await relay.sendMail({
          envelope: { from: returnTo(reference), to: [recipient] },
          raw: content,
          ...(config.BOUNCE_ADDRESS ? { dsn: { ...askedFor, id: reference } } : {}),
          signal: giveUp.signal,
        })
        return { kind: 'accepted', providerId: messageId(reference) }
      } catch (error) {
        return readMailFailure(error as MailFailure)
      } finally {
        clearTimeout(timer)
      }
    },
    find: openTrace(config.SMTP_TRACE_URL, messageId),
    close() {
      relay?.close()
      return Promise.resolve()
    },
  }
}
