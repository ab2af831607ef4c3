import { z } from 'zod'

/**
 * How a queue treats its jobs. A job is a wake-up with the handle of some rows; what is to be done is in
 * the rows.
 */
interface Queue<T extends z.ZodType> {
  payload: T
  retryLimit: number
  retryDelay: number // seconds, doubled at each try
  expireInSeconds: number
  /**
   * short: one waiting job with the same payload is enough. Those at work don't count: one may belong to a
   * killed program.
   */
  policy: 'short'
  about: string
}

const queue = <T extends z.ZodType>(q: Queue<T>): Queue<T> => q

export const queues = {
  plan: queue({
    payload: z.object({ campaign: z.number().int(), hold: z.boolean().optional() }),
    retryLimit: 5,
    retryDelay: 2,
    expireInSeconds: 600,
    policy: 'short',
    about: 'works out who is invited in a campaign that was started',
  }),
  release: queue({
    payload: z.object({ campaign: z.number().int() }),
    retryLimit: 5,
    retryDelay: 2,
    expireInSeconds: 300,
    policy: 'short',
    about: "releases the day's wave",
  }),
  assign: queue({
    payload: z.object({}),
    retryLimit: 5,
    retryDelay: 2,
    expireInSeconds: 300,
    policy: 'short',
    about: 'gives times to those who wait for one, when places have opened',
  }),
  print: queue({
    payload: z.object({ campaign: z.number().int() }),
    retryLimit: 10,
    retryDelay: 2,
    expireInSeconds: 900,
    policy: 'short',
    about: 'seals the letters that are due into batches and hands them over',
  }),
  reserve: queue({
    payload: z.object({ round: z.number().int() }),
    retryLimit: 10,
    retryDelay: 2,
    expireInSeconds: 60,
    policy: 'short',
    about: 'continues a reserve round: unanswered offers end, the next people are asked',
  }),
  notice: queue({
    payload: z.object({ campaign: z.number().int() }),
    retryLimit: 10,
    retryDelay: 1,
    expireInSeconds: 300,
    policy: 'short',
    about: 'plans a notice and releases what the phones can bear of it today',
  }),
  'notice-print': queue({
    payload: z.object({ campaign: z.number().int() }),
    retryLimit: 10,
    retryDelay: 2,
    expireInSeconds: 900,
    policy: 'short',
    about: 'print, for notices',
  }),
  bounces: queue({
    payload: z.object({}),
    retryLimit: 0, // the next minute's reads what this one didn't
    retryDelay: 5,
    expireInSeconds: 600,
    policy: 'short',
    about: 'each minute: reads the mailbox that undeliverable mail comes back to',
  }),
  'release-all': queue({
    payload: z.object({}),
    retryLimit: 5,
    retryDelay: 5,
    expireInSeconds: 60,
    policy: 'short',
    about: 'each morning: a release for every running campaign',
  }),
  sweep: queue({
    payload: z.object({}),
    retryLimit: 5,
    retryDelay: 5,
    expireInSeconds: 300,
    policy: 'short',
    about: 'settles messages in doubt, wakes what was forgotten and ends what is finished',
  }),
} as const

export type QueueName = keyof typeof queues
export type Payload<N extends QueueName> = z.infer<(typeof queues)[N]['payload']>

/**
 * The ways in which messages leave, each with a sender of its own in every worker, so that none waits for another. What
 * comes `first` (answers, confirmations, notices: message.priority below 50) never waits until a campaign's are out.
 * A lane has no jobs: its messages are the queue, and a wake-up (wake.ts) is all that it needs to be told.
 */
export const lanes = ['sms', 'email', 'sms-first', 'email-first'] as const
export type Lane = (typeof lanes)[number]

/**
 * message.priority of notices: after the answers to what a person wrote just now (below 10), before every
 * campaign (100).
 */
export const noticePriority = 20
