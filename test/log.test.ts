import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { messageOf } from '../src/errors.ts'
import { openLog } from '../src/log.ts'

describe('an error as text', () => {
  it.each([
    [new Error('the disk is full'), 'the disk is full'],
    [{ message: 'Connection terminated', stack: '', queue: 'sweep' }, 'Connection terminated'],
    [Object.assign(new Error(''), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    [
      new AggregateError([new Error('refused at ::1'), new Error('refused at 127.0.0.1')]),
      'refused at ::1; refused at 127.0.0.1',
    ],
    [new RangeError(), 'RangeError'],
    ['plain words', 'plain words'],
    [undefined, 'undefined'],
    [{ detail: 'Key (phone)=(+46701740605) exists' }, 'an error without words'],
  ])('%s', (thrown, text) => expect(messageOf(thrown)).toBe(text))
})

describe('what is said again and again', () => {
  let lines: { msg: string; times?: number; queue?: string }[]
  const log = () =>
    openLog('info', { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) })
  beforeEach(() => {
    lines = []
    jest.useFakeTimers()
  })
  afterEach(() => void jest.useRealTimers())

  it('is written once, then counted, and written again when it comes back after a pause', () => {
    const quiet = log()
    const fail = (job: string) => quiet.error({ queue: 'sweep', job, reason: 'refused' }, 'failed')
    for (let i = 0; i < 500; i++) fail(`job ${i}`)
    expect(lines).toHaveLength(1)
    jest.advanceTimersByTime(30_000)
    expect(lines.map(({ times }) => times)).toEqual([undefined, 499])
    jest.advanceTimersByTime(60_000)
    expect(lines).toHaveLength(2)
    fail('one more')
    expect(lines).toHaveLength(3)
  })

  it('is told apart by where it happens, and what is no error is written each time', () => {
    const quiet = log()
    for (const queue of ['sweep', 'print', 'sweep']) quiet.error({ queue, reason: 'x' }, 'failed')
    for (let i = 0; i < 3; i++) quiet.info({ reason: 'x' }, 'a step')
    expect(lines.map(({ msg, queue }) => [msg, queue])).toEqual([
      ['failed', 'sweep'],
      ['failed', 'print'],
      ['a step', undefined],
      ['a step', undefined],
      ['a step', undefined],
    ])
  })
})
