import { describe, expect, it } from '@jest/globals'
import { limitConcurrency } from '../../../src/messages/print/concurrency.ts'

describe('work in turn', () => {
  it('never overlaps, keeps its order, and goes on after a failure', async () => {
    const turn = limitConcurrency()
    const seen: string[] = []
    const work = (name: string, waits: number, fails = false) =>
      turn(async () => {
        seen.push(`${name} begins`)
        for (let i = 0; i < waits; i++) await Promise.resolve()
        seen.push(`${name} ends`)
        if (fails) throw new Error(name)
        return name
      })
    const results = await Promise.allSettled([work('a', 5), work('b', 1, true), work('c', 0)])
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
    expect(results).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: new Error('b') },
      { status: 'fulfilled', value: 'c' },
    ])
  })
})
