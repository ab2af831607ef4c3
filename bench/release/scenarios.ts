import { parseDay, type Day } from '../../src/release/model/calendar.ts'
import { between, normal, pick, random, whole } from './random.ts'

/** From arrival to answer, in days, by a uniform number. */
export type DelayDraw = (x: number, y: number) => number

/** How the world behaves; the controller never sees this. Days are counted from the first one (0). */
export interface Scenario {
  name: string
  /** Scenarios the defaults were tuned on, and those they were not. */
  group: 'tuned' | 'held-out' | 'draw'
  /** What the aims say about it. */
  kind: 'ordinary' | 'slow' | 'low' | 'cut' | 'small' | 'other'
  start: Day
  people: number
  /** Share of people and places by area. */
  areas: number[]
  /** Share who answer, by day sent; and each area's own factor. */
  uptake: (day: number) => number
  areaFactor: (area: number) => number
  post: { from: number; to: number; counted: 'calendar' | 'working' }
  delay: DelayDraw
  /** Of those who answer, who phones; share of Saturday and Sunday web answers that wait for Monday. */
  phoneShare: number
  weekendWaits: number
  phones: number
  /** Places a working day; what is told ahead is `weekly`, what is published is `weekly` × noise. */
  daily: number
  publishOn: number
  /** The only days with places, published at once, with nothing planned behind; null: every working day, weekly. */
  only: { from: number; to: number } | null
  noise: (week: number) => number
  cut: { told: number; from: number; to: number; share: number } | null
  /** Share of bookers who take any free place, not the first. */
  choosy: number
  blindSearches: boolean
  /** Event feed silent on these days (sent with the first day after). */
  quiet: [number, number] | null
  /** Whether second bookings (by people who waited or were displaced) come as events, and weekends as lines. */
  reportsAgain: boolean
  weekendLines: boolean
}

const geometric =
  (p: number): DelayDraw =>
  (x) =>
    Math.floor(Math.log(1 - x) / Math.log(1 - p))
const logNormal =
  (median: number, sigma: number): DelayDraw =>
  (x, y) =>
    Math.floor(
      median * Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - x)) * Math.cos(2 * Math.PI * y)),
    )
const twoPeaks =
  (share: number, day: number): DelayDraw =>
  (x, y) =>
    y < share ? geometric(0.4)(x, y) : Math.round(day + 2.5 * (x - 0.5) * 2)

const base: Scenario = {
  name: 'base',
  group: 'tuned',
  kind: 'ordinary',
  start: parseDay('2021-04-07'),
  people: 17_500,
  areas: [1],
  uptake: () => 0.85,
  areaFactor: () => 1,
  post: { from: 1, to: 3, counted: 'calendar' },
  delay: geometric(0.37),
  phoneShare: 0.4,
  weekendWaits: 0,
  phones: 700,
  daily: 600,
  publishOn: 3,
  only: null,
  noise: () => 1,
  cut: null,
  choosy: 0.2,
  blindSearches: false,
  quiet: null,
  reportsAgain: true,
  weekendLines: false,
}

/** Forty areas of 10–60 places a week, eight people to a place; in `oneWeek` nothing is planned behind the third. */
const thirdWeek = { from: 19, to: 23 }
const small = Array.from({ length: 40 }, (_, a) => 10 + Math.round((50 * a) / 39))
const smallPlaces = small.reduce((a, b) => a + b, 0)
const oneWeek = {
  group: 'held-out',
  kind: 'small',
  areas: small.map((n) => n / smallPlaces),
  people: 8 * smallPlaces,
  daily: smallPlaces / 5,
  only: thirdWeek,
} satisfies Partial<Scenario>

const uneven = [22, 16, 12, 9, 8, 7, 6, 5, 4, 3, 3, 2, 1.5, 1, 0.5].map((x) => x / 100)

