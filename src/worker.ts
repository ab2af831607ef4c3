import { join } from 'node:path'
import type { App } from './app.ts'
import { assignTimes } from './allocation/assign.ts'
import { advanceRound, advanceRounds } from './reserve/round.ts'
import { askReminders } from './visits/attendance-reminders.ts'
import { followLinks } from './campaigns/follow-links.ts'
import { campaignsInState } from './campaigns/store.ts'
import { planCampaign } from './campaigns/plan.ts'
import type { Channel } from './channels/channel.ts'
import { openChannels } from './channels/open.ts'
import { printPlaceOf } from './channels/open-print.ts'
import { transaction } from './db/pool.ts'
import { messageOf } from './errors.ts'
import { queues, dispatchChunk, noticeChunk, type Payload, type QueueName } from './jobs/queues.ts'
import { recallCancelled } from './ledger/messages.ts'
import { signingKey } from './letters/signing-key.ts'
import { noticesBelow } from './messages/claim.ts'
import { composer } from './messages/compose.ts'
import { dispatch } from './messages/dispatch/dispatch.ts'
import { printLetters } from './messages/print/print.ts'
import { printSchedule } from './messages/print/print-day.ts'
import { takeNextChannel } from './messages/dispatch/next-channel.ts'
import { announcePrint } from './messages/print/announce.ts'
import { isQuiet, quietHours } from './messages/dispatch/quiet-hours.ts'
import { settleDoubts } from './messages/dispatch/settle.ts'
import { finishCampaigns } from './ledger/campaigns.ts'
import { wake, withdrawUndelivered } from './messages/sweep.ts'
import { expireOpen } from './release/store.ts'
import { releaseWave } from './release/wave.ts'
import { lateLetters } from './messages/print/late-letters.ts'
import { textsThatMayLeave } from './texts/may-leave.ts'
import { settleCorrected } from './notices/correct-recall.ts'
import { forgetGuesses } from './verification/guesses.ts'
import { publishSigningKey } from './verification/signing-keys.ts'
import { passOnInHouseholds } from './notices/people.ts'
import { advanceNotice } from './notices/plan.ts'

/** How many jobs of a queue are at work at once, where it is more than one: notices have a worker for each channel. */
const concurrency: Partial<Record<QueueName, number>> = { dispatch: 4, 'notice-dispatch': 2 }

export interface Worker {
  /** Does what the queue `sweep` does, now, and begins the jobs that wait: for simulations that move the clock. */
  sweep(): Promise<void>
  /** Lets what is under way end, sends nothing more, and closes. */
  stop(): Promise<void>
}

