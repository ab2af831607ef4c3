import { parseArgs } from 'node:util'
import { createTransport } from 'nodemailer'
import { openChannels } from '../../src/channels/open.ts'
import { row, rows } from '../../src/db/pool.ts'
import { dispatch } from '../../src/messages/dispatch/dispatch.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { report, type Figure } from '../support/report.ts'
import { startSender } from './sender.ts'
import { openWorld, type ChannelName, type World } from './world.ts'
import { messageRow } from '../../src/messages/stored-letters.ts'
import { seal, unseal } from '../../src/db/sealed.ts'

const help = `How fast messages leave with everything that is kept of them, beside the bare library; and whether the limit holds.
A real database; the providers are processes of their own that take everything. Library and product take turns.

  kallelse bench dispatch -- [--messages 3000] [--rounds 3] [--limited 300] [--json]

  --messages  of each channel and round
  --limited   messages that two processes send at 30 a second
`
const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '3000' },
    rounds: { type: 'string', default: '3' },
    limited: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

interface Run {
  perSecond: number
  /** milliseconds of processor time a message */
  own: number
  database: number
}

async function timed(folder: string, n: number, work: () => Promise<unknown>): Promise<Run> {
  const database = await postgresSeconds(folder)
  const [started, cpu] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (performance.now() - started) / 1000
  return {
    perSecond: n / seconds,
    own: (user + system) / 1000 / n,
    database: (1000 * ((await postgresSeconds(folder)) - database)) / n,
  }
}

interface Stored {
  id: string
  recipient: string
  content: Buffer
}

/** Calls for each of the messages, so many at once. */
async function together(
  messages: readonly Stored[],
  atOnce: number,
  call: (message: Stored) => Promise<unknown>,
): Promise<void> {
  const left = [...messages]
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let message = left.pop(); message; message = left.pop()) await call(message)
    }),
  )
}

/** The bare library: the very bytes to the same provider, and nothing is kept. */
const libraries: Record<ChannelName, (world: World, sent: readonly Stored[]) => Promise<void>> = {
  async email({ config }, sent) {
    const relay = createTransport({
      pool: true,
      url: config.SMTP_URL!,
      maxConnections: 5,
      maxMessages: 1000,
    })
    await together(sent, sent.length, ({ recipient, content }) =>
      relay.sendMail({ envelope: { from: config.SMTP_FROM, to: [recipient] }, raw: content }),
    )
    relay.close()
  },
  async sms({ config }, sent) {
    const { sms } = openChannels(config) // the SDK with its token used again: it signs one for each call
    await together(sent, sms.connections, ({ id, recipient, content }) =>
      sms.send({ reference: id, recipient, content }),
    )
  },
}

/** Milliseconds that sealing these bytes takes, once for each. */
function sealing(sent: readonly Stored[]): number {
  const started = performance.now()
  for (const { id, content } of sent) seal(content, messageRow(id))
  return performance.now() - started
}

/** Product and library in turns; the first round only warms up and makes the bytes. */
async function against(
  world: World,
  channel: ChannelName,
): Promise<[product: Run[], library: Run[], sealed: number[]]> {
  const [product, library]: [Run[], Run[]] = [[], []]
  const sealed: number[] = []
  const folder = world.config.KALLELSE_DATA
  for (let round = 0; round <= Number(values.rounds); round++) {
    const campaign = await world.queue(channel)
    const deps = await world.deps(channel)
    let n = 0
    const ours = await timed(folder, 1, async () => (n = await dispatch(deps)))
    await deps.channel.close()
    const sent = await rows<Stored>(
      world.pool,
      `select id, recipient, content from message where campaign_id = $1 and state = 'sent'`,
      [campaign],
    )
    for (const message of sent) message.content = unseal(message.content, messageRow(message.id))
    if (sent.length !== n) throw new Error(`${sent.length} of ${n} messages were sent`)
    const bare = await timed(folder, n, () => libraries[channel](world, sent))
    if (round === 0) continue
    product.push({ perSecond: ours.perSecond * n, own: ours.own / n, database: ours.database / n })
    library.push(bare)
    const all = (1000 * n) / product.at(-1)!.perSecond
    sealed.push(all / (all - sealing(sent)))
  }
  return [product, library, sealed]
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
const ms = (runs: readonly Run[], of: 'own' | 'database') =>
  middle(runs.map((r) => r[of])).toFixed(2)
const rate = (runs: readonly Run[]) => Math.round(middle(runs.map(({ perSecond }) => perSecond)))

async function figures(
  world: World,
  channel: ChannelName,
  words: { work: string; library: string; aim: number },
): Promise<Figure[]> {
  const [product, library, sealed] = await against(world, channel)
  const ratio = middle(product.map(({ perSecond }, i) => perSecond / library[i]!.perSecond))
  const costs = middle(sealed)
  const dispatched: Figure = {
    work: words.work,
    yardstick: `${words.library} ${rate(library)}/s (${ms(library, 'own')} ms of processor each)`,
    now:
      `${rate(product)}/s, ${ratio.toFixed(2)} of it ` +
      `(${ms(product, 'own')} ms each, and ${ms(product, 'database')} ms in PostgreSQL)`,
    aim: `≥ ${words.aim}`,
    met: ratio >= words.aim,
    ratio,
  }
  return [
    dispatched,
    {
      work: `sealing what is kept: ${words.work}`,
      yardstick: 'the same without it',
      now: `${costs.toFixed(3)} × as long`,
      aim: '≤ 1.1 ×',
      met: costs <= 1.1,
      ratio: 1 / costs,
    },
  ]
}

/** Two processes send at 30 a second together. */
async function limit(): Promise<Figure> {
  const [n, perSecond] = [Number(values.limited), 30]
  const world = await openWorld(n)
  try {
    await world.queue('sms')
    await world.sinks.sms.times()
    const over = { ...world.config, SMS_PER_SECOND: perSecond }
    await Promise.all([startSender(world.url, over), startSender(world.url, over)])
    const left = await row(world.pool, `select from message where state <> 'sent'`)
    if (left) throw new Error('not all messages were sent')
    const times = (await world.sinks.sms.times()).sort((a, b) => a - b)
    const most = Math.max(
      ...times.map((from, i) => times.slice(i).filter((time) => time < from + 1000).length),
    )
    const used = (1000 * (times.length - 1)) / (times.at(-1)! - times[0]!) / perSecond
    return {
      work: 'rate limit over two processes',
      yardstick: `${perSecond}/s`,
      now: `${Math.round(used * 100)} % used, ${most} in the fullest second`,
      aim: `≥ 95 %, never above ${perSecond}`,
      met: used >= 0.95 && most <= perSecond,
      ratio: used * Math.min(1, perSecond / most),
    }
  } finally {
    await world.close()
  }
}

async function measure(): Promise<Figure[]> {
  const world = await openWorld(Number(values.messages))
  try {
    return [
      ...(await figures(world, 'email', {
        work: 'e-mail dispatch with ledger',
        library: 'nodemailer pool',
        aim: 0.6,
      })),
      ...(await figures(world, 'sms', {
        work: 'SMS dispatch with ledger',
        library: 'SDK with reused token',
        aim: 0.8,
      })),
    ]
  } finally {
    await world.close()
  }
}

if (values.help) process.stdout.write(help)
else
  await report('dispatch', values.json, async () => [
    ...(Number(values.messages) ? await measure() : []),
    ...(Number(values.limited) ? [await limit()] : []),
  ])
