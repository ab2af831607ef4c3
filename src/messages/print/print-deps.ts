import type pg from 'pg'
import type { OpenPlace } from '../../channels/print-place.ts'
import type { Clock } from '../../clock.ts'
import type { Log } from '../../log.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Composer } from '../compose.ts'
import type { PrintSchedule } from './print-day.ts'

export interface PrintDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  compose: Composer
  /** those that `compose` makes letters from */
  texts: Texts
  /** the supplier's folder or server */
  place: OpenPlace
  schedule: PrintSchedule
  /** where batches are rendered first */
  workFolder: string
  /** letters in a batch at most */
  batchSize: number
  stopping: () => boolean
}
