import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { lookAgainAfter, Seal, WaitingLine } from '../../../src/web/residents/waiting-line.ts'

const unsaid = () => {}

/** @returns ends it */
function begin(line: WaitingLine): () => void {
  const request = {}
  line.begin(request)
  return () => line.end(request)
}

describe('the waiting line', () => {
  it('lets people in while there is room, and gives the others places in the order they came', () => {
    const line = new WaitingLine(2, unsaid)
    const [first, second] = [begin(line), begin(line)]
    expect(line.come(0)).toBeUndefined()
    begin(line)
    const anna = line.come(0)!
    const bertil = line.come(0)!
    expect(line.look(anna, 10)).toEqual({ number: anna, before: 0 })
    expect(line.look(bertil, 10)).toEqual({ number: bertil, before: 1 })
    first()
    second()
    expect(line.look(anna, 20)).toBeUndefined()
    expect(line.look(bertil, 20)).toBeUndefined()
    expect(line.length).toBe(0)
  })

  it('lets nobody past those who wait, though there is room again', () => {
    const line = new WaitingLine(1, unsaid)
    const [first, second] = [begin(line), begin(line)]
    const anna = line.come(0)!
    first()
    second()
    expect(line.come(1)).toBeDefined()
    expect(line.look(anna, 2)).toBeUndefined()
  })

  it('is told of when it forms, once a minute at most', () => {
    let said = 0
    const line = new WaitingLine(0, () => said++)
    begin(line)
    for (const at of [0, 1, 59_000, 61_000, 62_000]) line.come(at)
    expect(said).toBe(2)
  })

  it('forgets people who have not looked for three minutes', () => {
    const line = new WaitingLine(0, unsaid)
    begin(line)
    line.come(0)
    const bertil = line.come(0)!
    expect(line.look(bertil, 100_000)).toMatchObject({ before: 1 })
    expect(line.look(bertil, 200_000)).toMatchObject({ before: 0 })
  })

  it('puts somebody who waited at another program, or before a restart, at the front', () => {
    const line = new WaitingLine(0, unsaid)
    begin(line)
    const here = line.come(0)!
    const elsewhere = new WaitingLine(0, unsaid)
    begin(elsewhere)
    const from = elsewhere.come(0)!
    const there = line.look(from, 1)!
    expect(there.before).toBe(0)
    expect(line.look(there.number, 2)).toEqual(there)
    expect(line.look(here, 3)).toMatchObject({ before: 1 })
  })

  it('counts a request that ends twice once', () => {
    const line = new WaitingLine(0, unsaid)
    const done = begin(line)
    done()
    done()
    begin(line)
    expect(line.come(0)).toBeDefined()
  })

  it('has people whose turn is near look more often', () => {
    expect([0, 99, 100, 5000].map(lookAgainAfter)).toEqual([5, 5, 15, 15])
  })

  it('gives each who waits a place of their own, whoever comes, looks, gets in or goes away', () => {
    const events = fc.array(
      fc.oneof(
        fc.record({ do: fc.constant('come' as const) }),
        fc.record({ do: fc.constant('look' as const), who: fc.nat() }),
        fc.record({ do: fc.constant('room' as const), free: fc.boolean() }),
        fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 100_000 }) }),
      ),
      { maxLength: 80 },
    )
    fc.assert(
      fc.property(events, (played) => {
        const line = new WaitingLine(0, unsaid)
        let done: (() => void) | undefined = begin(line)
        let now = 0
        let waiting: string[] = []
        for (const event of played) {
          if (event.do === 'wait') now += event.ms
          else if (event.do === 'come') {
            const number = line.come(now)
            if (number) waiting.push(number)
          } else if (event.do === 'room') {
            if (event.free) {
              done?.()
              done = undefined
            } else done ??= begin(line)
          } else if (waiting.length) {
            const who = waiting[event.who % waiting.length]!
            const place = line.look(who, now)
            waiting = waiting.filter((number) => number !== who)
            if (place) waiting.push(place.number)
            else expect(done).toBeUndefined() // nobody gets in without room
          }
        }
        done ??= begin(line)
        waiting = waiting.map((number) => line.look(number, now)!.number) // who had gone is back
        const places = waiting.map((number) => line.look(number, now)!.before)
        expect(new Set(places).size).toBe(waiting.length)
      }),
    )
  })
})

describe('what a waiting browser keeps', () => {
  const seal = new Seal('a secret of at least thirty-two signs')
  const waiting = { number: 'x.1', code: '7KQ2-M9XP', birth: '19440125' }

  it('can be read by us alone, and not be changed', () => {
    const closed = seal.close(waiting)
    expect(seal.open(closed)).toEqual(waiting)
    expect(Buffer.from(closed, 'base64url').toString('latin1')).not.toContain('7KQ2')
    expect(new Seal('another secret of thirty-two signs').open(closed)).toBeUndefined()
    for (const wrong of ['', 'x', `${closed.slice(0, -2)}AA`])
      expect(seal.open(wrong)).toBeUndefined()
  })
})
