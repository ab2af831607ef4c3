import { between, pick, random, whole, type Random } from '../release/random.ts'

// What goes wrong in one run, and when: a pure function of the seed.

/** A line between two programs, with a proxy of ours on it. */
export type Line = 'database' | 'smtp' | 'sms' | 'sftp' | 'receipts'

/** Something that happens once. `at`, `for`: milliseconds; hosts are 0 and 1. */
export type Strike = { at: number } & (
  | { what: 'kill-host'; host: number }
  | { what: 'kill-serve' }
  | { what: 'kill-postgres'; whole: boolean }
  | { what: 'cut'; line: Line }
  | { what: 'fill-disk'; whose: 'host' | 'postgres'; host: number; for: number }
  | { what: 'step-clock'; host: number; by: number }
  | { what: 'forge'; receipts: number }
  | { what: 'hours'; hours: number }
)

/** What an ill provider answers; `before` and `after` say whether it has taken the message by then. */
export const illnesses = {
  smtp: ['421', '450', '451', '451-data', 'cut-before', 'cut-after', 'hang-before', 'hang-after'],
  sms: ['429', '500', '401', 'cut-before', 'cut-after', 'hang-before', 'hang-after'],
  sftp: ['cut-mid-file', 'refuse'],
} as const

/** A provider is ill for a while, with a share of what it is asked. */
export interface Illness {
  from: number
  to: number
  where: 'smtp' | 'sms' | 'sftp'
  what: string
  share: number
}

export interface Schedule {
  seed: number
  messages: number
  /** milliseconds in which things go wrong */
  lasts: number
  place: 'folder' | 'sftp'
  /** the relay has a message trace; without it a person settles what is in doubt */
  trace: boolean
  strikes: Strike[]
  illnesses: Illness[]
}

/** An outage of hours: the provider is ill with all it is asked, and meanwhile the hours pass by the hosts' clocks. */
function outageOf(next: Random, lasts: number): { strike: Strike; illness: Illness } {
  const at = Math.round(between(next, 500, lasts * 0.7))
  const where = pick(next, ['smtp', 'sms'] as const)
  const what = pick(
    next,
    where === 'smtp' ? ['421', '450', '451', 'cut-before'] : ['429', '401', '500'],
  )
  return {
    strike: { at: at + 300, what: 'hours', hours: whole(next, 1, 8) },
    illness: { from: at, to: at + 3500, where, what, share: 1 },
  }
}

/** @param messages the larger the run, the longer it lasts and the more goes wrong */
export function scheduleOf(seed: number, messages: number): Schedule {
  const next = random(seed * 7919 + 17)
  const lasts = Math.round(3000 + messages * 3)
  const some = (low: number, high: number) => whole(next, low, high) + Math.floor(messages / 2500)
  const outage = next() < 0.5 ? [outageOf(next, lasts)] : []
  return {
    seed,
    messages,
    lasts,
    place: pick(next, ['folder', 'sftp'] as const),
    trace: next() < 0.7,
    strikes: [
      ...list(some(3, 6), () => strikeOf(next, lasts)),
      ...outage.map(({ strike }) => strike),
    ].sort((a, b) => a.at - b.at),
    illnesses: [
      ...list(some(2, 4), () => illnessOf(next, lasts)),
      ...outage.map(({ illness }) => illness),
    ].sort((a, b) => a.from - b.from),
  }
}

const list = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make)

function strikeOf(next: Random, lasts: number): Strike {
  const at = Math.round(between(next, 500, lasts))
  const host = whole(next, 0, 1)
  const minute = 60_000
  return pick<() => Strike>(next, [
    () => ({ at, what: 'kill-host', host }),
    () => ({ at, what: 'kill-host', host }),
    () => ({ at, what: 'kill-serve' }),
    () => ({ at, what: 'kill-postgres', whole: next() < 0.5 }),
    () => ({
      at,
      what: 'cut',
      line: pick(next, ['database', 'smtp', 'sms', 'sftp', 'receipts'] as const),
    }),
    () => ({ at, what: 'cut', line: 'database' }),
    () => ({
      at,
      what: 'fill-disk',
      whose: pick(next, ['host', 'postgres'] as const),
      host,
      for: whole(next, 500, 2000),
    }),
    () => ({ at, what: 'step-clock', host, by: whole(next, -20, 60) * minute }),
    () => ({ at, what: 'forge', receipts: whole(next, 5, 20) }),
  ])()
}

function illnessOf(next: Random, lasts: number): Illness {
  const from = Math.round(between(next, 0, lasts * 0.8))
  const where = pick(next, ['smtp', 'smtp', 'sms', 'sms', 'sftp'] as const)
  return {
    from,
    to: from + whole(next, 500, 3000),
    where,
    what: pick<string>(next, illnesses[where]),
    share: pick(next, [0.05, 0.3, 1]),
  }
}

/** In a line for each thing that goes wrong. */
export const shown = (s: Schedule): string =>
  [
    `seed ${s.seed}: ${s.messages} people, print by ${s.place}, ${s.trace ? 'with' : 'no'} mail trace`,
    ...s.illnesses.map(
      (i) =>
        `  ${seconds(i.from)}–${seconds(i.to)} s  ${i.where} ${i.what}, ${Math.round(i.share * 100)} %`,
    ),
    ...s.strikes.map(({ at, ...rest }) => `  ${seconds(at)} s  ${Object.values(rest).join(' ')}`),
  ].join('\n')

const seconds = (ms: number): string => (ms / 1000).toFixed(1)

/** What is wrong with a person's own addresses, for good. */
export interface Fate {
  /** the relay says 550 */
  mailbox: boolean
  /** the SMS provider says that there is no such number */
  number: boolean
  /** it takes the message, and says later that it could not be delivered */
  phone: boolean
  /** how late receipts come, milliseconds, and how */
  receiptAfter: number
  receipts: 'one' | 'doubled' | 'out-of-order'
}

/** The fate of the person with a number, the same whenever it is asked. */
export function fateOf(seed: number, person: number): Fate {
  const next = random(seed * 65_537 + person)
  for (let warm = 0; warm < 3; warm++) next() // near seeds begin alike
  return {
    mailbox: next() < 0.03,
    number: next() < 0.02,
    phone: next() < 0.03,
    receiptAfter: next() < 0.1 ? whole(next, 200, 5000) : 0,
    receipts: pick(next, ['one', 'one', 'one', 'doubled', 'out-of-order'] as const),
  }
}
