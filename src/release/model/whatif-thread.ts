import { parentPort, workerData } from 'node:worker_threads'
import type { Policy } from './policy.ts'
import type { DayState } from './state.ts'
import { project, type Cut } from './whatif.ts'

export interface Projected {
  state: DayState
  policy: Policy
  cut: Cut | null
}

const { state, policy, cut } = workerData as Projected
parentPort?.postMessage(project(state, policy, cut))
