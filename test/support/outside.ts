import { DateTime } from 'luxon'
import { zone } from '../../src/clock.ts'

// Looks at a campaign as the world does: what came into people's letterboxes and phones, who is on the clinics' lists,
// what was delivered. It knows nothing of the program's tables, and counts in its own way.

/** A time at a clinic. */
export interface TimeAt {
  clinic: string
  startsAt: Date
}

/** Something that has left for a person. */
export interface Message {
  /** by name: names are unique in a journey */
  person: string
  channel: 'letter' | 'sms' | 'email'
  leftAt: Date
  /** null: it doesn't say */
  purpose: string | null
  /** open: book yourself; timed: you have got a time; moved: another one; lost: it is cancelled, wait for another */
  says: 'open' | 'timed' | 'moved' | 'lost' | 'reminder' | 'other'
  /** it says that it replaces an earlier one */
  replaces: boolean
  /** the time that it tells of */
  time: TimeAt | null
}

/** A line on a clinic's list. */
export interface Booking extends TimeAt {
  person: string
  purpose: string
}

/** What a clinic has stated of one of its times: its capacity and its overbooking. */
export interface Places extends TimeAt {
  places: number
}

/** What a courier left at a clinic, as it turned out. */
export interface Lot {
  clinic: string
  /** YYYY-MM-DD */
  day: string
  doses: number
  /** the last day on which they can be used */
  useBy?: string
}

/** People who wait for the same places, in the order in which they are to get them. */
export interface Queue {
  purpose: string
  people: readonly string[]
  /** why somebody of them is passed by, as it has been said */
  passedBy: ReadonlyMap<string, string>
}

export interface Outside {
  messages: readonly Message[]
  bookings: readonly Booking[]
  places: readonly Places[]
  /** clinics without any have doses enough */
  lots: readonly Lot[]
  /** who chose a time themselves, and so knows of it */
  chose: readonly { person: string; startsAt: Date }[]
  /** who is called by a clinic, or has been */
  calls: readonly { person: string }[]
  queues: readonly Queue[]
  /** the report, by campaign */
  funnels: readonly {
    name: string
    cohortSize: number | null
    funnel: readonly { number: number }[]
  }[]
  /** working days from hand-over to the letterbox */
  postDays: number
  /** days without post beside Saturdays and Sundays, YYYY-MM-DD */
  holidays: readonly string[]
}

/** Each broken promise in a sentence; none when all hold. */
export const faultsSeen = (outside: Outside): string[] => [
  ...overPlaces(outside),
  ...overDoses(outside),
  ...twoTimes(outside),
  ...overtaken(outside),
  ...passedWhoLost(outside),
  ...notTold(outside),
  ...notCalledOff(outside),
  ...sentTwice(outside),
  ...funnelOff(outside),
]

const at = (time: Date): string => DateTime.fromJSDate(time, { zone }).toFormat('yyyy-MM-dd HH:mm')
const dayOf = (time: Date): string => at(time).slice(0, 10)
const when = ({ clinic, startsAt }: TimeAt): string => `${at(startsAt)} at ${clinic}`
const sameTime = (one: TimeAt, other: TimeAt): boolean => when(one) === when(other)

function overPlaces({ bookings, places }: Outside): string[] {
  const stated = new Map(places.map((slot) => [when(slot), slot.places]))
  return [...Map.groupBy(bookings, when)].flatMap(([time, people]) => {
    const room = stated.get(time) ?? 0
    return people.length > room
      ? [`${people.length} people have the time ${time}, which has ${room} places.`]
      : []
  })
}

/** Day by day as a nurse does it: of what has come and can still be used, what goes first is used first. */
function overDoses({ bookings, lots }: Outside): string[] {
  return [...Map.groupBy(lots, (lot) => lot.clinic)].flatMap(([clinic, own]) => {
    const visits = Map.groupBy(
      bookings.filter((b) => b.clinic === clinic),
      (b) => dayOf(b.startsAt),
    )
    const fridge = own.map((lot) => ({ ...lot, useBy: lot.useBy ?? '9999-12-31' }))
    fridge.sort((a, b) => a.useBy.localeCompare(b.useBy))
    return [...visits.keys()].sort().flatMap((day) => {
      let without = visits.get(day)!.length
      for (const lot of fridge.filter((l) => l.day <= day && l.useBy >= day)) {
        const given = Math.min(without, lot.doses)
        lot.doses -= given
        without -= given
      }
      return without > 0
        ? [`${without} people have a time at ${clinic} on ${day} and no dose.`]
        : []
    })
  })
}

const twoTimes = ({ bookings }: Outside): string[] =>
  [...Map.groupBy(bookings, (b) => `${b.person} has`).values()].flatMap((own) =>
    [...Map.groupBy(own, (b) => b.purpose)].flatMap(([purpose, same]) =>
      same.length > 1
        ? [
            `${same[0]!.person} has ${same.length} times for ${purpose}: ${same.map(when).join(', ')}.`,
          ]
        : [],
    ),
  )

/** When somebody's turn came: the day on which they were first written to, or on which they hold a time. */
function turns({ messages }: Outside, purpose: string): Map<string, string> {
  const first = new Map<string, string>()
  for (const m of messages)
    if (invites(m) && (m.purpose ?? purpose) === purpose) {
      const day = dayOf(m.leftAt)
      if (day < (first.get(m.person) ?? '9999')) first.set(m.person, day)
    }
  return first
}

const invites = (m: Message): boolean => m.says === 'open' || m.says === 'timed'