/** Which action handles which queue. */
export async function startWorker(app: App): Promise<Worker> {
  const { pool, clock, log, config } = app
  const jobs = await app.jobs()
  const channels = openChannels(config)
  const byName: Record<'sms' | 'email', Channel> = { sms: channels.sms, email: channels.email }
  await publishSigningKey(pool, signingKey(config), clock.now()) // before the first letter is signed with it
  const { texts, refresh } = await textsThatMayLeave(pool, config)
  const compose = composer(texts, channels, config)
  let stop = false
  const stopping = () => stop
  const quiet = quietHours(config)

  const sweep = async () => {
    await transaction(pool, (tx) => followLinks(tx, clock.now()))
    for (const channel of Object.values(byName))
      await settleDoubts(pool, channel, config.IN_DOUBT_AFTER, log)
    await askReminders({ pool, clock, jobs })
    await advanceRounds({ pool, clock, jobs, quiet: isQuiet(clock.now(), quiet) })
    await wake(pool, jobs, clock.now(), quiet)
    await recallCancelled(pool)
    await transaction(pool, (tx) => settleCorrected(tx, clock.now()))
    await transaction(pool, (tx) => takeNextChannel(tx, clock.now()))
    await withdrawUndelivered(pool, clock.now())
    await passOnInHouseholds(pool, clock.now())
    await expireOpen(pool, clock.now())
    await finishCampaigns(pool, clock.now())
    await forgetGuesses(pool, clock.now())
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
  const send = async (channel: 'sms' | 'email', chunk: number, below?: number) => {
    const deps = {
      pool,
      clock,
      log,
      channel: byName[channel],
      compose,
      texts,
      inDoubtAfter: config.IN_DOUBT_AFTER,
      quiet,
      stopping,
      ...(below ? { below } : {}),
    }
    // Well within the job's expireInSeconds: a job that outlives it is started a second time beside itself.
    const started = performance.now()
    await refresh()
    while (
      !stop &&
      performance.now() - started < 150_000 &&
      (await dispatch(deps, chunk)) === chunk
    );
  }
  const printDeps = {
    pool,
    clock,
    log,
    compose,
    texts,
    place: printPlaceOf(config),
    schedule: printSchedule(config),
    workFolder: join(config.KALLELSE_DATA, 'print'),
    batchSize: config.PRINT_BATCH,
    stopping,
  }
  const print = async (campaign: number) => {
    await refresh()
    return printLetters(printDeps, campaign)
  }
  const handlers: { [N in QueueName]: (payload: Payload<N>) => Promise<unknown> } = {
    plan: async ({ campaign, hold }) => {
      await transaction(pool, (tx) => followLinks(tx, clock.now()))
      await planCampaign({ pool, clock }, campaign, hold)
      if (hold) await assignTimes({ pool, clock }, campaign)
      else await jobs.enqueue(pool, 'release', [{ campaign }])
    },
    release: async ({ campaign }) => {
      await assignTimes({ pool, clock }, campaign)
      await releaseWave({ pool, clock, jobs, phoneCapacity: config.PHONE_CAPACITY }, campaign)
    },
    notice: async ({ campaign }) => {
      while (
        !stop &&
        (await advanceNotice(
          { pool, clock, jobs, phoneCapacity: config.PHONE_CAPACITY },
          campaign,
        )) > 0
      );
    },
    dispatch: ({ channel }) => send(channel, dispatchChunk),
    'notice-dispatch': ({ channel }) => send(channel, noticeChunk, noticesBelow),
    print: ({ campaign }) => print(campaign),
    'notice-print': ({ campaign }) => print(campaign),
    reserve: ({ round }) =>
      advanceRound({ pool, clock, jobs, quiet: isQuiet(clock.now(), quiet) }, round),
    sweep,
    'release-all': async () => {
      for (const late of await lateLetters(pool, clock.now(), printSchedule(config)))
        log.error(late, 'letters are still unsent that should have left before today')
      const running = await campaignsInState(pool, ['running'])
      const of = (notice: boolean) =>
        running
          .filter((campaign) => (campaign.way === 'notice') === notice)
          .map(({ id }) => ({ campaign: id }))
      await jobs.enqueue(pool, 'notice', of(true))
      await jobs.enqueue(pool, 'release', of(false))
    },
  }
  const workers = (Object.keys(queues) as QueueName[]).map(async (name) => {
    const handle = handlers[name] as (payload: unknown) => Promise<unknown>
    return jobs.boss.work(
      name,
      { batchSize: 1, pollingIntervalSeconds: 0.5, localConcurrency: concurrency[name] ?? 1 },
      async ([job]) => {
        if (!job || stop) return
        try {
          await handle(queues[name].payload.parse(job.data))
        } catch (error) {
          log.error(
            { queue: name, job: job.id, reason: messageOf(error) },
            'a job failed and will be tried again',
          )
          throw error
        }
      },
    )
  })
  const workerIds = await Promise.all(workers)
  await jobs.boss.schedule('sweep', '* * * * *', {})
  await jobs.boss.schedule('release-all', '0 7 * * *', {}, { tz: 'Europe/Stockholm' })
  await jobs.enqueue(pool, 'sweep', [{}])
  return {
    async sweep() {
      await sweep()
      for (const id of workerIds) jobs.boss.notifyWorker(id) // else a job waits for the next poll
    },
    async stop() {
      stop = true
      await Promise.all((Object.keys(queues) as QueueName[]).map((name) => jobs.boss.offWork(name)))
      await Promise.all(Object.values(byName).map((channel) => channel.close()))
    },
  }
}
