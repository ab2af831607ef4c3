import { describe, expect, it } from '@jest/globals'
import { needsOperator } from '../../src/channels/channel.ts'
import { readMailFailure } from '../../src/channels/email-answers.ts'
import { readAnswer, readFailure } from '../../src/channels/sms-answers.ts'

const now = new Date('2021-03-11T08:00:00Z')
const problem = (n: number) => `https://developer.vonage.com/api-errors/messages#${n}`

describe('an SMS that was not answered with 202', () => {
  it.each([
    [429, undefined, '7', { kind: 'retry', code: 'throttled', after: 7 }],
    [
      429,
      undefined,
      'Thu, 11 Mar 2021 08:00:30 GMT',
      { kind: 'retry', code: 'throttled', after: 30 },
    ],
    [429, undefined, 'soon', { kind: 'retry', code: 'throttled' }],
    [401, undefined, null, { kind: 'retry', code: 'unauthorized' }],
    [402, undefined, null, { kind: 'retry', code: 'low-balance' }],
    [409, undefined, null, { kind: 'duplicate', providerId: null }],
    [422, problem(1170), null, { kind: 'stop', code: 'invalid-number' }],
    [422, problem(1120), null, { kind: 'retry', code: 'sender-refused' }],
    [
      422,
      'https://developer.vonage.com/api-errors#unprocessable-entity',
      null,
      { kind: 'stop', code: 'invalid-parameter' },
    ],
    [500, problem(1030), null, { kind: 'unsure', code: 'provider-error' }],
    [500, undefined, null, { kind: 'unsure', code: 'http-500' }],
    [504, undefined, null, { kind: 'unsure', code: 'http-504' }],
  ])('%i %s', (status, type, retryAfter, expected) => {
    expect(readAnswer(status, type, retryAfter, now)).toEqual(expected)
  })

  it('may be tried again when the network failed before the request', () => {
    expect(readFailure('ECONNREFUSED', 'connect')).toEqual({ kind: 'retry', code: 'unreachable' })
    expect(readFailure('ETIMEDOUT', 'connect')).toEqual({ kind: 'retry', code: 'unreachable' })
  })

  it('is in doubt when the network failed after it', () => {
    expect(readFailure('ECONNRESET', 'read')).toEqual({ kind: 'unsure', code: 'broken-econnreset' })
    expect(readFailure(undefined, undefined)).toEqual({ kind: 'unsure', code: 'broken' })
  })
})

describe('a mail that was not taken', () => {
  it.each([
    [
      { responseCode: 421, code: 'ECONNECTION' },
      { kind: 'retry', code: 'relay-closing' },
    ],
    [
      { responseCode: 451, code: 'EMESSAGE' },
      { kind: 'later', code: 'relay-error' },
    ],
    [
      { responseCode: 455, code: 'EENVELOPE' },
      { kind: 'later', code: 'smtp-455' },
    ],
    [
      { responseCode: 550, code: 'EENVELOPE' },
      { kind: 'stop', code: 'unknown-mailbox' },
    ],
    [
      { responseCode: 551, code: 'EENVELOPE' },
      { kind: 'stop', code: 'unknown-mailbox' },
    ],
    [
      { responseCode: 553, code: 'EENVELOPE' },
      { kind: 'stop', code: 'invalid-mailbox' },
    ],
    [
      { responseCode: 571, code: 'EENVELOPE' },
      { kind: 'stop', code: 'smtp-571' },
    ],
    [
      { responseCode: 535, code: 'EAUTH' },
      { kind: 'retry', code: 'unauthorized' },
    ],
    [
      { code: 'ESOCKET', originalCode: 'ECONNREFUSED' },
      { kind: 'retry', code: 'unreachable' },
    ],
    [
      { code: 'ETIMEDOUT', timeoutType: 'GREETING_TIMEOUT' },
      { kind: 'retry', code: 'unreachable' },
    ],
    [
      { code: 'ETIMEDOUT', timeoutType: 'SOCKET_TIMEOUT' },
      { kind: 'unsure', code: 'broken-etimedout' },
    ],
    [{ code: 'ECONNECTION' }, { kind: 'unsure', code: 'broken-econnection' }],
    [{ code: 'EENVELOPE' }, { kind: 'stop', code: 'invalid-mailbox' }],
  ])('%j', (failure, expected) => {
    expect(readMailFailure({ message: 'it failed', ...failure })).toEqual(expected)
  })
})

it('tells what a person must mend from what is wrong with one message', () => {
  expect(
    ['unauthorized', 'low-balance', 'sender-refused', 'invalid-number', 'throttled'].map(
      needsOperator,
    ),
  ).toEqual([true, true, true, false, false])
})
