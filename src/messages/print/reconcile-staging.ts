import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { rows, run, type Db } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import type { RefusalCode } from '../../refusals.ts'
import type { ReceiptLine } from './receipt-file.ts'

/** Puts a receipt's lines into temporary tables: they are gone with the transaction. @returns how many lines */
export async function stageReceipt(
  tx: pg.PoolClient,
  lines: AsyncIterable<ReceiptLine>,
): Promise<number> {
  await tx.query(
    'create temp table receipt_line (line integer, batch text, event text, letter text, at timestamptz, ' +
      'copies integer, sha256 text, reason text) on commit drop',
  )
  let count = 0
  const blocks = async function* () {
    let block = ''
    for await (const line of lines) {
      count++
      const letter =
        line.event === 'total'
          ? [null, null, line.copies, line.sha256, null]
          : [line.id, line.at, line.copies, line.sha256, line.reason]
      block += `${[line.line, line.batch, line.event, ...letter].map(cell).join('\t')}\n`
      if (block.length > 1 << 16) {
        yield block
        block = ''
      }
    }
    yield block
  }
  await pipeline(Readable.from(blocks()), tx.query(copyFrom('copy receipt_line from stdin')))
  await run(
    tx,
    `create temp table receipt_letter on commit drop as
     select l.*, b.id as batch_id, m.id as message_id, m.person_id, m.batch_id as real_batch, m.letter_sha256
       from receipt_line l join batch b on b.name = l.batch
       left join message m
         on m.id = case when l.letter ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then l.letter::uuid end
      where l.event <> 'total'`,
  )
  await run(tx, 'analyze receipt_letter (batch_id, message_id, event)')
  return count
}

function cell(value: string | number | null | undefined): string {
  if (value == null) return '\\N'
  return String(value).replace(
    /[\\\t\n\r]/g,
    (sign) => ({ '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' })[sign]!,
  )
}

interface StagedBatch {
  name: string
  id: number | null
  state: string | null
  lines: number
  /** what the batch's total line says; null: there is none */
  told: number | null
  totals: number
  ours: number
  elsewhere: string[] | null
}

/**
 * Whether the file is whole and speaks of batches that the supplier has.
 * @throws Refused truncated-receipt, unknown-batch, batch-not-handed-over, receipt-for-another-batch
 */
export async function refuseUnusable(tx: Db, file: string): Promise<void> {
  const refuse = (code: RefusalCode, what: string): never => {
    throw new Refused(code, `${file}: ${what} Nothing was recorded.`)
  }
  const batches = await rows<StagedBatch>(
    tx,
    `select l.batch as name, b.id, b.state, l.lines, l.told, l.totals, coalesce(x.ours, 0)::int as ours, x.elsewhere
       from (
              select batch,
                     count(*) filter (where event <> 'total')::int as lines,
                     sum(copies) filter (where event = 'total')::int as told,
                     count(*) filter (where event = 'total')::int as totals
                from receipt_line
               group by batch) l
       left join batch b on b.name = l.batch
       left join lateral (
              select count(*) filter (where r.real_batch = r.batch_id) as ours,
                     array_agg(distinct o.name) filter (where r.real_batch <> r.batch_id) as elsewhere
                from receipt_letter r
                left join batch o on o.id = r.real_batch
               where r.batch_id = b.id) x on true
      order by l.batch`,
  )
  if (!batches.length)
    refuse('truncated-receipt', 'it has no lines. Ask the supplier for the whole file.')
  for (const { name, id, state, lines, told, totals, ours, elsewhere } of batches) {
    if (totals !== 1)
      refuse(
        'truncated-receipt',
        `${totals ? `the batch ${name} has ${totals} total lines instead of one` : `the total line of the batch ${name} is missing: the file is cut off`}. ` +
          'Ask the supplier for the whole file.',
      )
    if (told !== lines)
      refuse(
        'truncated-receipt',
        `the batch ${name} should have ${told} lines and has ${lines}. Ask the supplier for the whole file.`,
      )
    if (id === null)
      refuse(
        'unknown-batch',
        `there is no batch ${name}. Ask the supplier whose it is; the correct name is in the manifest.`,
      )
    if (state !== 'handed-over') {
      refuse(
        'batch-not-handed-over',
        state === 'void'
          ? `the batch ${name} was given up and never handed over, and yet it is said to be printed. Ask the ` +
              'supplier to hold it.'
          : `the batch ${name} is not handed over yet (it is ${state}). Ask the supplier what they have ` +
              'printed, and give the receipt again when the batch is handed over.',
      )
    }
    if (lines > 0 && ours === 0 && elsewhere)
      refuse(
        'receipt-for-another-batch',
        `it names the batch ${name}, but its letters are those of ${elsewhere.join(', ')}. Ask the supplier ` +
          'for a receipt with the right names.',
      )
  }
}
