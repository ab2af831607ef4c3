import type { Db } from '../../db/pool.ts'
import type { Goal } from '../../goals/store.ts'
import { dimensions, readCoverage, type Cell, type Dimension, type RawCoverage } from './read.ts'
import {
  hiddenOfOverlapping,
  hiddenOfWhole,
  hiddenPaces,
  isSmall,
  shownDays,
} from './small-numbers.ts'
import {
  assess,
  daysOfPace,
  type Assessment,
  type Colour,
  type Counted,
  type Why,
} from './status.ts'

/** What may be shown of a goal's people, or of a part of them. */
export interface Shown {
  members: number
  covered: number
  /** covered of members; null: of nobody */
  share: number | null
  /** so many of the members are the goal */
  needed: number
  missing: number
  colour: Colour | null
  why: Why
  /** people a day; null: nothing to take a mean of, or too few to be shown */
  pace: number | null
  /** too few were covered of late for the pace to be shown */
  paceHidden: boolean
  neededPace: number | null
  /** YYYY-MM-DD; null: not at this pace, or the pace isn't shown */
  reachesOn: string | null
}

export interface Part {
  /** as of Cell */
  key: string | null
  /** null: too few to be shown, or needed to hide those */
  shown: Shown | null
}

/** A goal with how it is doing. Small numbers are out of it already, so that it can be shown as it is. */
export interface GoalCoverage {
  name: string
  purpose: string
  purposeName: string
  who: string
  target: number
  /** YYYY-MM-DD */
  by: string
  /** YYYY-MM-DD: the day that was counted on */
  on: string
  /** whole days that the pace is the mean of */
  daysOfPace: number
  total: Shown | null
  parts: Record<Dimension, Part[]>
  /** how many had been covered at the end of a day; days between are left out when too few had come */
  days: { day: string; covered: number }[]
}

/** How a goal is doing today. @param today YYYY-MM-DD; @param parts `total`: without split and days */
export const goalCoverage = async (
  db: Db,
  goal: Goal,
  today: string,
  parts: 'total' | 'all' = 'all',
): Promise<GoalCoverage> => shownCoverage(goal, await readCoverage(db, goal, today, parts), today)

/** What may be shown of the counts. Pure. */
export function shownCoverage(
  goal: Pick<Goal, 'name' | 'purpose' | 'purposeName' | 'who' | 'share' | 'by'>,
  raw: RawCoverage,
  today: string,
): GoalCoverage {
  const { name, purpose, purposeName, who, share, by } = goal
  const days = daysOfPace(raw.first, today)
  const judge = (count: Counted) => assess(count, { share, by }, days, today)
  const small = isSmall(raw.total)
  const split = (dimension: Dimension): Part[] => {
    const cells = raw.by[dimension]
    const whole = dimension !== 'group'
    const hidden = whole ? hiddenOfWhole(cells) : hiddenOfOverlapping(cells, raw.total)
    const paceless = hiddenPaces(
      cells.map((cell) => cell.recent),
      hidden,
    )
    return cells.map((cell, i) => ({
      key: cell.key,
      shown: small || hidden.has(i) ? null : shown(cell, judge(cell), paceless.has(i)),
    }))
  }
  return {
    ...{ name, purpose, purposeName, who, target: share, by, on: today, daysOfPace: days },
    total: small
      ? null
      : shown(raw.total, judge(raw.total), hiddenPaces([raw.total.recent], new Set()).has(0)),
    parts: Object.fromEntries(
      dimensions.map((dimension) => [dimension, split(dimension)]),
    ) as Record<Dimension, Part[]>,
    days: small ? [] : shownDays(raw.days, raw.total.members),
  }
}

function shown(
  { members, covered }: Counted | Cell,
  judged: Assessment,
  paceHidden: boolean,
): Shown {
  const { pace, reachesOn, ...rest } = judged
  return {
    members,
    covered,
    share: members === 0 ? null : covered / members,
    ...rest,
    paceHidden,
    pace: paceHidden ? null : pace,
    reachesOn: paceHidden ? null : reachesOn,
  }
}
