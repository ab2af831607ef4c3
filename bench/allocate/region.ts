import type { AllocationSlot, Position, Waiting } from '../../src/allocation/allocate-person.ts'

export interface Size {
  people: number
  clinics: number
  weeks: number
  /** release areas: whose people may go only to each other's clinics; 1 is the hardest */
  areas: number
  /** places for each person */
  places: number
  /** how far a clinic's places may be from what those listed there need: 0.1 is a tenth more or fewer */
  spread: number
}

export interface Region {
  people: Waiting[]
  slots: AllocationSlot[]
}

/** Mulberry32: the same region for the same seed, in every process. */
function randomFrom(seed: number): () => number {
  let a = seed
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const monday = Date.UTC(2021, 2, 15, 7) // 8.00 in Sweden
const day = 86_400_000
/** Weeks after the change of the clock begin an hour earlier by UTC. */
const opening = (d: number): number =>
  monday + d * day - (monday + d * day >= Date.UTC(2021, 2, 28, 1) ? 3_600_000 : 0)

/**
 * An invented region: towns of very different size, a clinic for each five hundred people or so, one in ten a central
 * reception where nobody is listed and which takes a tenth of all, starts each ten minutes on weekdays, at most from
 * 8 to 16. 45 in 100 live with another; one in fifty comes with patient transport and not before 10.
 */
export function makeRegion(
  { people: count, clinics: clinicCount, weeks, areas, places, spread }: Size,
  seed = 1,
): Region {
  const random = randomFrom(seed)
  const towns = Array.from({ length: Math.max(areas, Math.ceil(clinicCount / 2.5)) }, (_, i) => ({
    area: `area-${i % areas}`,
    position: { latitude: 60.1 + random() * 1.2, longitude: 13.6 + random() * 2.6 },
    weight: 0.3 + random() ** 3 * 4,
    clinics: [] as number[],
  }))
  const clinics = Array.from({ length: clinicCount }, (_, i) => {
    const town =
      i < towns.length
        ? towns[i]!
        : towns.reduce((a, b) =>
            b.weight / (b.clinics.length + 0.5) > a.weight / (a.clinics.length + 0.5) ? b : a,
          )
    town.clinics.push(i)
    return {
      clinicId: i + 1,
      hsaId: `SE2321000180-${1000 + i}`,
      area: town.area,
      central: i >= towns.length && i % 6 === 0,
      accessible: random() < 0.9,
      position: {
        latitude: town.position.latitude + (random() - 0.5) * 0.04,
        longitude: town.position.longitude + (random() - 0.5) * 0.08,
      },
      languages: random() < 0.3 ? ['ar', 'so'] : ['ar'],
    }
  })
  const ordinary = clinics.flatMap((clinic, i) => (clinic.central ? [] : [i]))
  const pick = (from: readonly number[]): number => from[Math.floor(random() * from.length)]!
  const people: Waiting[] = []
  const listed = new Array<number>(clinicCount).fill(0)
  const total = towns.reduce((sum, town) => sum + town.weight, 0)
  const earliest = new Date(monday - 1)
  towns.forEach((town, t) => {
    const postcodes: Position[] = Array.from({ length: 5 }, () => ({
      latitude: town.position.latitude + (random() - 0.5) * 0.2,
      longitude: town.position.longitude + (random() - 0.5) * 0.4,
    }))
    const until =
      t === towns.length - 1
        ? count
        : Math.min(count, people.length + Math.round((town.weight / total) * count))
    while (people.length < until) {
      const size = random() < 0.29 && people.length + 2 <= until ? 2 : 1
      const home = postcodes[Math.floor(random() * 5)]!
      const chosen =
        random() < 0.04
          ? null
          : pick(random() < 0.97 ? town.clinics.filter((c) => !clinics[c]!.central) : ordinary)
      for (let i = 0; i < size; i++) {
        const needs = [
          random() < 0.005 && 'anaphylaxis',
          random() < 0.02 && 'wheelchair',
          random() < 0.03 && 'interpreter',
        ].filter((need) => need !== false)
        people.push({
          id: people.length + 1,
          area: town.area,
          listedClinic: chosen === null ? null : clinics[chosen]!.hsaId,
          household: size > 1 ? `h${people.length - i}` : null,
          priority: 0,
          needs,
          earliest,
          latest: null,
          hours: random() < 0.02 ? { from: 600 } : null,
          language: random() < 0.5 ? 'so' : 'ar',
          home,
        })
        listed[chosen ?? town.clinics[0]!]! += 1
      }
    }
  })
  const order = people.map(() => random())
  people
    .map((_, i) => i)
    .sort((a, b) => order[a]! - order[b]!)
    .forEach((i, rank) => (people[i]!.priority = rank + 1))
  return {
    people,
    slots: makeSlots(clinics, listed, random, { people: count, weeks, places, spread }),
  }
}

function makeSlots(
  clinics: readonly Omit<AllocationSlot, 'id' | 'startsAt' | 'free'>[],
  listed: readonly number[],
  random: () => number,
  { people: count, weeks, places, spread }: Pick<Size, 'people' | 'weeks' | 'places' | 'spread'>,
): AllocationSlot[] {
  // In each area there are as many places for each person as in the whole, whatever the clinics have.
  const halls = clinics.filter((clinic) => clinic.central).length
  const wish = clinics.map(
    (clinic, i) =>
      (clinic.central
        ? listed.reduce((a, b) => a + b, 0) / 10 / Math.max(1, halls)
        : listed[i]! + 5) *
      (1 + (random() * 2 - 1) * spread),
  )
  const ofArea = (area: string, numbers: readonly number[]) =>
    clinics.reduce((sum, clinic, i) => sum + (clinic.area === area ? numbers[i]! : 0), 0)
  const scale = new Map(
    [...new Set(clinics.map((c) => c.area))].map((area) => [
      area,
      (ofArea(area, listed) * places + 40) / ofArea(area, wish),
    ]),
  )
  let made = 0
  const slots = clinics.flatMap((clinic, i) => {
    const room = Math.round(wish[i]! * scale.get(clinic.area)!)
    made += room
    // A small clinic is open for some hours in the middle of the day, with a place at each start: not for one person
    // an hour.
    const daily = Math.min(48, Math.ceil(room / (weeks * 5)))
    const starts = weeks * 5 * daily
    return Array.from({ length: starts }, (_, n) => n).flatMap((n): AllocationSlot[] => {
      const free = Math.floor(((n + 1) * room) / starts) - Math.floor((n * room) / starts)
      const [workday, start] = [Math.floor(n / daily), (n % daily) + Math.floor((48 - daily) / 2)]
      return free > 0
        ? [
            {
              ...clinic,
              id: i * 10_000 + n + 1,
              startsAt: new Date(
                opening(Math.floor(workday / 5) * 7 + (workday % 5)) + start * 600_000,
              ),
              free,
            },
          ]
        : []
    })
  })
  if (made < count) throw new Error(`${made} places for ${count} people`)
  return slots
}
