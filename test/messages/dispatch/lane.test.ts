import { describe, expect, it } from '@jest/globals'
import { openLog } from '../../../src/log.ts'
import { openLane } from '../../../src/messages/dispatch/lane.ts'
import { until } from '../../support/sending.ts'

const hours = () => 10_000_000
const lane = (drain: () => Promise<unknown>, patience = hours) => {
  const stop = new AbortController()
  const sender = openLane({
    lane: 'email',
    drain,
    patience,
    stop: stop.signal,
    log: openLog('silent'),
  })
  return { sender, stop: () => (stop.abort(), sender.stopped) }
}

describe('a lane', () => {
  it('drains when it starts and when it is woken, and stops when it is told to', async () => {
    let drained = 0
    const { sender, stop } = lane(() => Promise.resolve(drained++))
    await until(() => drained === 1)
    sender.wake()
    await until(() => drained === 2)
    await stop()
    expect(drained).toBe(2)
  })

  it('drains once more when it is woken while it drains: that came for rows it may not have seen', async () => {
    let drained = 0
    let end = () => {}
    const { sender, stop } = lane(() => (drained++, new Promise<void>((done) => (end = done))))
    sender.wake()
    sender.wake()
    end()
    await until(() => drained === 2)
    end()
    sender.wake()
    await until(() => drained === 3)
    end()
    await stop()
    expect(drained).toBe(3)
  })

  it('looks by itself after a while', async () => {
    let drained = 0
    const { stop } = lane(
      () => Promise.resolve(drained++),
      () => 5,
    )
    await until(() => drained > 3)
    await stop()
  })

  it('rests after a fault, though it is woken', async () => {
    const at: number[] = []
    const { sender, stop } = lane(() => {
      at.push(performance.now())
      return Promise.reject(new Error('no database'))
    })
    await until(() => {
      sender.wake()
      return at.length === 2
    })
    await stop()
    expect(at[1]! - at[0]!).toBeGreaterThan(990)
  })
})
