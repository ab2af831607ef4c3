import { parseArgs } from 'node:util'
import { createTransport } from 'nodemailer'
import { createCampaign } from '../../src/campaigns/actions.ts'
import { row, transaction } from '../../src/db/pool.ts'
import { startWorker } from '../../src/worker.ts'
import { specOf, openWorld, type ChannelName, type World } from '../dispatch/world.ts'
import { report, type Figure } from '../support/report.ts'
import { registered } from '../purpose.ts'

const help = `How soon messages leave when the queue has stood for a day: a job of the version before for each of many bookings, jobs
that campaigns have left, and more SMS and e-mails due than an hour takes.

  kallelse bench queue -- [--bookings 100000] [--campaigns 50] [--messages 20000] [--json]

  --messages  that are due, by SMS and by e-mail each
`
const { values } = parseArgs({
  options: {
    bookings: { type: 'string', default: '100000' },
    campaigns: { type: 'string', default: '50' },
    messages: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

/** The jobs: one for each booking on a queue that is no more, and three for each campaign. */
async function leaveJobs({ pool, clock, jobs }: World): Promise<void> {
  await jobs.boss.createQueue('dispatch', { policy: 'standard' })
  const a = Array.from({ length: 10_000 }, () => ({ data: { channel: 'email' } }))
  for (let n = 0; n < Number(values.bookings); n += a.length) await jobs.boss.insert('dispatch', a)
  for (let n = 0; n < Number(values.campaigns); n++) {
    const spec = { ...specOf('email', n), name: `left-${n}` }
    const { id: campaign } = await createCampaign(
      { pool, clock },
      await registered(pool, spec),
      'anna',
    )
    for (const queue of ['plan', 'release', 'print'] as const)
      await jobs.enqueue(pool, queue, [{ campaign }])
  }
}

/** Milliseconds of one mail by the bare library, connecting included. */
async function oneMail({ config }: World): Promise<number> {
  const relay = createTransport(config.SMTP_URL)
  const started = performance.now()
  await relay.sendMail({
    from: config.SMTP_FROM,
    to: 'asa@example.se',
    subject: 'Hej',
    text: 'Hej',
  })
  relay.close()
  return performance.now() - started
}

/** Puts a message first that is queued, as a confirmation is. @returns milliseconds until it has left */
async function firstLeaves({ pool, jobs }: World, channel: ChannelName): Promise<number> {
  const { id } = (await row<{ id: string }>(
    pool,
    `select id from message where channel = $1 and state = 'queued' order by due_at desc, id desc limit 1`,
    [channel],
  ))!
  await transaction(pool, async (tx) => {
    await tx.query('update message set priority = 10 where id = $1', [id])
    await jobs.wake(tx, `${channel}-first`)
  })
  const committed = performance.now()
  while (!(await row(pool, `select from message where id = $1 and state = 'sent'`, [id])));
  return performance.now() - committed
}

async function measure(): Promise<Figure[]> {
  const world = await openWorld(Number(values.messages))
  try {
    const { pool, config, log, clock, jobs, sinks } = world
    await leaveJobs(world)
    for (const channel of ['sms', 'email'] as const) await world.queue(channel)
    const yardstick = `one mail by nodemailer ${Math.round(await oneMail(world))} ms`
    await Promise.all([sinks.sms.times(), sinks.email.times()])
    const figure = (work: string, ms: number): Figure => ({
      work,
      yardstick,
      now: `${Math.round(ms)} ms`,
      aim: '≤ 1 s',
      met: ms <= 1000,
    })

    const started = performance.timeOrigin + performance.now()
    const worker = await startWorker({
      config: { ...config, SMS_PER_SECOND: 30, SMTP_PER_SECOND: 50 },
      log,
      clock,
      pool,
      jobs: () => Promise.resolve(jobs),
      textGate: () => Promise.resolve({}),
      close: () => Promise.resolve(),
    })
    const first = async (channel: ChannelName) => {
      for (;;) {
        const [time] = await sinks[channel].times()
        if (time) return time - started
      }
    }
    const [sms, email] = await Promise.all([first('sms'), first('email')])
    const figures = [
      figure('first SMS of a campaign after a start', sms),
      figure('first e-mail of a campaign after a start', email),
      figure('an SMS that answers, behind a campaign', await firstLeaves(world, 'sms')),
      figure('a confirmation, behind a campaign', await firstLeaves(world, 'email')),
    ]
    await worker.stop()
    return figures
  } finally {
    await world.close()
  }
}

if (values.help) process.stdout.write(help)
else await report('queue', values.json, measure)
