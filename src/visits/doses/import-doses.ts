import { basename } from 'node:path'
import type pg from 'pg'
import { stageRows } from '../../clinics/stage-rows.ts'
import type { Clock } from '../../clock.ts'
import { run, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { dayOf } from '../../people/dates.ts'
import { RejectedRows } from '../../people/import/rejected-rows.ts'
import { inspectFile, type SourceFile } from '../../people/import/source-file.ts'
import { readDoses } from './read-doses.ts'
import { readVaccinationHistory } from './read-vaccination-history.ts'
import { knownPurpose } from '../../purposes/register.ts'
import {
  openStaging,
  record,
  recordedHere,
  resolve,
  stage,
  unknownPurposes,
  type Changes,
} from './store.ts'

export interface DosesResult extends Changes {
  rows: number
  rejected: number
  rejectedFile?: string
}

export interface ImportDoses {
  /** for rows that don't say what the dose was */
  purpose: string | null
  /** of saved answers of GetVaccinationHistory, those against this */
  disease?: string | undefined
  /** calculate what would change, and change nothing */
  dryRun: boolean
  /** also when more than one row in twenty can't be read */
  force: boolean
  /** where the rows go that are left out; default beside the file */
  rejected?: string
}

/**
 * Takes in doses that were given elsewhere, in one transaction. They count like our own: who has had one is not invited
 * for it, the next dose's interval begins with it, and it is in the coverage. The same file again changes nothing. Doses
 * of people whom the register does not have wait until they come.
 * @throws Refused as inspectFile, readDoses and readVaccinationHistory; which-doses; unknown-purpose: the one for the whole file; too-many-bad-rows: more than one row in twenty can't be read
 */
export async function importDoses(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  path: string,
  options: ImportDoses,
): Promise<DosesResult> {
  if (options.purpose !== null && !options.purpose.includes('{n}'))
    await knownPurpose(pool, options.purpose)
  const file = await inspectFile(path)
  const report = new RejectedRows(options.rejected ?? `${path}.rejected.csv`)
  try {
    const result = await transaction(pool, async (tx) => {
      await openStaging(tx)
      const now = clock.now()
      const read = await stageRows(
        { name: basename(path), force: options.force },
        linesOf(file, options, dayOf(now)),
        (row) => report.take(row),
        (doses) => stage(tx, doses),
      )
      await resolve(tx)
      const here = await recordedHere(tx)
      for (const row of here) report.add({ row, ...ours })
      const unknown = await unknownPurposes(tx)
      for (const { row } of unknown) report.add({ row, ...notRegistered })
      const changes = await record(tx)
      const counts = {
        rows: read.rows,
        rejected: read.bad + here.length + unknown.length,
        ...changes,
      }
      await run(
        tx,
        `insert into import (kind, file_name, sha256, rows, rejected, changeset, imported_at)
         values ('doses', $1, $2, $3, $4, $5, $6)`,
        [basename(path), file.sha256, counts.rows, counts.rejected, changes, now],
      )
      if (options.dryRun) await run(tx, 'rollback and chain') // what follows is an empty transaction
      return counts
    })
    const rejectedFile = await report.close()
    return { ...result, ...(rejectedFile ? { rejectedFile } : {}) }
  } catch (error) {
    await report.close().catch(() => undefined) // worth having also when nothing was imported
    throw error
  }
}

function linesOf(file: SourceFile, { purpose, disease }: ImportDoses, today: string) {
  if (file.format !== 'xml') return readDoses(file, purpose, today)
  if (purpose === null || disease === undefined)
    throw new Refused(
      'which-doses',
      `${file.path} holds vaccinations of every kind: say which are meant, --disease CODE, and what they were, ` +
        '--purpose covid-19/dose-{n}.',
    )
  return readVaccinationHistory(file, { purpose, disease }, today)
}

const notRegistered = {
  column: 'purpose',
  code: 'unknown-purpose',
  message: 'No such purpose is in the register. Correct it, or add it first: purpose add',
}

const ours = {
  column: 'given_on',
  code: 'recorded-here',
  message:
    'One of our clinics recorded this dose, on another day. If that is wrong, the clinic corrects it.',
}
