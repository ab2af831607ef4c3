import { basename } from 'node:path'
import type pg from 'pg'
import { stageRows } from '../../clinics/stage-rows.ts'
import type { Clock } from '../../clock.ts'
import { run, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { dayOf } from '../../people/dates.ts'
import { RejectedRows } from '../../people/import/rejected-rows.ts'
import { inspectFile } from '../../people/import/source-file.ts'
import { groupName } from '../rule.ts'
import { readGroup } from './read-group.ts'
import { answersFor, openGroup, record, stage, wouldLeave, type Changes } from './store.ts'

export interface GroupResult extends Changes {
  group: string
  rows: number
  rejected: number
  rejectedFile?: string
}

export interface ImportGroup {
  /** who answers for the list; not given: as before */
  answers?: string
  /** the file holds only some: nobody leaves the group */
  part: boolean
  /** calculate what would change, and change nothing */
  dryRun: boolean
  /** also when many rows can't be read, or half of the group would leave */
  force: boolean
  /** where the rows go that are left out; default beside the file */
  rejected?: string
}

/**
 * Takes in the list of a group, in one transaction: who is new on it comes into the group, and who is missing from a
 * whole list leaves it. The same file again changes nothing.
 * @throws Refused as inspectFile and readGroup; bad-group-name, who-answers, too-many-bad-rows, half-would-leave
 */
export async function importGroup(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  name: string,
  path: string,
  options: ImportGroup,
): Promise<GroupResult> {
  const named = groupName.safeParse(name)
  if (!named.success)
    throw new Refused('bad-group-name', `${name}: ${named.error.issues[0]!.message}.`)
  const file = await inspectFile(path)
  const report = new RejectedRows(options.rejected ?? `${path}.rejected.csv`)
  try {
    const result = await transaction(pool, async (tx) => {
      const now = clock.now()
      const today = dayOf(now)
      const answers = options.answers ?? (await answersFor(tx, name))
      if (!answers?.trim())
        throw new Refused(
          'who-answers',
          `The group ${name} is new: say who answers for the list, --answers "…".`,
        )
      const id = await openGroup(tx, { name, answers, now })
      const { rows, bad } = await stageRows(
        { name: basename(path), force: options.force },
        readGroup(file, today),
        (row) => report.take(row),
        (members) => stage(tx, members),
      )
      if (!options.part && !options.force) refuseIfHalfLeaves(name, await wouldLeave(tx, id, today))
      const changes = await record(tx, id, today, !options.part)
      await run(
        tx,
        `insert into import (kind, file_name, sha256, rows, rejected, changeset, part, imported_at)
         values ('group', $1, $2, $3, $4, $5, $6, $7)`,
        [basename(path), file.sha256, rows, bad, { group: name, ...changes }, options.part, now],
      )
      if (options.dryRun) await run(tx, 'rollback and chain') // what follows is an empty transaction
      return { group: name, rows, rejected: bad, ...changes }
    })
    const rejectedFile = await report.close()
    return { ...result, ...(rejectedFile ? { rejectedFile } : {}) }
  } catch (error) {
    await report.close().catch(() => undefined) // worth having also when nothing was imported
    throw error
  }
}

function refuseIfHalfLeaves(
  name: string,
  { members, leave }: { members: number; leave: number },
): void {
  if (leave * 2 <= members) return
  throw new Refused(
    'half-would-leave',
    `${leave} of the ${members} people in ${name} are not in the file, so nothing was imported. If it holds only some ` +
      'of them add --part; if so many really leave, --force.',
    { members, leave },
  )
}
