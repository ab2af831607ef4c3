// Looks at a run from outside: what is in mailboxes, at the SMS provider and in the printer's folder, held against who
// was to be invited. It knows nothing of the program's tables.

export type Way = 'email' | 'sms' | 'letter'

/** Somebody who was to be told once, by one of their ways. */
export interface Invited {
  person: string
  ways: readonly Way[]
  /** ways on which they can't be reached, for a reason of their own */
  spoiled: readonly Way[]
}

/** Something that came to an address, or was printed. */
export interface Arrived {
  way: Way
  reference: string
  /** address or number; null: a letter */
  to: string | null
  /** the provider says that it did not reach the phone */
  undelivered?: boolean
}

/** What the program says of itself. */
export interface Said {
  /** whose each reference is */
  personOf: ReadonlyMap<string, string>
  /** who is on a list for staff, and why */
  worklist: ReadonlyMap<string, string>
}

export interface World {
  invited: readonly Invited[]
  arrived: readonly Arrived[]
  /** whose an address is; a number may be several people's */
  ownersOf: ReadonlyMap<string, readonly string[]>
  said: Said
  /** what the programs wrote to their logs, by name */
  logs: ReadonlyMap<string, string>
  /** words that are somebody's: identity numbers, phones, addresses, names */
  personal: ReadonlySet<string>
}

/** Each broken promise in a sentence, by kind. */
export interface Found {
  lost: string[]
  twice: string[]
  /** given up although nothing was wrong with the person's own address */
  outage: string[]
  /** came to somebody else, or nobody knows what it is */
  astray: string[]
  leaks: string[]
}

export function check(world: World): Found {
  const { invited, said } = world
  const astray = world.arrived.flatMap((a) => astrayOf(a, world))
  const known = world.arrived.filter(({ reference }) => said.personOf.has(reference))
  const byPerson = Map.groupBy(known, ({ reference }) => said.personOf.get(reference)!)
  const found: Found = { lost: [], twice: [], outage: [], astray, leaks: leaksOf(world) }
  for (const one of invited) {
    const came = byPerson.get(one.person) ?? []
    const again = sameAgain(came)
    if (again) found.twice.push(`${one.person} got the same ${again} twice.`)
    const reached = came.filter((a) => a.undelivered !== true)
    if (reached.length > 1 && !again)
      found.twice.push(`${one.person} got ${reached.map((a) => a.way).join(' and ')}.`)
    if (reached.length === 0) missing(one, came, said.worklist.get(one.person), found)
  }
  return found
}

/** Nothing reached them: right only when all their ways are spoiled and somebody has been told. */
function missing(
  { person, ways, spoiled }: Invited,
  came: readonly Arrived[],
  why: string | undefined,
  found: Found,
): void {
  const good = ways.filter((way) => !spoiled.includes(way))
  if (why === undefined) found.lost.push(`${person} got nothing${cameOf(came)} and is on no list.`)
  else if (good.length > 0)
    found.outage.push(`${person} was given up (${why}) and could be reached by ${good.join(', ')}.`)
}

const cameOf = (came: readonly Arrived[]): string =>
  came.length > 0 ? ` but an undelivered ${came.map((a) => a.way).join(', ')}` : ''

function sameAgain(came: readonly Arrived[]): Way | undefined {
  const seen = new Set<string>()
  for (const { reference, way } of came) {
    if (seen.has(reference)) return way
    seen.add(reference)
  }
  return undefined
}

function astrayOf({ way, reference, to }: Arrived, { said, ownersOf }: World): string[] {
  const person = said.personOf.get(reference)
  if (person === undefined) return [`A ${way} came that no message is known for: ${reference}.`]
  if (to === null || ownersOf.get(to)?.includes(person)) return []
  return [`The ${way} of ${person} came to somebody else.`]
}

/** The same words that are personal, and their logs; each once. */
function leaksOf({ logs, personal }: World): string[] {
  return [...logs].flatMap(([log, text]) => {
    const words = new Set(text.match(/[\p{L}\p{N}_.@+-]{4,}/gu) ?? [])
    const known = [...words].filter((word) => personal.has(word.replace(/^[+.]+|\.+$/g, '')))
    return known.length > 0
      ? [`The log of ${log} holds ${known.length} personal words, e.g. ${masked(known[0]!)}.`]
      : []
  })
}

/** So that the finding is no leak itself. */
const masked = (word: string): string => `${word.slice(0, 2)}…(${word.length} signs)`

export const faultless = (found: Found): boolean =>
  Object.values(found).every((list: string[]) => list.length === 0)
