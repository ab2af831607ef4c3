import { join } from 'node:path'
import type { App } from './app.ts'
import { assignTimes, assignWaiting } from './allocation/assign.ts'
import { advanceRound, advanceRounds } from './reserve/round.ts'
import { askReminders } from './visits/attendance-reminders.ts'
import { followLinks } from './campaigns/follow-links.ts'
import { recountForToday } from './clinics/doses/store.ts'
import { overdueDeliveries } from './clinics/supply-store.ts'
import { campaignsInState } from './campaigns/store.ts'
import { planCampaign } from './campaigns/plan.ts'
import { openChannels, type Channels } from './channels/open.ts'
import { printPlaceOf } from './channels/open-print.ts'
import type { OpenPlace } from './channels/print-place.ts'
import { transaction } from './db/pool.ts'
import { messageOf } from './errors.ts'
import type { Jobs } from './jobs/boss.ts'
import { lanes, queues, type Lane, type Payload, type QueueName } from './jobs/queues.ts'
import { listen, placesOpened } from './jobs/wake.ts'
import { recallCancelled } from './ledger/messages.ts'
import { signingKey } from './letters/signing-key.ts'
import { noticesBelow } from './messages/claim.ts'
import { chainLogs } from './evidence/log-chain.ts'
import { readMailbox } from './messages/bounces/read-mailbox.ts'
import { composer, type Composer } from './messages/compose.ts'
import { dispatch } from './messages/dispatch/dispatch.ts'
import { openLane, type Sender } from './messages/dispatch/lane.ts'
import { printLetters } from './messages/print/print.ts'
import { printSchedule } from './messages/print/print-day.ts'
import { takeNextChannel } from './messages/dispatch/next-channel.ts'
import { announcePrint } from './messages/print/announce.ts'
import { isQuiet, quietHours } from './messages/dispatch/quiet-hours.ts'
import { settleDoubts } from './messages/dispatch/settle.ts'
import { finishCampaigns } from './ledger/campaigns.ts'
import { pauseInTrouble } from './messages/dispatch/trouble.ts'
import { standingAlarm } from './messages/queue-age.ts'
import { undelivered, wake, withdrawUndelivered } from './messages/sweep.ts'
import { expireOpen } from './release/store.ts'
import { releaseWave } from './release/wave.ts'
import { lateLetters } from './messages/print/late-letters.ts'
import { textsThatMayLeave } from './texts/may-leave.ts'
import type { Texts } from './texts/texts.ts'
import { settleCorrected } from './notices/correct-recall.ts'
import { settleGuesses } from './verification/guesses.ts'
import { publishSigningKey } from './verification/signing-keys.ts'
import { passOnInHouseholds } from './notices/people.ts'
import { advanceNotice } from './notices/plan.ts'

const queueNames = Object.keys(queues) as QueueName[]

/**
 * How often a queue or lane is looked at when nobody has told of work, milliseconds: while wake-ups are heard it is only
 * for those that get lost and for jobs whose retry has come. Looked at each half second, idle queues cost 28
 * statements a second.
 */
const looks = { woken: 5000, deaf: 1000 }

export interface Worker {
  /** Does what the queue `sweep` does, now, and begins the jobs that wait: for simulations that move the clock. */
  sweep(): Promise<void>
  /** Lets what is under way end, sends nothing more, and closes. */
  stop(): Promise<void>
}

/** What the actions of the queues work with, put together once. */
interface Work extends Pick<App, 'pool' | 'clock' | 'log' | 'config'> {
  jobs: Jobs
  channels: Channels
  place: OpenPlace
  texts: Texts
  /** Looks again which translations somebody has approved. */
  refresh: () => Promise<void>
  compose: Composer
  quietNow: () => boolean
  alarmOfStanding: ReturnType<typeof standingAlarm>
  stop: AbortSignal
}

type Handlers = { [N in QueueName]: (payload: Payload<N>) => Promise<unknown> }