/** The scenarios. Only those marked tuned were looked at while the defaults were chosen. */
export const scenarios: Scenario[] = [
  base,
  {
    ...base,
    name: 'dalarna',
    kind: 'other',
    group: 'held-out',
    people: 18_000,
    uptake: () => 0.92,
    phoneShare: 0.55,
    daily: 450,
  },
  {
    ...base,
    name: 'halland-day-one',
    kind: 'other',
    group: 'held-out',
    people: 22_000,
    delay: geometric(0.7),
    uptake: () => 0.9,
    post: { from: 1, to: 1, counted: 'working' },
    phoneShare: 0.2,
    cut: { told: 9, from: 12, to: 33, share: 0.6 },
  },
  { ...base, name: 'uptake-40', kind: 'low', uptake: () => 0.4 },
  { ...base, name: 'uptake-95', uptake: () => 0.95 },
  { ...base, name: 'rising', kind: 'other', uptake: (d) => Math.min(0.9, 0.5 + 0.015 * d) },
  {
    ...base,
    name: 'falling',
    kind: 'other',
    group: 'held-out',
    uptake: (d) => Math.max(0.45, 0.9 - 0.015 * d),
  },
  { ...base, name: 'late', kind: 'slow', delay: logNormal(7, 0.6) },
  { ...base, name: 'two-peaked', kind: 'slow', group: 'held-out', delay: twoPeaks(0.6, 12) },
  { ...base, name: 'slow-post', kind: 'slow', post: { from: 3, to: 6, counted: 'working' } },
  {
    ...base,
    name: 'volatile-supply',
    kind: 'other',
    group: 'held-out',
    noise: (w) => [1, 0.7, 1.3, 0.6, 1.1, 0.8, 1.2][w % 7] ?? 1,
  },
  { ...base, name: 'cut-50', kind: 'cut', cut: { told: 16, from: 19, to: 33, share: 0.5 } },
  {
    ...base,
    name: 'halved-over-weekend',
    kind: 'cut',
    group: 'held-out',
    cut: { told: 9, from: 12, to: 26, share: 0.5 },
  },
  {
    ...base,
    name: 'uneven-areas',
    areas: uneven,
    areaFactor: (a) => [1, 0.85, 1.1, 0.9, 1.05][a % 5] ?? 1,
    uptake: () => 0.8,
  },
  { ...base, name: 'scarce-phones', kind: 'other', phones: 300, phoneShare: 0.5 },
  {
    ...base,
    name: 'blind-searches',
    kind: 'cut',
    group: 'held-out',
    blindSearches: true,
    cut: { told: 16, from: 19, to: 33, share: 0.5 },
  },
  {
    ...base,
    ...oneWeek,
    name: 'small-areas',
    uptake: () => 0.85,
  },
  {
    ...base,
    ...oneWeek,
    name: 'small-areas-95',
    uptake: () => 0.95,
    areaFactor: (a) => [1, 0.85, 1.05, 0.9, 1.02][a % 5] ?? 1,
  },
  { ...base, ...oneWeek, name: 'small-areas-40', uptake: () => 0.4 },
  {
    ...base,
    ...oneWeek,
    name: 'small-areas-slow',
    post: { from: 3, to: 5, counted: 'working' },
    delay: logNormal(4, 0.8),
  },
  {
    ...base,
    ...oneWeek,
    name: 'small-areas-weekly',
    only: null,
    uptake: () => 0.8,
    areaFactor: (a) => [1, 0.85, 1.1, 0.9, 1.05][a % 5] ?? 1,
  },
  {
    ...base,
    name: 'one-small-area',
    kind: 'small',
    group: 'held-out',
    people: 234,
    daily: 24 / 5,
    only: thirdWeek,
    uptake: () => 0.9,
  },
  { ...base, name: 'quiet-feed', kind: 'other', group: 'held-out', quiet: [14, 15] },
]

