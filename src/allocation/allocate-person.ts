import type { OpenSlot } from '../ledger/appointments.ts'

/** Degrees, WGS 84. */
export interface Position {
  latitude: number
  longitude: number
}

/** When somebody can come, by the clock in Sweden. What is left out is no matter. */
export interface Hours {
  /** 1 Monday … 7 Sunday */
  weekdays?: readonly number[]
  /** minutes after midnight: no start before */
  from?: number
  /** minutes after midnight: no start at or after */
  until?: number
}

/** Somebody to be given a fixed time; `id` is the invitation's. */
export interface Waiting {
  id: number
  area: string
  /** HSA-id */
  listedClinic: string | null
  household: string | null
  /** lower goes first */
  priority: number
  needs: readonly string[]
  /** no time before this: the letter has to arrive, the interval since an earlier dose to pass */
  earliest: Date
  /** no time after this, when an interval has an end */
  latest?: Date | null
  hours?: Hours | null
  /** BCP 47 */
  language?: string
  home?: Position | null
}

/** A slot with what the allocation has to know about its clinic. What is left out is not known, and hinders nobody. */
export interface AllocationSlot extends OpenSlot {
  position?: Position | null
  /** with a wheelchair */
  accessible?: boolean
  /** in which there are interpreters or staff */
  languages?: readonly string[]
}

export type AllocationClinic = Pick<
  AllocationSlot,
  'clinicId' | 'hsaId' | 'area' | 'central' | 'position' | 'accessible' | 'languages'
>

/** Whether the clinic is one that the person may be sent to at all. */
export const mayVisit = (person: Waiting, clinic: AllocationClinic): boolean =>
  clinic.area === person.area &&
  !(clinic.central && person.needs.includes('anaphylaxis')) &&
  !(clinic.accessible === false && person.needs.includes('wheelchair'))

/** A start by the clock in Sweden: weeks and days are counted from 1970, weeks begin on Mondays. */
export interface SwedishStart {
  time: number
  week: number
  weekday: number
  minute: number
}

/** Whether the person may have a time that starts then. */
export function mayStart(person: Waiting, start: SwedishStart): boolean {
  if (
    start.time < person.earliest.getTime() ||
    (person.latest && start.time > person.latest.getTime())
  )
    return false
  const { weekdays, from, until } = person.hours ?? {}
  return (
    (!weekdays || weekdays.includes(start.weekday)) &&
    (from === undefined || start.minute >= from) &&
    (until === undefined || start.minute < until)
  )
}

/**
 * Households within an area, and those who live alone, by their most urgent member; each with the most urgent
 * first.
 */
export function inUnits<P extends Waiting>(people: readonly P[]): P[][] {
  const urgent = [...people].sort((a, b) => a.priority - b.priority || a.id - b.id)
  // A Map keeps the order of the first member of each unit.
  return [
    ...Map.groupBy(urgent, (p) =>
      p.household === null ? `person ${p.id}` : `household ${p.area} ${p.household}`,
    ).values(),
  ]
}
