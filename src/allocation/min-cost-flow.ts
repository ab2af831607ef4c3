/**
 * People who are alike to the flow: a place costs each `cost[sink]`, and `wait` more for each week until the
 * sink's.
 */
export interface FlowGroup {
  /** by sink, without waiting; Infinity where they may not go */
  cost: Float64Array
}

/** A person who needs a place. */
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
export function cheapestFlow(problem: FlowProblem): Int32Array {
  return new Flow(problem).solve()
}

class Flow {
  readonly #problem: FlowProblem
  readonly #sinks: number
  /** of each person: the sink they are in by now */
  readonly #sink: Int32Array
  /** how many are in each sink by now */
  readonly #load: Int32Array
  /** in each sink, the people who are alike, those who wait most cheaply first */
  readonly #members: Map<number, number[]>[]
  /** from sink × to sink: the cost of the cheapest move, and who makes it */
  readonly #arc: Float64Array
  readonly #mover: Int32Array
  /** the sinks whose arcs must be found again */
  readonly #stale: Uint8Array
  readonly #potential: Float64Array
  readonly #distance: Float64Array
  readonly #done: Uint8Array
  /** the sinks from which this round has found no free path */
  readonly #dead: Uint8Array

  constructor(problem: FlowProblem) {
    const sinks = problem.capacity.length
    this.#problem = problem
    this.#sinks = sinks
    this.#sink = new Int32Array(problem.people.length)
    this.#load = new Int32Array(sinks)
    this.#members = Array.from({ length: sinks }, () => new Map<number, number[]>())
    this.#arc = new Float64Array(sinks * sinks)
    this.#mover = new Int32Array(sinks * sinks)
    this.#stale = new Uint8Array(sinks).fill(1)
    this.#potential = new Float64Array(sinks)
    this.#distance = new Float64Array(sinks)
    this.#done = new Uint8Array(sinks)
    this.#dead = new Uint8Array(sinks)
  }

  solve(): Int32Array {
    this.#startWhereBest()
    while (this.#load.some((_, i) => this.#overfull(i))) {
      this.#raisePotentials()
      this.#dead.fill(0)
      for (let i = 0; i < this.#sinks; i++) {
        for (let path; this.#overfull(i) && (path = this.#freePath(i));) this.#push(path)
      }
    }
    return this.#sink
  }

  #overfull(i: number): boolean {
    return this.#load[i]! > this.#problem.capacity[i]!
  }

