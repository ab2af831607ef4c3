import { row, type Db } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import type { Postage } from '../../ledger/batches.ts'

/** A sealed batch as its delivery note tells it. */
export interface SealedBatchFacts {
  batch: string
  campaign: string
  letters: number
  pages: number
  postage: Postage
  grams: number
  pdfSha256: string
  lettersSha256: string
  sealedAt: Date
  handedOverAt: Date | null
  /** YYYY-MM-DD */
  printDay: string | null
}

/** @throws Refused unknown-batch, batch-not-handed-over (it is still being filled, or was given up) */
export async function sealedBatchNamed(db: Db, name: string): Promise<SealedBatchFacts> {
  const found = await row<SealedBatchFacts & { state: string }>(
    db,
    `select b.name as batch, c.name as campaign, b.state, b.letters, b.pages, b.postage, b.grams,
            b.pdf_sha256 as "pdfSha256", b.batch_sha256 as "lettersSha256", b.sealed_at as "sealedAt",
            b.handed_over_at as "handedOverAt", b.print_day as "printDay"
       from batch b
       join campaign c on c.id = b.campaign_id
      where b.name = $1`,
    [name],
  )
  if (!found)
    throw new Refused(
      'unknown-batch',
      `There is no batch ${name}. The status of its campaign lists them: campaign status NAME`,
    )
  const { state, ...facts } = found
  if (state === 'open' || state === 'void')
    throw new Refused(
      'batch-not-handed-over',
      `Batch ${name} is ${state}: it has no delivery note. Only a sealed batch has one.`,
    )
  return facts
}
