import { setTimeout as sleep } from 'node:timers/promises'
import { DateTime } from 'luxon'
import type { App } from '../app.ts'
import { assignTimes } from '../allocation/assign.ts'
import {
  approveCampaign,
  createCampaign,
  resumeCampaign,
  startCampaign,
} from '../campaigns/actions.ts'
import { campaignsInState } from '../campaigns/store.ts'
import { zone, type MovableClock } from '../clock.ts'
import { urgentBelow } from '../messages/claim.ts'
import { isQuiet, quietHours } from '../messages/dispatch/quiet-hours.ts'
import { row } from '../db/pool.ts'
import { addPurposes } from '../purposes/register.ts'
import { purposes } from './campaigns.ts'
import { formatDay, isWorkingDay, parseDay } from '../release/model/calendar.ts'
import { releaseWave } from '../release/wave.ts'
import type { Worker } from '../worker.ts'
import { playResidents, type Answers } from './residents.ts'

export interface Play {
  app: App
  clock: MovableClock
  worker: Worker
  /** true once somebody has pressed Ctrl-C */
  stopped: () => boolean
}

/** A campaign made, approved by two, started, and its plan made: whatever of it is done already is not done again. */
export async function begin({ app, worker }: Play, spec: { name: string }): Promise<void> {
  const jobs = await app.jobs()
  await addPurposes(app, purposes, 'anna.demo')
  const { state } = await createCampaign(app, spec, 'anna.demo')
  if (state !== 'draft' && state !== 'approved' && state !== 'planning') return
  const deps = { ...app, jobs }
  await approveCampaign(deps, spec.name, 'anna.demo')
  await approveCampaign(deps, spec.name, 'bertil.demo')
  await startCampaign(deps, spec.name, 'anna.demo')
  while (
    await row(app.pool, `select from campaign where name = $1 and state = 'planning'`, [spec.name])
  ) {
    await worker.sweep()
    await sleep(100)
  }
}

/**
 * The coordinator looks at what made the release stop, and lets it go on the next morning; with texts that have
 * changed, after two have approved them. @returns what it said
 */
export async function resumePaused({ app }: Play): Promise<string[]> {
  const deps = { ...app, jobs: await app.jobs() }
  const paused = await campaignsInState(app.pool, ['paused'])
  for (const { name } of paused) {
    for (const by of ['anna.demo', 'bertil.demo']) await approveCampaign(deps, name, by)
    await resumeCampaign(deps, name, 'anna.demo')
  }
  return paused.map(
    (campaign) =>
      `${campaign.name} had stopped by itself (${campaign.pausedWhy}); anna.demo lets it go on`,
  )
}

/** One working day: release, sending, and what the residents do in the evening. @returns their answers */
export async function playDay(play: Play): Promise<Answers> {
  const { app, clock, worker } = play
  const jobs = await app.jobs()
  for (const campaign of await campaignsInState(app.pool, ['running'])) {
    await assignTimes(app, campaign.id)
    await releaseWave({ ...app, jobs }, campaign.id)
  }
  await worker.sweep() // reminders whose day it is have no job of their own
  await untilSent(play)
  const { SMS_QUIET_TO } = app.config
  const awake = DateTime.fromJSDate(clock.now(), { zone }).set({ hour: SMS_QUIET_TO }).toJSDate()
  if (isQuiet(clock.now(), quietHours(app.config)) && awake > clock.now()) {
    clock.moveTo(awake) // SMS wait until people are up
    await worker.sweep()
    await untilSent(play)
  }
  await worker.sweep() // what the sending has ended or brought on, e.g. a finished campaign
  clock.moveTo(DateTime.fromJSDate(clock.now(), { zone }).set({ hour: 18 }).toJSDate())
  return playResidents(app.pool, clock)
}

/** Waits until all that is due has left: also what a run that was killed left in doubt. */
export async function untilSent({ app, clock, worker, stopped }: Play): Promise<void> {
  for (let wait = 0; !stopped(); wait++) {
    const open = await row<{ n: number }>(
      app.pool,
      `select (select count(*) from outgoing o join campaign c on c.id = o.campaign_id and c.state = 'running'
                where o.state in ('sending', 'in-doubt')
                   or (o.state = 'queued'
                       and o.due_at <= $1
                       and (o.channel <> 'sms' or not $2 or o.priority < ${urgentBelow})))
            + (select count(*) from batch where state in ('open', 'sealed', 'handing-over')) as n`,
      [clock.now(), isQuiet(clock.now(), quietHours(app.config))],
    )
    if (open?.n === 0) return
    if (wait % 20 === 19) await worker.sweep()
    await sleep(50)
  }
}

/** 7 o'clock on a day, in Sweden. */
export const morning = (day: string): Date => DateTime.fromISO(`${day}T07:00`, { zone }).toJSDate()

/** The working days from a day on. */
export function* workingDays(from: string): Generator<string> {
  for (let day = parseDay(from); ; day++) if (isWorkingDay(day)) yield formatDay(day)
}
