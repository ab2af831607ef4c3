import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { clockGoingOn, systemClock, type Clock } from '../clock.ts'
import type { Config } from '../config.ts'

type Where = Pick<Config, 'DATABASE_URL' | 'KALLELSE_DATA'>
const fileOf = ({ KALLELSE_DATA }: Where): string => join(KALLELSE_DATA, 'demo-clock.json')

/**
 * Notes beside the demo's own database what its clock shows now. A database of DATABASE_URL has no such note: it
 * goes by real time always.
 */
export function keepDemoClock(where: Where, showed: Date): void {
  if (where.DATABASE_URL) return
  writeFileSync(`${fileOf(where)}.tmp`, JSON.stringify({ showed, at: systemClock.now() }))
  renameSync(`${fileOf(where)}.tmp`, fileOf(where))
}

/**
 * The demo's clock as it has gone on since, so that its free times are still to come; undefined where no demo was
 * played.
 */
export function demoClock(where: Where): Clock | undefined {
  if (where.DATABASE_URL) return undefined
  try {
    const { showed, at } = JSON.parse(readFileSync(fileOf(where), 'utf8')) as {
      showed: string
      at: string
    }
    return clockGoingOn(new Date(showed), new Date(at))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
