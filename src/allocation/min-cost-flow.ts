/**
 * People who are alike to the flow: a place costs each `cost[sink]`, and `wait` more for each week until the
 * sink's.
 */
export interface FlowGroup {
  /** by sink, without waiting; Infinity where they may not go */
  cost: Float64Array
}

/** One who has to be somewhere. */
export interface FlowPerson {
  group: number
  /** cost of a week's wait */
  wait: number
  /** the sink they are in now; staying saves `stay` */
  sink: number
}

export interface FlowProblem {
  groups: readonly FlowGroup[]
  people: readonly FlowPerson[]
  /** places in each sink */
  capacity: Int32Array
  /** week of each sink, from 0 */
  week: Int32Array
  /** how much cheaper the present sink counts, so that nobody is moved for nothing */
  stay: number
}

/**
 * Minimum-cost flow from people to sinks (clinic × week) by successive shortest paths. Everybody starts where
 * it is best for them, however many want the same; then people leave overfull sinks along the cheapest chains
 * of moves to those with room, as many at once as are alike. The graph has only the sinks for nodes: the arc
 * between two is the cheapest move of anyone who is in the first, and for people alike in all but their wait
 * that is the one with the least or the most to lose by a week. So memory grows with sinks², not with people ×
 * sinks. Needs everybody's present sinks to fit the capacities.
 * @returns the sink of each person: a plan of the least cost
 */
export function cheapestFlow({ groups, people, capacity, week, stay }: FlowProblem): Int32Array {
  const sinks = capacity.length
  const sink = new Int32Array(people.length)
  const load = new Int32Array(sinks)
  const members = Array.from({ length: sinks }, () => new Map<number, number[]>())
  const costAt = (p: FlowPerson, j: number) =>
    groups[p.group]!.cost[j]! + p.wait * week[j]! - (p.sink === j ? stay : 0)
  // Alike for the arcs: same costs, and the same sink in which staying is cheaper.
  const alike = (p: FlowPerson) => p.group * sinks + p.sink
  const before = (a: number, b: number) => people[a]!.wait - people[b]!.wait || a - b

  const join = (i: number, person: number): void => {
    const key = alike(people[person]!)
    const list = members[i]!.get(key)
    if (!list) members[i]!.set(key, [person])
    else list.splice(place(list, person, before), 0, person)
    load[i]! += 1
    sink[person] = i
  }
  const leave = (i: number, person: number): void => {
    const key = alike(people[person]!)
    const list = members[i]!.get(key)!
    list.splice(place(list, person, before), 1)
    if (list.length === 0) members[i]!.delete(key)
    load[i]! -= 1
  }

  const wanted: number[][] = Array.from({ length: sinks }, () => [])
  people.forEach((p, person) => {
    let best = p.sink
    for (let j = 0; j < sinks; j++) if (costAt(p, j) < costAt(p, best)) best = j
    wanted[best]!.push(person)
  })
  wanted.forEach((list, i) => list.sort(before).forEach((person) => join(i, person)))

  const arc = new Float64Array(sinks * sinks)
  const mover = new Int32Array(sinks * sinks)
  const stale = new Uint8Array(sinks).fill(1)
  /** The cheapest move out of a sink to each other one. */
  const arcsFrom = (i: number): void => {
    const base = i * sinks
    arc.fill(Infinity, base, base + sinks)
    for (const list of members[i]!.values()) {
      const [low, high] = [list[0]!, list.at(-1)!]
      const { group, sink: present } = people[low]!
      const { cost } = groups[group]!
      const [waitLow, waitHigh] = [people[low]!.wait, people[high]!.wait]
      const here = cost[i]! - (present === i ? stay : 0)
      for (let j = 0; j < sinks; j++) {
        const weeks = week[j]! - week[i]!
        const later = weeks >= 0
        const move =
          cost[j]! - here + (later ? waitLow : waitHigh) * weeks - (present === j ? stay : 0)
        if (move < arc[base + j]!) {
          arc[base + j] = move
          mover[base + j] = later ? low : high
        }
      }
    }
    stale[i] = 0
  }

  const potential = new Float64Array(sinks)
  const reduced = (i: number, j: number) => arc[i * sinks + j]! + potential[i]! - potential[j]!
  const overfull = (i: number) => load[i]! > capacity[i]!

  const distance = new Float64Array(sinks)
  const done = new Uint8Array(sinks)
  /**
   * Dijkstra from all overfull sinks at once to the nearest with room; then the arcs of shortest paths cost
   * nothing.
   */
  const raisePotentials = (): void => {
    for (let i = 0; i < sinks; i++) distance[i] = overfull(i) ? 0 : Infinity
    done.fill(0)
    for (;;) {
      let next = -1
      for (let i = 0; i < sinks; i++)
        if (!done[i] && distance[i]! < Infinity && (next < 0 || distance[i]! < distance[next]!))
          next = i
      if (next < 0)
        throw new Error('the people do not fit: their present places are not among the sinks')
      const far = distance[next]!
      if (load[next]! < capacity[next]!) {
        for (let i = 0; i < sinks; i++) potential[i]! += Math.min(distance[i]!, far)
        return
      }
      done[next] = 1
      if (stale[next]) arcsFrom(next)
      for (let j = 0; j < sinks; j++) {
        const through = far + Math.max(0, reduced(next, j)) // rounding must not make a cycle
        if (through < distance[j]!) distance[j] = through
      }
    }
  }

  const dead = new Uint8Array(sinks)
  /** A path of arcs that cost nothing, from a sink to one with room. */
  const freePath = (i: number): number[] | undefined => {
    if (load[i]! < capacity[i]!) return [i]
    dead[i] = 1
    if (stale[i]) arcsFrom(i)
    for (let j = 0; j < sinks; j++) {
      if (dead[j] || reduced(i, j) > 1e-7) continue
      const path = freePath(j)
      if (path) {
        dead[i] = 0
        path.push(i)
        return path
      }
    }
    return undefined
  }

  /** Moves as many people as are alike along the path (given from its end). */
  const push = (path: readonly number[]): void => {
    const [end, start] = [path[0]!, path.at(-1)!]
    let many = Math.min(load[start]! - capacity[start]!, capacity[end]! - load[end]!)
    const arcs = path
      .slice(1)
      .map((i, n) => ({ i, j: path[n]!, moving: alikeIn(i, mover[i * sinks + path[n]!]!) }))
    for (const { moving } of arcs) many = Math.min(many, moving.length)
    for (const { i, j, moving } of arcs) {
      for (const person of moving.slice(0, many)) {
        leave(i, person)
        join(j, person)
      }
    }
    for (const i of path) stale[i] = 1
  }
  /** Those in the sink whom the same move costs the same. */
  const alikeIn = (i: number, person: number): number[] => {
    const { wait } = people[person]!
    const list = members[i]!.get(alike(people[person]!))!
    let [from, to] = [place(list, person, before), place(list, person, before) + 1]
    while (from > 0 && people[list[from - 1]!]!.wait === wait) from--
    while (to < list.length && people[list[to]!]!.wait === wait) to++
    return list.slice(from, to)
  }

  while (load.some((_, i) => overfull(i))) {
    raisePotentials()
    dead.fill(0)
    for (let i = 0; i < sinks; i++) {
      for (let path; overfull(i) && (path = freePath(i));) push(path)
    }
  }
  return sink
}

/** Where the person stands, or would stand, in a sorted list. */
function place(
  list: readonly number[],
  person: number,
  before: (a: number, b: number) => number,
): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (before(list[middle]!, person) < 0) low = middle + 1
    else high = middle
  }
  return low
}
