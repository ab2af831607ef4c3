import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { formatDay } from '../../src/release/model/calendar.ts'
import { oracle } from './oracle.ts'
import { freeOn, type World } from './world.ts'

/** One day's release: letters for each area, and the day's 99 % level by area and date if the policy states one. */
export interface Advice {
  invite: number[]
  p99?: Record<string, number>[]
  paused?: string | null
  ms?: number
}
export interface Player {
  decide: (world: World, line: Record<string, unknown>) => Promise<Advice>
  close: () => void
}

export const policyNames = [
  'all-at-once',
  'fixed',
  'weekly',
  'strict',
  'steady',
  'eager',
  'oracle',
] as const
/** beside: the steady policy of another checkout */
export type PolicyName = (typeof policyNames)[number] | 'beside'

/** @param beside the other checkout's folder */
export function player(name: PolicyName, beside?: string): Player {
  switch (name) {
    case 'beside':
      return ours(join(beside ?? '', 'bench/release/advise-child.ts'))
    case 'all-at-once':
      return simple((w) => w.areas.map((a) => a.people.length))
    // 85 % are thought to book, as the planners of 2021 did.
    case 'fixed':
      return simple((w) =>
        w.areas.map((_, a) => Math.round((w.scenario.daily * (w.scenario.areas[a] ?? 0)) / 0.85)),
      )
    case 'weekly':
      return simple((w) =>
        w.areas.map((a) => {
          if (a.publishedOn.indexOf(w.day) < 0) return 0
          let places = 0
          for (let d = w.day + 1; d < w.day + 20; d++)
            if (a.publishedOn[d] === w.day) places += freeOn(w, a, d)
          return Math.round(places / 0.85)
        }),
      )
    case 'oracle':
      return simple(oracle)
    case 'strict':
    case 'steady':
    case 'eager':
      return ours(fileURLToPath(new URL('advise-child.ts', import.meta.url)))
  }
}

const simple = (invite: (world: World) => number[]): Player => ({
  decide: (world) => Promise.resolve({ invite: invite(world) }),
  close: () => undefined,
})

interface Answer {
  areas?: { id: string; invite: number; p99: Record<string, number> }[]
  paused?: string | null
  error?: unknown
}

/** The real thing: `release advise` in a process of its own, spoken to over its protocol. */
function ours(program: string): Player {
  const child: ChildProcessWithoutNullStreams = spawn(process.execPath, [program])
  child.stderr.pipe(process.stderr)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    decide: async (_world, line) => {
      const began = performance.now()
      child.stdin.write(`${JSON.stringify(line)}\n`)
      const { value, done } = await lines.next()
      if (done) throw new Error('release advise ended early')
      const answer = JSON.parse(value) as Answer
      if (!answer.areas) throw new Error(`release advise refused ${JSON.stringify(answer.error)}`)
      return {
        invite: answer.areas.map((a) => a.invite),
        p99: answer.areas.map((a) => a.p99),
        paused: answer.paused ?? null,
        ms: performance.now() - began,
      }
    },
    close: () => child.stdin.end(),
  }
}

export const dateOf = (world: World, d: number): string => formatDay(world.scenario.start + d)