  #hasRoom(i: number): boolean {
    return this.#load[i]! < this.#problem.capacity[i]!
  }

  /** Alike for the arcs: same costs, and the same sink in which staying is cheaper. */
  #alike(person: number): number {
    const { group, sink } = this.#problem.people[person]!
    return group * this.#sinks + sink
  }

  readonly #before = (a: number, b: number): number => {
    const { people } = this.#problem
    return people[a]!.wait - people[b]!.wait || a - b
  }

  #join(i: number, person: number): void {
    const key = this.#alike(person)
    const list = this.#members[i]!.get(key)
    if (!list) this.#members[i]!.set(key, [person])
    else list.splice(place(list, person, this.#before), 0, person)
    this.#load[i]! += 1
    this.#sink[person] = i
  }

  #leave(i: number, person: number): void {
    const key = this.#alike(person)
    const list = this.#members[i]!.get(key)!
    list.splice(place(list, person, this.#before), 1)
    if (list.length === 0) this.#members[i]!.delete(key)
    this.#load[i]! -= 1
  }

  #startWhereBest(): void {
    const { groups, people, week, stay } = this.#problem
    const costAt = (p: FlowPerson, j: number) =>
      groups[p.group]!.cost[j]! + p.wait * week[j]! - (p.sink === j ? stay : 0)
    const wanted: number[][] = Array.from({ length: this.#sinks }, () => [])
    people.forEach((p, person) => {
      let best = p.sink
      for (let j = 0; j < this.#sinks; j++) if (costAt(p, j) < costAt(p, best)) best = j
      wanted[best]!.push(person)
    })
    wanted.forEach((list, i) => list.sort(this.#before).forEach((person) => this.#join(i, person)))
  }

  /** The cheapest move out of a sink to each other one. */
  #arcsFrom(i: number): void {
    const { groups, people, week, stay } = this.#problem
    const [sinks, arc, mover] = [this.#sinks, this.#arc, this.#mover]
    const base = i * sinks
    arc.fill(Infinity, base, base + sinks)
    for (const list of this.#members[i]!.values()) {
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
    this.#stale[i] = 0
  }

  #reduced(i: number, j: number): number {
    return this.#arc[i * this.#sinks + j]! + this.#potential[i]! - this.#potential[j]!
  }

  /**
   * Dijkstra from all overfull sinks at once to the nearest with room; then the arcs of shortest paths cost
   * nothing.
   */
  #raisePotentials(): void {
    const [sinks, distance, done] = [this.#sinks, this.#distance, this.#done]
    for (let i = 0; i < sinks; i++) distance[i] = this.#overfull(i) ? 0 : Infinity
    done.fill(0)
    for (;;) {
      const next = this.#nearest()
      const far = distance[next]!
      if (this.#hasRoom(next)) {
        for (let i = 0; i < sinks; i++) this.#potential[i]! += Math.min(distance[i]!, far)
        return
      }
      done[next] = 1
      if (this.#stale[next]) this.#arcsFrom(next)
      for (let j = 0; j < sinks; j++) {
        const through = far + Math.max(0, this.#reduced(next, j)) // rounding must not make a cycle
        if (through < distance[j]!) distance[j] = through
      }
    }
  }

  #nearest(): number {
    const [distance, done] = [this.#distance, this.#done]
    let next = -1
    for (let i = 0; i < this.#sinks; i++)
      if (!done[i] && distance[i]! < Infinity && (next < 0 || distance[i]! < distance[next]!))
        next = i
    if (next < 0)
      throw new Error('the people do not fit: their present places are not among the sinks')
    return next
  }

  /** A path of arcs that cost nothing, from a sink to one with room. */
  #freePath(i: number): number[] | undefined {
    if (this.#hasRoom(i)) return [i]
    this.#dead[i] = 1
    if (this.#stale[i]) this.#arcsFrom(i)
    for (let j = 0; j < this.#sinks; j++) {
      if (this.#dead[j] || this.#reduced(i, j) > 1e-7) continue
      const path = this.#freePath(j)
      if (path) {
        this.#dead[i] = 0
        path.push(i)
        return path
      }
    }
    return undefined
  }

  /** Moves as many people as are alike along the path (given from its end). */
  #push(path: readonly number[]): void {
    const { capacity } = this.#problem
    const [end, start] = [path[0]!, path.at(-1)!]
    let many = Math.min(this.#load[start]! - capacity[start]!, capacity[end]! - this.#load[end]!)
    const arcs = path.slice(1).map((i, n) => {
      const j = path[n]!
      return { i, j, moving: this.#alikeIn(i, this.#mover[i * this.#sinks + j]!) }
    })
    for (const { moving } of arcs) many = Math.min(many, moving.length)
    for (const { i, j, moving } of arcs) {
      for (const person of moving.slice(0, many)) {
        this.#leave(i, person)
        this.#join(j, person)
      }
    }
    for (const i of path) this.#stale[i] = 1
  }

  /** The people in the sink whose same move costs the same. */
  #alikeIn(i: number, person: number): number[] {
    const { people } = this.#problem
    const { wait } = people[person]!
    const list = this.#members[i]!.get(this.#alike(person))!
    let from = place(list, person, this.#before)
    let to = from + 1
    while (from > 0 && people[list[from - 1]!]!.wait === wait) from--
    while (to < list.length && people[list[to]!]!.wait === wait) to++
    return list.slice(from, to)
  }
}

/** Where the person is, or would be, in a sorted list. */
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
