import type pg from 'pg'
import type { Channel } from '../../channels/channel.ts'
import type { Clock } from '../../clock.ts'
import type { Jobs } from '../../jobs/boss.ts'
import type { Log } from '../../log.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Composer } from '../compose.ts'
import type { QuietHours } from './quiet-hours.ts'

export interface DispatchDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  jobs: Jobs
  channel: Channel
  compose: Composer
  /** those that `compose` makes messages from */
  texts: Texts
  /** looks again which of them may be used */
  refresh: () => Promise<void>
  /** seconds after which others take this worker for dead; it stops calling well before */
  inDoubtAfter: number
  /** SMS that come due in these hours wait until they end, but for the urgent ones */
  quiet: QuietHours
  /** only what goes before this priority: the lanes of what comes first (jobs/queues.ts) */
  below?: number
  /** the program is asked to stop: what is not sent goes back */
  stop: AbortSignal
}
