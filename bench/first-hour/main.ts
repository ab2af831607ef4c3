import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { systemClock } from '../../src/clock.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { benchSealingKey } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row } from '../../src/db/pool.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { startSmsServer } from '../../src/demo/stand-ins/sms-server.ts'
import { startSmtpServer } from '../../src/demo/stand-ins/smtp-server.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { processorSecondsOf, startProgram, type Program } from '../support/child.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { percentile, report, table, type Figure } from '../support/report.ts'
import { arrivalTimes } from './arrivals.ts'
import { visit, type Resident, type Visit } from './visit.ts'
import { inviteResidents, makeRegion, othersCampaign } from './world.ts'

const help = `Residents who sign in, look at the times and book, as they come in the first hour after the letters: how long each step takes.
A tenth moves or cancels. The product's own programs (serve, work) on a database of its own; mail and SMS go to servers on this machine.

  node bench/first-hour/main.ts [--seconds 60] [--residents 3000] [--burst 50] [--campaign 0] [--json]

  --seconds    how long people come; the hour is --seconds 3600 --residents 18000
  --residents  how many come in that time, most of them in bursts at the beginning of each minute
  --burst      residents a second in a burst
  --campaign   people of another campaign that is released, printed and sent while the residents book
`
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    residents: { type: 'string', default: '3000' },
    burst: { type: 'string', default: '50' },
    campaign: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const arrivals = {
  residents: Number(values.residents),
  seconds: Number(values.seconds),
  burst: Number(values.burst),
}
const others = Number(values.campaign)
/** residents who come one after the other before anything is measured */
const warmUp = 100

