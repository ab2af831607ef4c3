import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type pg from 'pg'
import { resumeCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { systemClock } from '../../src/clock.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { benchSealingKey } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row, rows } from '../../src/db/pool.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { startSmsServer } from '../../src/demo/stand-ins/sms-server.ts'
import { startSmtpServer } from '../../src/demo/stand-ins/smtp-server.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { processorSecondsOf, startProgram } from '../support/child.ts'
import { runCommand } from '../support/command.ts'
import { writePeople } from '../support/people-file.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { report, type Figure } from '../support/report.ts'
import { approvedCampaign, makePlaces, textGate } from './campaign.ts'

const help = `Everybody in a region from the people file to the last letter in the print folder, mail and SMS, by the product's own
programs (import, work); mail and SMS go to servers on this machine. 20 000 people first: memory must not grow with them.

  node bench/end-to-end/main.ts [--people 1000000] [--json]
`
const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '1000000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const few = 20_000
const clinics = fileURLToPath(new URL('../../samples/dalarna/clinics.csv', import.meta.url))

const progress = (what: string): void =>
  void process.stderr.write(`${Math.round(performance.now() / 1000)} s: ${what}\n`)

/** What a step took: in seconds by the clock, and of processor time. */
interface Step {
  what: string
  rows: number
  wall: number
  node: number
  postgres: number
}

interface Run {
  steps: Step[]
  /** the most memory that the import and the worker had, in MB */
  peak: { import: number; worker: number }
}

const reaching = async (pool: pg.Pool, sql: string, id: number): Promise<void> => {
  while (!(await row<{ yes: boolean }>(pool, sql, [id]))?.yes) await sleep(250)
}

/** From the file to the last message. */
async function playAll(people: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const credentials = localCredentials(folder)
  const mail = await startSmtpServer({ journal: join(folder, 'mail.ndjson') })
  const sms = await startSmsServer({ journal: join(folder, 'sms.ndjson'), credentials })
  const pool = openPool(server.url, 4)
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
    SMS_PER_SECOND: '5000',
    SMTP_PER_SECOND: '5000',
    SMS_QUIET_FROM: '0',
    SMS_QUIET_TO: '0',
    LOG_LEVEL: 'error',
  }
  const steps: Step[] = []
  let worker: Awaited<ReturnType<typeof startProgram>> | undefined
  try {
    await migrate(pool)
    await writePeople(join(folder, 'people.csv'), people)
    await runCommand(['import', 'clinics', clinics], env)
    await makePlaces(pool, people)

    const before = await postgresSeconds(folder)
    const imported = await runCommand(['import', 'people', join(folder, 'people.csv')], env)
    steps.push({
      what: 'import',
      rows: people,
      wall: imported.seconds,
      node: imported.cpu,
      postgres: (await postgresSeconds(folder)) - before,
    })
    progress(`${people} people imported`)

    const jobs = await openJobs(pool, openLog('error'))
    const by = { pool, clock: systemClock, jobs, textGate }
    const name = await approvedCampaign(by)
    worker = await startProgram(['work'], env, false)
    const { pid } = worker.child
    await sleep(3000) // it starts
    const timed = async (what: string, work: () => Promise<number>): Promise<void> => {
      const [node, postgres] = [processorSecondsOf(pid!), await postgresSeconds(folder)]
      const start = performance.now()
      const count = await work()
      steps.push({
        what,
        rows: count,
        wall: (performance.now() - start) / 1000,
        node: processorSecondsOf(pid!) - node,
        postgres: (await postgresSeconds(folder)) - postgres,
      })
      progress(`${what}: ${count}`)
    }
    let id = 0
    await timed('plan', async () => {
      id = (await startCampaign(by, name, 'anna', true)).id
      await reaching(pool, `select state = 'paused' as yes from campaign where id = $1`, id)
      return people
    })
    await timed('release, print and send', async () => {
      await resumeCampaign(by, name, 'anna')
      await reaching(pool, 'select exists (select from wave where campaign_id = $1) as yes', id)
      await reaching(pool, allOut, id)
      return (await sent(pool, id)).reduce((sum, { n }) => sum + n, 0)
    })
    for (const { channel, n, seconds } of await sent(pool, id))
      steps.push({ what: `of it ${channel}`, rows: n, wall: seconds, node: 0, postgres: 0 })
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const peak = Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
    await jobs.close()
    return { steps, peak: { import: imported.peak, worker: peak } }
  } finally {
    await worker?.stop()
    await pool.end()
    await mail.close()
    await sms.close()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

const allOut = `
  select not exists (select from wave where campaign_id = $1 and unreleased > 0)
     and not exists (
           select from message where campaign_id = $1 and state in ('queued', 'sending', 'in-doubt')) as yes`

/** What left by channel, and in how many seconds from the release. */
const sent = (
  pool: pg.Pool,
  id: number,
): Promise<{ channel: string; n: number; seconds: number }[]> =>
  rows(
    pool,
    `select channel, count(*)::int as n,
            extract(epoch from max(sent_at) - min(created_at))::float8 as seconds
       from message
      where campaign_id = $1
        and sent_at is not null
      group by channel
      order by channel`,
    [id],
  )

function figureOf({ what, rows, wall, node, postgres }: Step): Figure {
  const processor = postgres
    ? `; processor: node ${node.toFixed(1)} s, PostgreSQL ${postgres.toFixed(1)} s`
    : ''
  return {
    work: `end to end: ${what} ${rows}`,
    yardstick: '–',
    now: `${wall.toFixed(1)} s, ${Math.round(rows / wall)}/s${processor}`,
    aim: '–',
    met: true,
  }
}

function memoryFigure(what: 'import' | 'worker', people: number, all: Run, small: Run): Figure {
  const [now, before] = [all.peak[what], small.peak[what]]
  return {
    work: `memory of the ${what} at ${people}`,
    yardstick: `at ${few}: ${before.toFixed(0)} MB`,
    now: `${now.toFixed(0)} MB`,
    aim: '≤ 2 × that of 20 000',
    met: now <= 2 * before,
    ratio: before / now,
  }
}

async function measure(): Promise<Figure[]> {
  const people = Number(values.people)
  const small = people === few ? undefined : await playAll(few)
  const all = await playAll(people)
  const whole = all.steps.slice(0, 3).reduce((sum, { wall }) => sum + wall, 0)
  return [
    ...all.steps.map(figureOf),
    {
      work: `end to end: ${people} people in all`,
      yardstick: '–',
      now: `${whole.toFixed(0)} s, ${Math.round(people / whole)} people a second`,
      aim: 'a figure',
      met: true,
    },
    ...(small ? (['import', 'worker'] as const) : []).map((what) =>
      memoryFigure(what, people, all, small!),
    ),
  ]
}

if (values.help) process.stdout.write(help)
else await report('end-to-end', values.json, measure)
