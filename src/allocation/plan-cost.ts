import { neighbours } from './allocate-calendar.ts'
import { costOfClinic, costOfWeek, costs } from './allocate-cost.ts'
import { inUnits, type AllocationSlot, type Waiting } from './allocate-person.ts'
import { swedishStart } from './swedish-start.ts'

export interface PlanCost {
  /** kilometres, as in allocate-cost.ts */
  total: number
  placed: number
  /** at the clinic they are listed at */
  listed: number
  /** households of two or more in which somebody has a time, and how many of them are together */
  households: number
  together: number
  /** people with a time whose household is not together */
  apart: number
}

/** One clinic, all within half an hour. */
export function areTogether(slots: readonly AllocationSlot[]): boolean {
  const times = slots.map((slot) => slot.startsAt.getTime())
  return (
    slots.every((slot) => slot.clinicId === slots[0]!.clinicId) &&
    Math.max(...times) - Math.min(...times) <= neighbours
  )
}

/** What a plan costs those who have a time in it. @param week what a week's wait costs each */
export function planCost(
  people: readonly Waiting[],
  slots: ReadonlyMap<number, AllocationSlot>,
  given: ReadonlyMap<number, number>,
  week: ReadonlyMap<number, number> = costOfWeek(people),
): PlanCost {
  const cost: PlanCost = { total: 0, placed: 0, listed: 0, households: 0, together: 0, apart: 0 }
  for (const unit of inUnits(people)) {
    const placed = unit.filter((p) => given.has(p.id))
    const got = placed.map((p) => slots.get(given.get(p.id)!)!)
    if (placed.length === 0) continue
    const together = placed.length === unit.length && areTogether(got)
    if (unit.length > 1) {
      cost.households += 1
      if (together) cost.together += 1
      else cost.apart += placed.length
    }
    placed.forEach((person, i) => {
      const slot = got[i]!
      const weeks =
        swedishStart(slot.startsAt.getTime()).week - swedishStart(person.earliest.getTime()).week
      cost.total += costOfClinic(person, slot) + week.get(person.id)! * weeks
      cost.placed += 1
      if (slot.hsaId === person.listedClinic) cost.listed += 1
    })
  }
  cost.total += costs.apart * cost.apart
  return cost
}