const progress = (what: string): void =>
  void process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${what}\n`)

interface World {
  pool: pg.Pool
  site: URL
  residents: Resident[]
  /** starts the other campaign */
  start: () => Promise<unknown>
  /** seconds of processor time used until now */
  processor: () => Promise<Record<string, number>>
}

/** The world with its programs, as an operator would run them. */
async function withPrograms<T>(use: (world: World) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const credentials = localCredentials(folder)
  const mail = await startSmtpServer({ journal: join(folder, 'mail.ndjson') })
  const sms = await startSmsServer({ journal: join(folder, 'sms.ndjson'), credentials })
  const pool = openPool(server.url, 4)
  const programs: Program[] = []
  try {
    await migrate(pool)
    const clock = systemClock
    await makeRegion(pool, { residents: warmUp + arrivals.residents, others, now: clock.now() })
    const jobs = await openJobs(pool, openLog('error'))
    const deps = { pool, clock, jobs }
    const residents = await inviteResidents(deps)
    const start = others ? await othersCampaign(deps) : () => Promise.resolve()
    progress(`${residents.length} residents have their letters`)
    const { publicKey: _, ...keys } = credentials
    const env = {
      ...keys,
      DATABASE_URL: server.url,
      SEALING_KEYS: benchSealingKey,
      KALLELSE_DATA: folder,
      KALLELSE_OUT: folder,
      SMS_HOST: sms.url,
      VONAGE_REPORTS_HOST: sms.url,
      SMTP_URL: mail.url,
      SMTP_TRACE_URL: mail.traceUrl,
      SMS_QUIET_FROM: '0',
      SMS_QUIET_TO: '0',
      TRUSTED_PROXIES: '1',
      LOG_LEVEL: 'warn',
      PORT: '0',
    }
    const web = await startProgram(['serve', '--no-work'], env, true)
    const work = await startProgram(['work'], env, false)
    programs.push(web, work)
    const processor = async () => ({
      pages: processorSecondsOf(web.child.pid!),
      worker: processorSecondsOf(work.child.pid!),
      postgres: await postgresSeconds(folder),
      residents: processorSecondsOf(process.pid),
    })
    const site = new URL(String(web.said['url']))
    const result = await use({ pool, site, residents, start, processor })
    await jobs.close()
    return result
  } finally {
    await Promise.all(programs.map((program) => program.stop()))
    await pool.end()
    await mail.close()
    await sms.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Lets the residents come at their times, whether those before are done or not. */
async function play(site: URL, residents: readonly Resident[]): Promise<Visit[]> {
  const times = arrivalTimes({ ...arrivals, residents: residents.length })
  const began = performance.now()
  const visits: Promise<Visit>[] = []
  for (const [i, resident] of residents.entries()) {
    const wait = times[i]! * 1000 - (performance.now() - began)
    if (wait > 1) await sleep(wait)
    visits.push(visit(site, resident, `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`))
    if (i % 1000 === 999) progress(`${i + 1} residents have come`)
  }
  return Promise.all(visits)
}

interface Outcome {
  overbooked: number
  twice: number
  booked: number
  slowestConfirmation: number
  unconfirmed: number
}

/** What the database says afterwards. */
const outcomeOf = async (pool: pg.Pool): Promise<Outcome> =>
  (await row<Outcome>(
    pool,
    `select (select count(*)::int
               from slot s
              where (select count(*) from appointment a
                      where a.slot_id = s.id and a.state = 'booked') > s.capacity + s.overbooking) as overbooked,
            (select count(*)::int
               from (select from appointment where state = 'booked' group by person_id having count(*) > 1) x) as twice,
            (select count(*)::int from appointment where state = 'booked') as booked,
            (select coalesce(max(extract(epoch from sent_at - created_at)), 0)::float8
               from message
              where step = 'confirmation') as "slowestConfirmation",
            (select count(*)::int
               from message
              where step = 'confirmation'
                and state = 'queued') as unconfirmed`,
  ))!

/** Waits until every confirmation has left, two minutes at most. */
async function untilConfirmed(pool: pg.Pool): Promise<Outcome> {
  for (let waited = 0; ; waited++) {
    const outcome = await outcomeOf(pool)
    if (!outcome.unconfirmed || waited === 120) return outcome
    await sleep(1000)
  }
}

/** How much of what the limits allow was sent while the other campaign's messages waited. */
async function limitsUsed(pool: pg.Pool): Promise<Record<string, number>> {
  const used: Record<string, number> = {}
  for (const [channel, perSecond] of [
    ['email', 50],
    ['sms', 30],
  ] as const) {
    const found = await row<{ n: number; seconds: number }>(
      pool,
      `select count(*)::int as n, extract(epoch from max(m.sent_at) - min(m.sent_at))::float8 as seconds
         from message m
        where m.channel = $1
          and m.sent_at between (select min(sent_at) from message m join campaign c on c.id = m.campaign_id
                                  where m.channel = $1 and c.name = 'others')
                            and (select max(sent_at) from message m join campaign c on c.id = m.campaign_id
                                  where m.channel = $1 and c.name = 'others')`,
      [channel],
    )
    if (found?.n) used[channel] = found.n / (found.seconds * perSecond)
  }
  return used
}

const ms = (value: number): string => `${Math.round(value)} ms`

async function measure(): Promise<Figure[]> {
  return withPrograms(async ({ pool, site, residents, start, processor }) => {
    // The service has been up for a while when the letters come.
    const early = residents.splice(0, warmUp)
    for (const visitor of early) await visit(site, { ...visitor, then: 'cancel' }, '192.0.2.1')
    await start()
    const before = await processor()
    const began = performance.now()
    const visits = await play(site, residents)
    const seconds = (performance.now() - began) / 1000
    const after = await processor()
    const shares = Object.entries(after).map(
      ([name, used]) => `${name} ${(((used - before[name]!) / seconds) * 100).toFixed(0)} %`,
    )
    const outcome = await untilConfirmed(pool)
    const used = await limitsUsed(pool)
    const byStep = Map.groupBy(
      visits.flatMap((v) => v.steps),
      ({ step }) => step,
    )
    const times = (step: string, all: readonly number[]) => [
      step,
      String(all.length),
      ...[0.5, 0.95, 0.99, 1].map((share) => ms(percentile(all, share))),
    ]
    const whole = visits.map((v) => v.ms)
    const errors = visits.filter((v) => v.error !== undefined)
    process.stderr.write(
      `${table([
        ['step', 'n', 'p50', 'p95', 'p99', 'most'],
        ...[...byStep].map(([step, all]) =>
          times(
            step,
            all.map((s) => s.ms),
          ),
        ),
        times('whole visit', whole),
      ])}\nof a core: ${shares.join(', ')}; ${visits.reduce((n, v) => n + v.tooLate, 0)} times taken by others first; ${visits.filter((v) => v.waited).length} waited in line; ${JSON.stringify({ ...outcome, used })}\n`,
    )
    if (errors.length)
      process.stderr.write(
        `${errors.length} errors: ${[...new Set(errors.map((v) => v.error))].slice(0, 5).join('; ')}\n`,
      )
    const start99 = percentile(
      byStep.get('start')!.map((s) => s.ms),
      0.99,
    )
    const worst = Math.max(
      ...[...byStep.values()].map((all) =>
        percentile(
          all.map((s) => s.ms),
          0.99,
        ),
      ),
    )
    const load = `${arrivals.residents} residents in ${arrivals.seconds} s, ${arrivals.burst}/s${others ? ` beside a campaign of ${others}` : ''}`
    const line = (work: string, now: string, aim: string, met: boolean): Figure => ({
      work: `${load}: ${work}`,
      yardstick: `start page p99 ${ms(start99)}`,
      now,
      aim,
      met,
    })
    return [
      {
        ...line('slowest step, p99', ms(worst), '< 300 ms', worst < 300),
        // Far below the aim a busy machine doubles it: what CI is to see is that it comes near.
        ratio: Math.min(1, 300 / worst),
      },
      line(
        'whole visit, p99',
        ms(percentile(whole, 0.99)),
        '< 1 000 ms',
        percentile(whole, 0.99) < 1000,
      ),
      line(
        'errors, overbooked, with two times',
        `${errors.length}, ${outcome.overbooked}, ${outcome.twice}`,
        '0, 0, 0',
        errors.length + outcome.overbooked + outcome.twice === 0,
      ),
      line(
        'slowest confirmation',
        outcome.unconfirmed
          ? `${outcome.unconfirmed} not sent`
          : `${outcome.slowestConfirmation.toFixed(1)} s`,
        '≤ 60 s',
        !outcome.unconfirmed && outcome.slowestConfirmation <= 60,
      ),
      ...Object.entries(used).map(([channel, share]) =>
        line(
          `${channel} sent, of what the limit allows`,
          `${(share * 100).toFixed(0)} %`,
          '≥ 90 %',
          share >= 0.9,
        ),
      ),
    ]
  })
}

if (values.help) process.stdout.write(help)
else await report('first-hour', values.json, measure)
