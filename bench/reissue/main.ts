import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { approveReissue, proposeReissue } from '../../src/reissue/reissue.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { sealInBench } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { brokenMoves, seatsLost } from './checks.ts'
import { processorSeconds } from './processor.ts'
import { fullWeek, hall, week } from './world.ts'

const help = `kallelse bench reissue [-- --people 20000] [--json]

A full week of 20 000 times at one clinic is halved: proposed and approved through the database, timed and checked.
Time is wall-clock, so a busy machine lengthens it; processor is what the aim is judged by.
`
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    people: { type: 'string', default: '20000' },
    help: { type: 'boolean', default: false },
  },
})

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(help)
  const people = Number(values.people)
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url, 4)
  try {
    sealInBench()
    await migrate(pool)
    const jobs = await openJobs(pool, openLog('silent'))
    const { clock, slots } = await fullWeek(pool, people)
    const measured = async <T>(
      work: Promise<T>,
    ): Promise<[T, { seconds: number; processor: number }]> => {
      const [started, used] = [performance.now(), await processorSeconds(pool)]
      return [
        await work,
        {
          seconds: (performance.now() - started) / 1000,
          processor: (await processorSeconds(pool)) - used,
        },
      ]
    }
    const [proposed, proposing] = await measured(
      proposeReissue(
        { pool, clock },
        { hsaId: hall, ...week, slots, chains: false, withinDays: 28, by: 'anna', dryRun: false },
      ),
    )
    const [done, approving] = await measured(
      approveReissue({ pool, clock, jobs }, proposed.id!, 'bertil'),
    )
    const processor = proposing.processor + approving.processor
    const { overflow, moved, queued, byHand } = proposed
    const bound = people - slots.reduce((sum, slot) => sum + slot.capacity, 0)
    const aims = [
      {
        aim: "proposed and approved in < 5 s of processor, the database's included",
        found: `${processor.toFixed(1)} s`,
        met: processor < 5,
      },
      {
        aim: 'moves equal the overflow',
        found: `${moved + queued + byHand} of ${bound}`,
        met: overflow === bound && moved + queued + byHand === bound,
      },
      {
        aim: 'nobody who booked moves while an assigned one keeps a time in the same slot',
        found: String(await brokenMoves(pool)),
        met: (await brokenMoves(pool)) === 0,
      },
      {
        aim: 'no slot above what it holds, everybody with a time or in the queue',
        found: String(await seatsLost(pool, people)),
        met: (await seatsLost(pool, people)) === 0,
      },
    ]
    const result = {
      people,
      proposing,
      approving,
      moved,
      queued,
      byHand,
      beforeTold: done.beforeTold,
      aims,
    }
    process.stdout.write(
      values.json
        ? `${JSON.stringify(result)}\n`
        : `${people} times in a week that is halved: ${moved} get another time, ${queued} a place in the queue, ${byHand} by hand.
  proposed in ${proposing.seconds.toFixed(1)} s (processor ${proposing.processor.toFixed(1)} s), approved in ${approving.seconds.toFixed(1)} s (processor ${approving.processor.toFixed(1)} s)\n\n${aims.map(({ aim, found, met }) => `  ${met ? 'met   ' : 'MISSED'} ${aim.padEnd(76)} ${found}`).join('\n')}\n`,
    )
    if (aims.some(({ met }) => !met)) process.exitCode = 1
    await jobs.close()
  } finally {
    await pool.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

await main()