/** Starts the actions of all queues and lanes, and the two that run by the clock. */
export async function startWorker(app: App): Promise<Worker> {
  const stopping = new AbortController()
  const work = await prepare(app, stopping.signal)
  const { pool, log, jobs, channels } = work
  const workers = new Map<QueueName, string>()
  const senders = new Map<Lane, Sender>()
  const wake = (name: string) => {
    if (name === placesOpened)
      return void jobs
        .enqueue(pool, 'assign', [{}])
        .catch((error: unknown) =>
          log.warn(
            { reason: messageOf(error) },
            'places have opened: they are given at the next release',
          ),
        )
    senders.get(name as Lane)?.wake()
    jobs.boss.notifyWorker(workers.get(name as QueueName) ?? '')
  }
  const wakeAll = () => [...queueNames, ...lanes].forEach(wake)
  const listener = await listen(pool, log, (name) => (name === null ? wakeAll() : wake(name)))
  const stop = async () => {
    stopping.abort()
    await Promise.all([
      listener.close(),
      ...queueNames.map((name) => jobs.boss.offWork(name)),
      ...[...senders.values()].map((sender) => sender.stopped),
    ])
    await Promise.all([channels.sms.close(), channels.email.close()])
  }
  const patience = () => (listener.hears() ? looks.woken : looks.deaf)
  const handlers = handlersOf(work)
  for (const lane of lanes)
    senders.set(
      lane,
      openLane({ lane, drain: () => sendDue(work, lane), patience, stop: work.stop, log }),
    )
  try {
    for (const name of queueNames)
      workers.set(name, await takeJobs(work, name, handlers[name], patience(), () => wake(name)))
    await jobs.boss.schedule('sweep', '* * * * *', {})
    if (app.config.BOUNCE_MAILBOX) await jobs.boss.schedule('bounces', '* * * * *', {})
    await jobs.boss.schedule('release-all', '0 7 * * *', {}, { tz: 'Europe/Stockholm' })
    await jobs.enqueue(pool, 'sweep', [{}])
  } catch (error) {
    await stop() // its lanes would keep a program going that has no worker
    throw error
  }
  return {
    async sweep() {
      await sweep(work)
      wakeAll()
    },
    stop,
  }
}

async function prepare(app: App, stop: AbortSignal): Promise<Work> {
  const { pool, clock, log, config } = app
  const jobs = await app.jobs()
  const channels = openChannels(config)
  await publishSigningKey(pool, signingKey(config), clock.now()) // before the first letter is signed with it
  const { texts, refresh } = await textsThatMayLeave(pool, config)
  const compose = composer(texts, channels, config)
  const quiet = quietHours(config)
  const quietNow = () => isQuiet(clock.now(), quiet)
  const place = printPlaceOf(config)
  const given = { pool, clock, log, config, jobs, channels, place }
  return { ...given, texts, refresh, compose, quietNow, alarmOfStanding: standingAlarm(), stop }
}

/** Which action handles which queue. */
function handlersOf(work: Work): Handlers {
  const { pool, clock, jobs, config } = work
  const releasing = { pool, clock, jobs, phoneCapacity: config.PHONE_CAPACITY }
  return {
    plan: async ({ campaign, hold }) => {
      await transaction(pool, (tx) => followLinks(tx, clock.now()))
      await planCampaign({ pool, clock }, campaign, hold)
      if (hold) await assignTimes({ pool, clock, config }, campaign)
      else await jobs.enqueue(pool, 'release', [{ campaign }])
    },
    release: async ({ campaign }) => {
      await assignTimes({ pool, clock, config }, campaign)
      await releaseWave(releasing, campaign)
    },
    assign: () => assignWaiting({ pool, clock, config }),
    notice: async ({ campaign }) => {
      while (!work.stop.aborted && (await advanceNotice(releasing, campaign)) > 0);
    },
    print: ({ campaign }) => printDue(work, campaign),
    'notice-print': ({ campaign }) => printDue(work, campaign),
    reserve: ({ round }) => advanceRound({ pool, clock, jobs, quiet: work.quietNow() }, round),
    sweep: () => sweep(work),
    bounces: () => readMailbox(work, work.stop),
    'release-all': () => releaseAll(work),
  }
}