function overtaken(outside: Outside): string[] {
  return outside.queues.flatMap((queue) => {
    const turn = turns(outside, queue.purpose)
    const booked = new Set(
      outside.bookings.filter((b) => b.purpose === queue.purpose).map((b) => b.person),
    )
    let [latest, whose] = ['', '']
    // from the end: the earliest turn of all behind somebody is enough to compare with
    const faults: string[] = []
    for (const person of queue.people.toReversed()) {
      const own = turn.get(person)
      const waits = own === undefined && !booked.has(person)
      if (latest && !queue.passedBy.has(person) && (waits || (own !== undefined && latest < own)))
        faults.push(
          `${person} was overtaken in ${queue.purpose}: ${whose}, later in the queue, was invited on ${latest}, ` +
            (own === undefined ? 'they never.' : `they on ${own}.`),
        )
      if (own !== undefined && (!latest || own <= latest)) [latest, whose] = [own, person]
    }
    return faults.toReversed()
  })
}

/** Who lost a time through us comes before everybody who has not had one. */
function passedWhoLost(outside: Outside): string[] {
  return outside.queues.flatMap(({ purpose, people, passedBy }) => {
    const here = new Set(people)
    const own = outside.messages.filter(
      (m) => here.has(m.person) && (m.purpose ?? purpose) === purpose,
    )
    return own.flatMap((lost) => {
      if (lost.says !== 'lost' || passedBy.has(lost.person)) return []
      const again = own.find(
        (m) => m.person === lost.person && m.says !== 'lost' && m.time && m.leftAt >= lost.leftAt,
      )
      const before = own.find(
        (m) =>
          invites(m) &&
          !m.replaces &&
          dayOf(m.leftAt) > dayOf(lost.leftAt) &&
          !(again && dayOf(again.leftAt) <= dayOf(m.leftAt)),
      )
      return before
        ? [
            `${lost.person} lost their time for ${purpose} on ${dayOf(lost.leftAt)} and ` +
              `${again ? `waited until ${dayOf(again.leftAt)}` : 'still waits'}: ${before.person} was invited ` +
              `on ${dayOf(before.leftAt)}.`,
          ]
        : []
    })
  })
}

/** When what was sent is surely known to its person: a letter at the end of the day on which it is delivered. */
function knownAt({ channel, leftAt }: Message, { postDays, holidays }: Outside): Date {
  if (channel !== 'letter') return leftAt
  let day = DateTime.fromJSDate(leftAt, { zone }).startOf('day')
  const noPost = () => day.weekday > 5 || holidays.includes(day.toISODate()!)
  while (noPost()) day = day.plus({ days: 1 }) // printed on the next working day
  for (let left = postDays; left > 0;) {
    day = day.plus({ days: 1 })
    if (!noPost()) left -= 1
  }
  return day.plus({ days: 1 }).toJSDate()
}

/** Everybody on a clinic's list knows of it in time. */
function notTold(outside: Outside): string[] {
  const called = new Set(outside.calls.map((c) => c.person))
  return outside.bookings.flatMap((booking) => {
    const chosen = outside.chose.some(
      (c) => c.person === booking.person && +c.startsAt === +booking.startsAt,
    )
    if (chosen || called.has(booking.person)) return []
    const own = outside.messages.filter((m) => m.person === booking.person && m.time !== null)
    const telling = own.filter((m) => sameTime(m.time!, booking) && m.says !== 'lost')
    if (telling.length === 0)
      return [`${booking.person} has ${when(booking)} and nobody has told them.`]
    const known = Math.min(...telling.map((m) => knownAt(m, outside).getTime()))
    return known > booking.startsAt.getTime()
      ? [
          `${booking.person} has ${when(booking)} and is told of it too late, by ` +
            `${telling.map((m) => `${m.channel} of ${at(m.leftAt)}`).join(' and ')}.`,
        ]
      : []
  })
}

/** Who was told of a time that isn't theirs any more has heard of it before they went there in vain. */
function notCalledOff(outside: Outside): string[] {
  const called = new Set(outside.calls.map((c) => c.person))
  const chose = new Set(outside.chose.map((c) => c.person))
  return outside.messages.flatMap((m) => {
    if (!m.time || m.says === 'lost' || called.has(m.person)) return []
    const holds = outside.bookings.some((b) => b.person === m.person && sameTime(b, m.time!))
    if (holds || chose.has(m.person)) return []
    const later = outside.messages.filter(
      (n) =>
        n.person === m.person &&
        n.leftAt > m.leftAt &&
        n.replaces &&
        (n.purpose === null || m.purpose === null || n.purpose === m.purpose),
    )
    const known = Math.min(...later.map((n) => knownAt(n, outside).getTime()))
    return known <= m.time.startsAt.getTime()
      ? []
      : [
          `${m.person} was told of ${when(m.time)}, which is not theirs any more, and ` +
            `${later.length ? 'hears of that too late' : 'has not heard of that'}.`,
        ]
  })
}

/** One invitation for a purpose; another only if it says that it replaces the first. */
function sentTwice({ messages }: Outside): string[] {
  const fresh = messages.filter((m) => invites(m) && !m.replaces)
  return [
    ...Map.groupBy(fresh, (m) => `${m.person} was invited to ${m.purpose ?? 'the same'}`),
  ].flatMap(([who, same]) =>
    same.length > 1
      ? [
          `${who} ${same.length} times: ${same.map((m) => `${m.channel} of ${at(m.leftAt)}`).join(', ')}.`,
        ]
      : [],
  )
}

const funnelOff = ({ funnels }: Outside): string[] =>
  funnels.flatMap(({ name, cohortSize, funnel }) => {
    const sum = funnel.reduce((n, line) => n + line.number, 0)
    return sum === (cohortSize ?? 0)
      ? []
      : [`The funnel of ${name} has ${sum} people, its cohort ${cohortSize ?? 0}.`]
  })
