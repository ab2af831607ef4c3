import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../src/clock.ts'
import { demoClock, keepDemoClock } from '../../src/demo/clock.ts'

let where: { KALLELSE_DATA: string; DATABASE_URL?: string }
beforeEach(() => {
  where = { KALLELSE_DATA: mkdtempSync(join(tmpdir(), 'kallelse-demo-clock-')) }
})
afterEach(() => rmSync(where.KALLELSE_DATA, { recursive: true }))

const left = new Date('2021-04-13T18:00:00+02:00')

it('after the demo the time goes on from where it left, by as much as has really gone', () => {
  const before = systemClock.now().getTime()
  keepDemoClock(where, left)
  const shown = demoClock(where)!.now().getTime()
  const gone = systemClock.now().getTime() - before
  expect(shown - left.getTime()).toBeGreaterThanOrEqual(0)
  expect(shown - left.getTime()).toBeLessThanOrEqual(gone)
})

it("without a demo, and with a database of one's own, the time is real", () => {
  expect(demoClock(where)).toBeUndefined()
  keepDemoClock(where, left)
  expect(demoClock({ ...where, DATABASE_URL: 'postgres://localhost/real' })).toBeUndefined()
  keepDemoClock({ ...where, DATABASE_URL: 'postgres://localhost/real' }, new Date('2030-01-01'))
  expect(demoClock(where)!.now().getTime()).toBeLessThan(left.getTime() + 60_000)
})
