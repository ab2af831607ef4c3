import { clinicCostKey, costOfClinic } from './allocate-cost.ts'
import {
  mayStart,
  mayVisit,
  type AllocationSlot,
  type SwedishStart,
  type Waiting,
} from './allocate-person.ts'
import type { FlowGroup, FlowPerson } from './min-cost-flow.ts'
import type { Households } from './improve-households.ts'
import { swedishStart } from './swedish-start.ts'

/** Somebody who has a time that may still be changed. */
export interface Seated extends Waiting {
  slotId: number
}

/** People who move together or not at all. */
export type Unit = readonly Seated[]

/** Slots of one clinic and week that are the same to everybody who may move. */
export interface Sink {
  slots: AllocationSlot[]
  week: number
}

export interface Problem extends Households {
  units: readonly Unit[]
  sinks: readonly Sink[]
}

/** Whether all of them may have that slot. */
export const mayHave = (unit: readonly Waiting[], slot: AllocationSlot): boolean => {
  const start = swedishStart(slot.startsAt.getTime())
  return unit.every((p) => mayVisit(p, slot) && mayStart(p, start))
}

const timeKey = (p: Waiting): string =>
  `${p.earliest.getTime()} ${p.latest?.getTime() ?? ''} ${JSON.stringify(p.hours ?? null)}`
const keyOf = (unit: Unit, key: (p: Waiting) => string): string =>
  unit.length === 1 ? key(unit[0]!) : [...new Set(unit.map(key))].sort().join('\n')

/**
 * The problem as a flow from people to sinks: clinic × week, and where some can't come at all hours, separated by
 * who can. A household's members have the same costs, a share of the household's each, so that the flow seldom
 * parts them and the cost of the cheapest flow is one that no plan with them together goes below.
 * @param slots of one area, with `free` as what the units may fill, their own places included
 */
export function problemOf(
  units: readonly Unit[],
  slots: readonly AllocationSlot[],
  week: ReadonlyMap<number, number>,
  stay: number,
): Problem {
  const times = new Map<string, Unit>()
  for (const unit of units) times.set(keyOf(unit, timeKey), unit)
  const profiles = [...times.keys()]
  const maskOf = (start: SwedishStart): string =>
    [...times.values()].map((unit) => (unit.every((p) => mayStart(p, start)) ? '1' : '0')).join('')
  const sinkNumber = new Map<string, number>()
  const sinkOfSlot = new Map<number, number>()
  const sinks: (Sink & { mask: string })[] = []
  for (const slot of slots) {
    const start = swedishStart(slot.startsAt.getTime())
    const mask = maskOf(start)
    const key = `${slot.clinicId} ${start.week} ${mask}`
    let number = sinkNumber.get(key)
    if (number === undefined) {
      number = sinks.push({ slots: [], week: start.week, mask }) - 1
      sinkNumber.set(key, number)
    }
    sinks[number]!.slots.push(slot)
    sinkOfSlot.set(slot.id, number)
  }
  const groups: FlowGroup[] = []
  const groupNumber = new Map<string, number>()
  const people: FlowPerson[] = []
  const firstWeek = Math.min(...sinks.map((sink) => sink.week))
  const first = units.map((unit) => {
    const [profile, clinicKey] = [
      keyOf(unit, timeKey),
      unit.length === 1 ? clinicCostKey(unit[0]!) : unit.map(clinicCostKey).sort().join('\n'),
    ]
    const alike = unit.every((p) => clinicCostKey(p) === clinicCostKey(unit[0]!))
    const key = `${alike ? clinicCostKey(unit[0]!) : clinicKey}\t${profile}`
    let group = groupNumber.get(key)
    if (group === undefined) {
      const bit = profiles.indexOf(profile)
      const perClinic = new Map<number, number>()
      const cost = (sink: Sink & { mask: string }): number => {
        if (sink.mask[bit] !== '1') return Infinity
        const clinic = sink.slots[0]!
        let road = perClinic.get(clinic.clinicId)
        if (road === undefined)
          perClinic.set(
            clinic.clinicId,
            (road = unit.reduce((sum, p) => sum + costOfClinic(p, clinic), 0) / unit.length),
          )
        return road
      }
      group = groups.push({ cost: Float64Array.from(sinks, cost) }) - 1
      groupNumber.set(key, group)
    }
    const wait = unit.reduce((sum, p) => sum + week.get(p.id)!, 0) / unit.length
    const at = people.length
    for (const person of unit) people.push({ group, wait, sink: sinkOfSlot.get(person.slotId)! })
    return at
  })
  return {
    units,
    sinks,
    first,
    groups,
    people,
    stay,
    capacity: Int32Array.from(sinks, (sink) =>
      sink.slots.reduce((sum, slot) => sum + slot.free, 0),
    ),
    week: Int32Array.from(sinks, (sink) => sink.week - firstWeek),
  }
}