/** A random world from the ranges the aims are judged on. `seed` decides everything. */
export function draw(seed: number): Scenario {
  const next = random(seed * 7919 + 17)
  const level = between(next, 0.35, 0.97)
  const drift = next() < 0.4 ? between(next, -0.008, 0.008) : 0
  const areas = whole(next, 1, 12)
  const weights = Array.from({ length: areas }, () => Math.exp(0.7 * normal(next)))
  const total = weights.reduce((a, b) => a + b, 0)
  const spread = between(next, 0, 0.15)
  const factors = Array.from({ length: areas }, () => Math.max(0.5, 1 + spread * normal(next)))
  const from = whole(next, 1, 4)
  const delay = pick<() => DelayDraw>(next, [
    () => geometric(between(next, 0.25, 0.6)),
    () => geometric(between(next, 0.12, 0.25)),
    () => logNormal(between(next, 1.5, 4), 0.8),
    () => logNormal(between(next, 4, 8), 0.6),
    () => twoPeaks(between(next, 0.5, 0.8), between(next, 7, 13)),
  ])
  const cut =
    next() < 0.4
      ? {
          told: whole(next, 8, 24),
          share: between(next, 0.2, 0.6),
          notice: whole(next, 0, 6),
          days: whole(next, 7, 21),
        }
      : null
  const supply = between(next, 0.5, 1.3)
  const wobble = next() < 0.3 ? between(next, 0, 0.2) : 0
  const noises = Array.from({ length: 60 }, () => Math.max(0.4, 1 + wobble * normal(next)))
  const built: Scenario = {
    ...base,
    name: `draw-${seed}`,
    group: 'draw',
    kind: 'other',
    start: base.start + 7 * whole(next, 0, 20),
    areas: weights.map((w) => w / total),
    uptake: (d) => Math.min(0.97, Math.max(0.35, level + drift * d)),
    areaFactor: (a) => factors[a] ?? 1,
    post: {
      from,
      to: Math.min(6, from + whole(next, 0, 2)),
      counted: pick(next, ['calendar', 'working']),
    },
    delay: delay(),
    phoneShare: between(next, 0.2, 0.6),
    weekendWaits: pick(next, [0, 0.5]),
    phones: whole(next, 300, 900),
    daily: Math.round(600 * supply),
    noise: (w) => noises[w % 60] ?? 1,
    choosy: between(next, 0, 0.4),
    reportsAgain: next() < 0.5,
    weekendLines: next() < 0.3,
    cut: cut && {
      told: cut.told,
      from: cut.told + cut.notice,
      to: cut.told + cut.notice + cut.days,
      share: cut.share,
    },
  }
  const slow =
    [0.3, 0.6, 0.9].map((x) => built.delay(x, 0.5)).reduce((a, b) => a + b, 0) / 3 > 4 ||
    built.post.to >= 5
  const kind = cut
    ? 'cut'
    : level < 0.5
      ? 'low'
      : slow
        ? 'slow'
        : drift !== 0 || built.phones * 2 < built.daily * 1.2
          ? 'other'
          : 'ordinary'
  return { ...built, kind }
}

/** What small areas are drawn in: one week of places with nothing behind, or supply that continues. */
export const smallKinds = ['week', 'week-slow', 'weekly', 'weekly-slow', 'weekly-noisy'] as const
export type SmallKind = (typeof smallKinds)[number]

/** A random region of small areas, 10–60 places a week, of which half to 95 % answer. */
export function drawSmall(kind: SmallKind, seed: number): Scenario {
  const next = random(seed * 6133 + 29 * smallKinds.indexOf(kind) + 5)
  const places = Array.from({ length: whole(next, 12, 24) }, () => whole(next, 10, 60))
  const total = places.reduce((a, b) => a + b, 0)
  const level = between(next, 0.5, 0.95)
  const spread = between(next, 0, 0.12)
  const factors = places.map(() => Math.max(0.6, 1 + spread * normal(next)))
  const slow = kind.endsWith('slow')
  const from = slow ? whole(next, 2, 4) : whole(next, 1, 2)
  const noises = Array.from({ length: 60 }, () => Math.max(0.3, 1 + 0.25 * normal(next)))
  const delay = pick<() => DelayDraw>(
    next,
    slow
      ? [
          () => geometric(between(next, 0.12, 0.25)),
          () => logNormal(between(next, 3, 5), 0.8),
          () => twoPeaks(between(next, 0.5, 0.8), between(next, 6, 9)),
        ]
      : [() => geometric(between(next, 0.25, 0.6)), () => logNormal(between(next, 1.5, 2.5), 0.7)],
  )
  const firstDay = whole(next, 2, 3) * 7 + 5 // a Monday
  return {
    ...base,
    name: `draws: small ${kind}`,
    group: 'draw',
    kind: 'small',
    start: base.start + 7 * whole(next, 0, 8),
    areas: places.map((n) => n / total),
    people: between(next, 5, 9) * total,
    daily: total / 5,
    only: kind.startsWith('weekly') ? null : { from: firstDay, to: firstDay + 4 },
    uptake: () => level,
    areaFactor: (a) => factors[a] ?? 1,
    post: {
      from,
      to: from + whole(next, 1, 2),
      counted: slow ? 'working' : pick(next, ['calendar', 'working']),
    },
    delay: delay(),
    phoneShare: between(next, 0.2, 0.6),
    phones: 900,
    noise: kind === 'weekly-noisy' ? (w) => noises[w % 60] ?? 1 : () => 1,
    choosy: between(next, 0, 0.4),
    reportsAgain: next() < 0.5,
    weekendLines: next() < 0.3,
  }
}
