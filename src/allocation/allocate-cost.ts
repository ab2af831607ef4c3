import { mayVisit, type AllocationClinic, type Position, type Waiting } from './allocate-person.ts'

/**
 * What a time costs the one who gets it, in whole kilometres. The listed clinic costs no road, however far it
 * is: the person chose it. Another one costs `otherClinic` and the road; each week's wait `week`, for the most
 * urgent twice that; a clinic without the language that the person needs an interpreter for `noInterpreter`.
 * With these figures the listed clinic goes before all others for five weeks, then the nearest. Members of a
 * household who get times apart cost `apart` each.
 */
export const costs = {
  otherClinic: 50,
  week: 5,
  noInterpreter: 20,
  unknownRoad: 30,
  apart: 100,
} as const

/** Kilometres as the crow flies; great circle on a sphere of the mean radius. */
export function kilometres(a: Position, b: Position): number {
  const rad = Math.PI / 180
  const [dLat, dLon] = [(b.latitude - a.latitude) * rad, (b.longitude - a.longitude) * rad]
  const h =
    Math.sin(dLat / 2) ** 2 +
    Math.cos(a.latitude * rad) * Math.cos(b.latitude * rad) * Math.sin(dLon / 2) ** 2
  return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** What going to the clinic costs the person whenever it is; Infinity when it is not for them. */
export function costOfClinic(person: Waiting, clinic: AllocationClinic): number {
  if (!mayVisit(person, clinic)) return Infinity
  const road =
    clinic.hsaId === person.listedClinic
      ? 0
      : costs.otherClinic +
        (person.home && clinic.position
          ? Math.round(kilometres(person.home, clinic.position))
          : costs.unknownRoad)
  const understood =
    !person.needs.includes('interpreter') ||
    !person.language ||
    (clinic.languages ?? []).includes(person.language)
  return road + (understood ? 0 : costs.noInterpreter)
}

/** People with the same key have the same cost of each clinic. */
export const clinicCostKey = (p: Waiting): string =>
  `${p.area}|${p.listedClinic ?? ''}|${p.home ? `${p.home.latitude},${p.home.longitude}` : ''}|${p.needs.includes('anaphylaxis') ? 'a' : ''}${p.needs.includes('wheelchair') ? 'w' : ''}${p.needs.includes('interpreter') ? (p.language ?? '') : ''}`

/**
 * What a week's wait costs each: twice as much for the most urgent tenth of the queue, then less from tenth to
 * tenth.
 */
export function costOfWeek(people: readonly Waiting[]): Map<number, number> {
  const queue = people.map((p) => p.priority).sort((a, b) => a - b)
  const tenth = new Map<number, number>()
  queue.forEach((priority, place) => {
    if (!tenth.has(priority)) tenth.set(priority, Math.floor((10 * place) / queue.length))
  })
  return new Map(people.map((p) => [p.id, costs.week * (2 - tenth.get(p.priority)! / 10)]))
}
