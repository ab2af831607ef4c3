import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { row, rows, run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

export const reportChannels = ['sms', 'email', 'letter', 'phone', 'visit', 'other'] as const

// A browser sends \r\n; other control characters are nothing that a person types, and PostgreSQL takes no NUL.
const written = (most: number) =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .replace(/\r\n?/g, '\n')
        .replace(/[^\P{Cc}\n]/gu, ' ')
        .trim(),
    )
    .pipe(z.string().max(most))

/**
 * A resident's report of a message that may be fraud. `form` is the number of the form that was shown: a second
 * click is the same report.
 */
export const fraudReport = z.object({
  form: z.uuid().catch(() => randomUUID()),
  channel: z.enum(reportChannels),
  happened: written(100),
  sender: written(200),
  content: written(4000),
  contact: written(200),
})
export type FraudReport = z.output<typeof fraudReport>

export interface KeptReport extends Omit<FraudReport, 'form'> {
  id: number
  receivedAt: Date
  language: string
  state: 'new' | 'handled'
  handledAt: Date | null
  handledBy: string | null
  note: string | null
}

/** @returns whether it is new: false for the same form once more */
export const keepReport = async (
  db: Db,
  { form, channel, happened, sender, content, contact }: FraudReport,
  language: string,
  now: Date,
): Promise<boolean> =>
  (await run(
    db,
    `insert into fraud_report (form, received_at, language, channel, happened, sender, content, contact)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (form) do nothing`,
    [form, now, language, channel, happened, sender, content, contact],
  )) === 1

const columns = `id, received_at as "receivedAt", language, channel, happened, sender, content, contact,
  case when handled_at is null then 'new' else 'handled' end as state,
  handled_at as "handledAt", handled_by as "handledBy", note`

/** The newest first. @param state only these */
export const fraudReports = (
  db: Db,
  state?: 'new' | 'handled',
  limit = 200,
): Promise<KeptReport[]> =>
  rows<KeptReport>(
    db,
    `select ${columns}
       from fraud_report
      where $1::text is null or (handled_at is null) = ($1 = 'new')
      order by id desc
      limit $2`,
    [state ?? null, limit],
  )

/** @throws Refused `fraud-report-not-found` */
export async function fraudReportOf(db: Db, id: number): Promise<KeptReport> {
  const found = await row<KeptReport>(db, `select ${columns} from fraud_report where id = $1`, [id])
  if (!found)
    throw new Refused(
      'fraud-report-not-found',
      `There is no fraud report ${id}. List them with: kallelse fraud-report list`,
    )
  return found
}

/**
 * Somebody has seen to it.
 * @throws Refused `fraud-report-not-found`, or `fraud-report-already-handled` naming who has
 */
export async function handleReport(
  db: Db,
  id: number,
  by: string,
  note: string,
  now: Date,
): Promise<KeptReport> {
  const done = await run(
    db,
    'update fraud_report set handled_at = $2, handled_by = $3, note = $4 where id = $1 and handled_at is null',
    [id, now, by, note.slice(0, 2000)],
  )
  const report = await fraudReportOf(db, id)
  if (!done)
    throw new Refused(
      'fraud-report-already-handled',
      `Fraud report ${id} was handled by ${report.handledBy}. Nothing was changed.`,
    )
  return report
}
