/** What the number for one area is reckoned from: all counts of people or places. */
export interface AreaState {
  area: string
  /** places that can be booked by somebody whose letter leaves today */
  free: number
  /** open invitations out that nobody has answered, of every campaign in the area */
  live: number
  /** invitations of this campaign still to be released here */
  remaining: number
}

export interface AreaNumber {
  area: string
  invite: number
  /** what held the number down: the places, or that nobody is left */
  bound: 'capacity' | 'remaining'
}

/** The strict policy: a letter counts as a booked place until it is answered, so live invitations never exceed free places. */
export function strictNumber({ area, free, live, remaining }: AreaState): AreaNumber {
  const room = Math.max(0, free - live)
  return room < remaining ? { area, invite: room, bound: 'capacity' } : { area, invite: remaining, bound: 'remaining' }
}
