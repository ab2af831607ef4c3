import { allocate } from '../../src/allocation/allocate.ts'
import { improve } from '../../src/allocation/improve.ts'
import { planCost, type PlanCost } from '../../src/allocation/plan-cost.ts'
import { makeRegion, type Size } from './region.ts'

export type Method = 'nothing' | 'greedy' | 'exact'

/**
 * What one process found. Times in seconds, memory in megabytes at the peak of the process, people and slots
 * included.
 */
export interface Measured {
  seconds: number
  /** processor seconds: what it takes when the machine has nothing else to do */
  cpu: number
  megabytes: number
  cost: PlanCost
  bound: number | null
  moved: number
  overCapacity: number
  slots: number
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

// A process of its own for each method: else one would be charged with the other's memory and warmed by the other's
// code.
const [method, json] = process.argv.slice(2) as [Method, string]
const { people, slots } = makeRegion(JSON.parse(json) as Size)
const slotOf = new Map(slots.map((slot) => [slot.id, slot]))
const seconds: number[] = []
const cpu: number[] = []
const cpuNow = () => process.cpuUsage().user / 1e6
let given = new Map<number, number>()
for (let n = 0; n < (method === 'greedy' ? 3 : 1) && method !== 'nothing'; n++) {
  const [started, used] = [performance.now(), cpuNow()]
  given = allocate(people, slots)
  seconds.push((performance.now() - started) / 1000)
  cpu.push(cpuNow() - used)
}
let [bound, moved]: [number | null, number] = [null, 0]
if (method === 'exact') {
  const taken = new Map<number, number>()
  for (const slotId of given.values()) taken.set(slotId, (taken.get(slotId) ?? 0) + 1)
  const placed = people.filter((p) => given.has(p.id))
  const left = slots.map((slot) => ({ ...slot, free: slot.free - (taken.get(slot.id) ?? 0) }))
  const seated = placed.map((p) => ({ ...p, slotId: given.get(p.id)! }))
  const [started, used] = [performance.now(), cpuNow()]
  const better = improve(seated, left)
  seconds.splice(0, seconds.length, (performance.now() - started) / 1000)
  cpu.splice(0, cpu.length, cpuNow() - used)
  bound = better.bound
  moved = better.moves.size
  for (const [id, slotId] of better.moves) given.set(id, slotId)
}
const load = new Map<number, number>()
for (const slotId of given.values()) load.set(slotId, (load.get(slotId) ?? 0) + 1)
const measured: Measured = {
  seconds: seconds.length ? median(seconds) : 0,
  cpu: cpu.length ? median(cpu) : 0,
  megabytes: process.resourceUsage().maxRSS / 1024,
  cost: planCost(people, slotOf, given),
  bound,
  moved,
  overCapacity: [...load].reduce((sum, [id, n]) => sum + Math.max(0, n - slotOf.get(id)!.free), 0),
  slots: slots.length,
}
process.stdout.write(JSON.stringify(measured))