/** Settles what is in doubt, wakes what is due, and ends what is finished: each minute. */
async function sweep(work: Work): Promise<void> {
  const { pool, clock, log, jobs, channels, config } = work
  const quiet = work.quietNow()
  await recountForToday(pool, clock.now())
  await transaction(pool, (tx) => followLinks(tx, clock.now()))
  for (const channel of [channels.sms, channels.email])
    await settleDoubts(pool, channel, config.IN_DOUBT_AFTER, log)
  await askReminders({ pool, clock, jobs, quiet: quietHours(config) })
  await advanceRounds({ pool, clock, jobs, quiet })
  await wake(pool, jobs, clock.now())
  await recallCancelled(pool)
  await transaction(pool, (tx) => settleCorrected(tx, clock.now()))
  const lost = await undelivered(pool)
  await transaction(pool, (tx) => takeNextChannel(tx, clock.now()))
  await withdrawUndelivered(pool, clock.now(), lost)
  await passOnInHouseholds(pool, clock.now())
  await expireOpen(pool, clock.now())
  await finishCampaigns(pool, clock.now())
  for (const many of await settleGuesses(pool, clock.now()))
    log.error(many, 'very many wrong codes in an hour: somebody guesses')
  for (const head of await chainLogs(pool)) log.info(head, 'log chained')
  await pauseInTrouble({ pool, log, clock }, config.PROVIDER_PAUSE_AFTER)
  await work.alarmOfStanding(pool, log, clock.now(), quiet)
  await announcePrint({
    pool,
    clock,
    log,
    email: channels.email,
    schedule: printSchedule(config),
    to: config.PRINT_ANNOUNCE_TO,
    region: config.REGION_NAME,
  })
}

/** Sends what is due in a lane until nothing is. */
async function sendDue(
  { pool, clock, log, jobs, channels, compose, texts, config, refresh, stop }: Work,
  lane: Lane,
): Promise<void> {
  const [channel, first] = lane.split('-') as ['sms' | 'email', 'first'?]
  await dispatch({
    pool,
    clock,
    log,
    jobs,
    channel: channels[channel],
    compose,
    texts,
    refresh,
    inDoubtAfter: config.IN_DOUBT_AFTER,
    quiet: quietHours(config),
    stop,
    ...(first ? { below: noticesBelow } : {}),
  })
}

async function printDue(work: Work, campaign: number): Promise<void> {
  const { pool, clock, log, compose, texts, config, stop } = work
  await work.refresh()
  await printLetters(
    {
      pool,
      clock,
      log,
      compose,
      texts,
      place: work.place,
      schedule: printSchedule(config),
      workFolder: join(config.KALLELSE_DATA, 'print'),
      batchSize: config.PRINT_BATCH,
      stopping: () => stop.aborted,
    },
    campaign,
  )
}

/** Each morning: every running campaign releases its number of the day. */
async function releaseAll({ pool, clock, log, jobs, config }: Work): Promise<void> {
  for (const late of await lateLetters(pool, clock.now(), printSchedule(config)))
    log.error(late, 'letters are still unsent that should have left before today')
  await recountForToday(pool, clock.now())
  for (const { hsaId, day, confirmedBy, vials } of await overdueDeliveries(pool, clock.now()))
    log.error(
      { clinic: hsaId, day, confirmedBy, vials },
      'a planned delivery has not been confirmed in time: its doses no longer count',
    )
  const running = await campaignsInState(pool, ['running'])
  const of = (notice: boolean) =>
    running
      .filter((campaign) => (campaign.way === 'notice') === notice)
      .map(({ id }) => ({ campaign: id }))
  await jobs.enqueue(pool, 'notice', of(true))
  await jobs.enqueue(pool, 'release', of(false))
}

/**
 * Takes jobs off a queue, one at a time.
 * @param again has it look for the next at once: by itself it waits as after an empty look
 * @returns the id of the worker, by which it can be woken
 */
const takeJobs = <N extends QueueName>(
  { jobs, log, stop }: Work,
  name: N,
  handle: Handlers[N],
  patience: number,
  again: () => void,
): Promise<string> =>
  jobs.boss.work(name, { batchSize: 1, pollingIntervalSeconds: patience / 1000 }, async ([job]) => {
    if (!job || stop.aborted) return
    try {
      await handle(queues[name].payload.parse(job.data) as Payload<N>)
    } catch (error) {
      log.error(
        { queue: name, job: job.id, reason: messageOf(error) },
        'a job failed and will be tried again',
      )
      throw error
    } finally {
      again()
    }
  })
