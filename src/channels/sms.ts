import type { Vonage } from '@vonage/server-sdk'
import { systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { Refused } from '../errors.ts'
import { patience, type Channel, type Sent } from './channel.ts'
import { readAnswer, readFailure } from './sms-answers.ts'
import { openReports } from './sms-reports.ts'

/**
 * The bytes stored for an SMS: everything that decides what the recipient sees. `to` is without the plus, as Vonage
 * wants it.
 */
interface Content {
  from: string
  to: string
  text: string
}

/**
 * SMS through the Vonage Messages API. Without credentials nothing is sent and every message waits (`not-configured`).
 * @throws Refused when the sender id could not be shown on a phone
 */
export function openSms(config: Config): Channel {
  checkSender(config.SMS_SENDER)
  const host = config.SMS_HOST ?? 'https://api.nexmo.com'
  let opened: ReturnType<typeof openMessages> | undefined // with the first SMS: the SDK takes half a second to load
  const find = openReports(config, host)
  return {
    name: 'sms',
    perSecond: config.SMS_PER_SECOND,
    connections: 20,
    compose({ recipient, rendered, question = false }) {
      if (rendered.kind !== 'sms') throw new TypeError('an e-mail was given to the SMS channel')
      const content: Content = {
        from: (question ? config.SMS_REPLY_NUMBER?.slice(1) : undefined) ?? config.SMS_SENDER,
        to: recipient.replace(/^\+/, ''),
        text: rendered.text,
      }
      return Promise.resolve(Buffer.from(JSON.stringify(content)))
    },
    async send({ reference, content }) {
      const messages = await (opened ??= openMessages(config, host))
      if (!messages) return { kind: 'retry', code: 'not-configured', after: 600 }
      const { from, to, text } = JSON.parse(content.toString()) as Content
      try {
        const { messageUUID } = await messages.send({
          channel: 'sms',
          messageType: 'text',
          from,
          to,
          text,
          clientRef: reference,
        })
        // 2xx without an id: something was accepted, but not in words we know
        return messageUUID
          ? { kind: 'accepted', providerId: messageUUID }
          : { kind: 'unsure', code: 'no-message-id' }
      } catch (error) {
        return readThrown(error)
      }
    },
    find,
    close: () => Promise.resolve(),
  }
}

/**
 * The SDK's client, which signs a token for each call (5 times slower than the call itself): a token is used for ten
 * minutes.
 */
async function openMessages(config: Config, host: string): Promise<Vonage['messages'] | undefined> {
  if (!config.VONAGE_APPLICATION_ID || !config.VONAGE_PRIVATE_KEY) return undefined
  const { Vonage } = await import('@vonage/server-sdk')
  const { messages } = new Vonage(
    { applicationId: config.VONAGE_APPLICATION_ID, privateKey: config.VONAGE_PRIVATE_KEY },
    { apiHost: host, restHost: host, timeout: patience(config.IN_DOUBT_AFTER) },
  )
  const sign = messages.addAuthenticationToRequest.bind(messages)
  let token: string | undefined
  let signedAt = 0
  messages.addAuthenticationToRequest = async (request) => {
    if (token === undefined || performance.now() - signedAt > 600_000) {
      // the SDK's tokens live for fifteen
      const signed = await sign({ ...request, headers: {} })
      token = (signed.headers as Record<string, string>)['Authorization']
      signedAt = performance.now()
    }
    return { ...request, headers: { ...request.headers, Authorization: token ?? '' } }
  }
  return messages
}

/**
 * What the SDK throws: an answer other than 2xx carries `response`; the error itself holds the token and the
 * recipient and is not kept.
 */
async function readThrown(error: unknown): Promise<Sent> {
  const { response, code, erroredSysCall } = error as {
    response?: Response
    code?: string
    erroredSysCall?: string
  }
  if (!response)
    return (error as Error).name === 'AbortError'
      ? { kind: 'unsure', code: 'timeout' }
      : readFailure(code, erroredSysCall)
  const problem = (await response.json().catch(() => undefined)) as { type?: unknown } | undefined
  const type = typeof problem?.type === 'string' ? problem.type : undefined
  return readAnswer(response.status, type, response.headers.get('retry-after'), systemClock.now())
}

/** At most 11 letters and digits, at least one a letter (GSM alphanumeric sender), or a number in E.164. */
function checkSender(sender: string): void {
  if (/^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(sender) || /^\+?[1-9][0-9]{6,14}$/.test(sender))
    return
  throw new Refused(
    'bad-sender-id',
    `SMS_SENDER "${sender}" can't be shown on a phone: use 1–11 letters and digits (a–z) with at least one letter, or a number in international form.`,
  )
}
