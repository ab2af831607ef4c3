import { basename } from 'node:path'
import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { row, run, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { applyStaging, type Changeset } from './changeset.ts'
import { dayOf } from '../dates.ts'
import type { Field } from './import-columns.ts'
import { checkRow } from './import-row.ts'
import { linkStaged } from '../link.ts'
import { readFile } from './read-file.ts'
import { RejectedRows } from './rejected-rows.ts'
import { inspectFile, type SourceFile } from './source-file.ts'
import { differingRows, Staging, takeOutDoubles } from './staging.ts'

export interface ImportOptions {
  /** show what would happen and change nothing */
  dryRun?: boolean
  /** import although many rows are bad, or the file seems cut off or far too small */
  force?: boolean
  /** the file is the whole register: people who are missing from it are gone */
  whole?: boolean
  /** the file holds only some people (those changed since the last): its size says nothing */
  part?: boolean
  /** where the rejected rows go; default beside the file */
  rejected?: string
  /** called after each block with how many rows have been read; reading continues when it is done */
  onProgress?: (rows: number) => void | Promise<void>
  /** called in the transaction when records were linked; see linkPeople about the table person_link */
  onLinked?: (tx: pg.PoolClient) => Promise<void>
}

export interface ImportResult {
  changeset: Changeset
  /** rows with data; = new + changed + unchanged + rejected */
  rows: number
  rejected: number
  /** values that could not be used although their row was kept */
  leftOut: number
  /** rows of a whole file could not be read: who is missing from it was not looked at */
  goneUnknown: boolean
  /** columns that we don't use */
  ignored: string[]
  rejectedFile?: string
  committed: boolean
}

const badShare = 0.05
const smallShare = 0.8
const comparedFrom = 20 // rows of the last file: below that, fewer rows mean nothing
const mayIgnore = 50

/**
 * Imports a file of people (docs/integrator/file-formats-people.md): staged with COPY, checked on the way, compared in
 * the database, committed in one transaction. The same file twice changes nothing.
 * @throws Refused when the file can't be read, or (unless forced) more than 5 % of its rows are bad, it is cut
 *   off, or it has less than 80 % of the rows of the last file; nothing is changed then, and the rejected rows
 *   are still written
 */
export async function importPeople(
  parts: { pool: pg.Pool; clock: Clock },
  source: { path: string },
  options: ImportOptions = {},
): Promise<ImportResult> {
  const file = await inspectFile(source.path)
  if (file.hasNul && !options.force)
    throw new Refused(
      'truncated',
      `${file.path} has NUL bytes: it was not written whole. ` +
        'Export it again, or use --force to import the rows that can be read.',
    )
  const report = new RejectedRows(options.rejected ?? `${file.path}.rejected.csv`)
  const now = parts.clock.now()
  const today = dayOf(now)
  let result: ImportResult | undefined
  try {
    await transaction(parts.pool, async (tx) => {
      const read = await stage(tx, file, report, today, options.onProgress)
      const rejectedFile = await report.close()
      const counts = {
        rows: read.rows,
        rejected: read.rejected,
        leftOut: read.leftOut,
        goneUnknown: options.whole === true && read.nobodys > 0,
        ignored: [...read.ignored],
      }
      if (!options.force) await refuseIfSuspect(tx, file, read, options, rejectedFile)
      const people = await applyStaging(tx, read.given, {
        today,
        now,
        // One of those rows may be anybody's: then nobody is gone because they are in no other.
        whole: options.whole === true && read.nobodys === 0,
      })
      const linked = await linkStaged(tx)
      if (linked) await options.onLinked?.(tx)
      const changeset = { ...people, unchanged: people.unchanged + read.repeated, linked }
      await run(
        tx,
        `insert into import (kind, file_name, sha256, rows, rejected, changeset, part, imported_at)
         values ('people', $1, $2, $3, $4, $5, $6, $7)`,
        [
          basename(file.path),
          file.sha256,
          read.rows,
          read.rejected,
          changeset,
          options.part ?? false,
          now,
        ],
      )
      result = {
        changeset,
        ...counts,
        ...(rejectedFile ? { rejectedFile } : {}),
        committed: !options.dryRun,
      }
      if (options.dryRun) throw rollback
    })
  } catch (error) {
    await report.discard()
    if (error !== rollback) throw error
  }
  return result!
}

const rollback = new Error('dry run')

interface Read {
  rows: number
  rejected: number
  leftOut: number
  repeated: number
  /** rows of which nobody knows whose they are */
  nobodys: number
  given: Set<Field>
  ignored: Set<string>
  truncated: string | null
}

/** Reads the file into the staging table and reports what is wrong with it. */
async function stage(
  tx: pg.PoolClient,
  file: SourceFile,
  report: RejectedRows,
  today: string,
  onProgress: ImportOptions['onProgress'],
): Promise<Read> {
  const read: Read = {
    rows: 0,
    rejected: 0,
    leftOut: 0,
    repeated: 0,
    nobodys: 0,
    given: new Set(),
    ignored: new Set(),
    truncated: null,
  }
  const called = new Map<Field, string>()
  const staging = await Staging.open(tx)
  try {
    read.truncated = await readFile(file, {
      record(record, line) {
        if (file.hasNul && Object.values(record).some((value) => value.includes('\0')))
          return this.malformed(line, 'nul-byte')
        read.rows++
        const { person, faults } = checkRow(record, today)
        for (const { field, code, message } of faults)
          report.add({ row: line, column: called.get(field) ?? field, code, message })
        if (faults.some((fault) => fault.fatal)) {
          read.rejected++
          if (person.identity_number) staging.addRejected(line, person.identity_number)
          else read.nobodys++
        } else {
          read.leftOut += faults.length
          staging.add(line, person)
        }
      },
      malformed(line, code) {
        read.rows++
        read.rejected++
        read.nobodys++
        report.add({ row: line, column: '', code, message: malformed[code] })
      },
      called(field, name) {
        read.given.add(field)
        called.set(field, name)
      },
      ignored: (name) => void (read.ignored.size < mayIgnore && read.ignored.add(name)),
      async settled() {
        await Promise.all([staging.settled(), report.settled()])
        await onProgress?.(read.rows)
      },
    })
  } finally {
    await staging.close()
  }
  if (file.endsInCharacter) read.truncated = 'its last character is only half'
  await onProgress?.(read.rows)
  if (read.rows === 0) throw new Refused('empty-file', `${file.path} has a header but no rows.`)
  await rejectDoubles(tx, read, report, called.get('identity_number') ?? 'identity_number')
  return read
}

/** One number in several rows: the first is used, and those that say something else are reported. */
async function rejectDoubles(
  tx: pg.PoolClient,
  read: Read,
  report: RejectedRows,
  column: string,
): Promise<void> {
  const doubles = await takeOutDoubles(tx)
  read.repeated = doubles.repeated
  read.rejected += doubles.differing
  for (
    let page = await differingRows(tx, 0);
    page.length;
    page = await differingRows(tx, page.at(-1)!.line)
  ) {
    for (const { line, first_line } of page)
      report.add({
        row: line,
        column,
        code: 'double-number',
        message: `The same identity number is in row ${first_line} with other details. That row was used.`,
      })
    await report.settled()
  }
}

const malformed = {
  'wrong-number-of-columns':
    'The row has another number of columns than the header. ' +
    'Put a text that contains a delimiter in quotation marks.',
  'bad-json': 'The line is not a JSON object.',
  'nul-byte': 'The row holds a NUL byte: the file is damaged here.',
  'bad-text':
    'A text on the line can not be kept: it holds NUL or half a sign, or is too deep inside others. Remove it.',
  'open-quote': 'A quotation mark (") opens here or later and is never closed.',
}

/** A file that is cut off, has too many bad rows or far fewer rows than the last changes nothing. */
async function refuseIfSuspect(
  tx: pg.PoolClient,
  file: SourceFile,
  read: Read,
  options: ImportOptions,
  rejectedFile: string | undefined,
): Promise<void> {
  const details = {
    rows: read.rows,
    rejected: read.rejected,
    ...(rejectedFile ? { rejectedFile } : {}),
  }
  const where = rejectedFile ? ` What is wrong is listed in ${rejectedFile}.` : ''
  const end = `Nothing was imported.${where} Correct the file, or use --force to import the good rows.`
  if (read.truncated)
    throw new Refused('truncated', `${file.path} seems cut off: ${read.truncated}. ${end}`, details)
  if (read.rejected > read.rows * badShare) {
    throw new Refused(
      'too-many-rejected',
      `${read.rejected} of ${read.rows} rows in ${file.path} are bad, more than ${badShare * 100} %. ${end}`,
      details,
    )
  }
  if (options.part) return
  const last = await row<{ rows: number; file_name: string }>(
    tx,
    `select rows, file_name from import where kind = 'people' and not part order by id desc limit 1`,
  )
  if (last && last.rows >= comparedFrom && read.rows < last.rows * smallShare) {
    throw new Refused(
      'far-smaller',
      `${file.path} has ${read.rows} rows, the last file (${last.file_name}) had ${last.rows}. ` +
        'Nothing was imported. If it is meant to contain only some people, use --part, or --force.',
      details,
    )
  }
}
