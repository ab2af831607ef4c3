import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { MovableClock } from '../../src/clock.ts'
import type { Config } from '../../src/config.ts'
import { openPool } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { dispatch } from '../../src/messages/dispatch/dispatch.ts'
import { sealInBench } from '../sealing.ts'
import { depsOf } from './world.ts'

/** Sends all SMS that are due from a process of its own, and waits until it has. */
export async function startSender(url: string, config: Config): Promise<void> {
  const child = fork(fileURLToPath(import.meta.url))
  child.send({ url, config })
  const [code] = (await once(child, 'exit')) as [number]
  if (code !== 0) throw new Error('a sender failed')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [{ url, config }] = (await once(process, 'message')) as [{ url: string; config: Config }]
  sealInBench()
  const pool = openPool(url, 5)
  const jobs = await openJobs(pool, openLog('error'))
  await dispatch(
    await depsOf(
      pool,
      new MovableClock(new Date('2021-03-08T09:00:00+01:00')),
      jobs,
      'sms',
      config,
    ),
  )
  await jobs.close()
  await pool.end()
  process.exit()
}
