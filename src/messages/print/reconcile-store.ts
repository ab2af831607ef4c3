import { row, rows, run, type Db } from '../../db/pool.ts'

export const findingKinds = [
  'doubled',
  'missing',
  'not-ours',
  'other-batch',
  'hash-disagrees',
  'returned',
] as const
export type FindingKind = (typeof findingKinds)[number]

/** What became of a batch, letter by letter, by all that the supplier has said of it so far. */
export interface ReconciledBatch {
  batch: string
  campaign: string
  letters: number
  /** letters of which it was said, whatever the number of copies */
  printed: number
  inserted: number
  posted: number
  damaged: number
  returned: number
  /** how the hash of its letters that the supplier says back compares with ours */
  hash: 'agrees' | 'disagrees' | 'not-said'
}

export interface Reconciliation {
  id: number
  madeAt: Date
  fileName: string
  lines: number
  batches: ReconciledBatch[]
}

export const reconciliationOf = (db: Db, sha256: string): Promise<Reconciliation | undefined> =>
  row(
    db,
    `select id, made_at as "madeAt", file_name as "fileName", lines, batches from reconciliation where sha256 = $1`,
    [sha256],
  )

export const openReconciliation = async (
  tx: Db,
  file: { name: string; sha256: string; lines: number },
  now: Date,
): Promise<number> =>
  (await row<{ id: number }>(
    tx,
    `insert into reconciliation (file_name, sha256, lines, batches, made_at)
     values ($1, $2, $3, '[]', $4)
  returning id`,
    [file.name, file.sha256, file.lines, now],
  ))!.id

/**
 * Keeps what is said of our letters. The same event told again, in this file's lines or an earlier one's, is the same
 * row; lines of one file add up.
 */
export const keepReceipts = (tx: Db, reconciliation: number): Promise<number> =>
  run(
    tx,
    `insert into receipt (message_id, status, at, error_code, raw, copies)
     select message_id, event, at, min(reason), jsonb_build_object('reconciliation', $1::bigint), sum(copies)
       from receipt_letter
      where real_batch = batch_id
      group by message_id, event, at
         on conflict (message_id, status, at) do update
        set copies = excluded.copies
      where receipt.copies < excluded.copies`,
    [reconciliation],
  )

const copiesOf = (status: string): string =>
  `coalesce(sum(r.copies) filter (where r.status = '${status}'), 0)::int as ${status}`

/**
 * Counts each letter of the file's batches. A letter was sent as often as it was posted, where the supplier reports
 * posting; else as often as it was printed or inserted, less what was damaged.
 */
export async function countLetters(tx: Db): Promise<void> {
  await run(
    tx,
    `create temp table letter_count on commit drop as
     with counted as (
       select m.id as message_id, m.person_id, m.batch_id, m.letter_sha256,
              ${copiesOf('printed')}, ${copiesOf('inserted')}, ${copiesOf('posted')},
              ${copiesOf('damaged')}, ${copiesOf('returned')}
         from batch b
        cross join unnest(b.letter_ids) as l(id)
         join message m on m.id = l.id and m.batch_id = b.id
         left join receipt r on r.message_id = m.id
        where b.id in (select batch_id from receipt_letter)
        group by m.id
     ), staged as (
       select *,
              case when sum(posted) over b > 0 then 'posted'
                   when sum(printed + inserted) over b > 0 then 'printed' end as stage
         from counted
       window b as (partition by batch_id))
     select *, case stage when 'posted' then posted else greatest(printed, inserted) - damaged end as copies
       from staged`,
  )
  await run(tx, 'analyze letter_count (batch_id, copies)')
}

const counts = `
          jsonb_build_object(
            'stage', n.stage, 'copies', n.copies, 'printed', n.printed,
            'inserted', n.inserted, 'posted', n.posted, 'damaged', n.damaged)`
/** Batches of which the file says more than that letters came back. */
const judged = `n.batch_id in (select batch_id from receipt_letter where event <> 'returned')`
/** An earlier file has shown it already: nobody is to be corrected twice for it. */
const alreadyFound = (kind: FindingKind) =>
  `exists (
      select from reconciliation_finding f
       where f.message_id = n.message_id
         and f.kind = '${kind}'
         and f.details @> jsonb_build_object('stage', n.stage, 'copies', n.copies))`

const byCount = (kind: 'doubled' | 'missing', condition: string) =>
  `select $1::bigint, n.batch_id, '${kind}', n.message_id::text, n.message_id, n.person_id, ${counts}
     from letter_count n
    where ${condition}
      and n.stage is not null
      and ${judged}
      and not ${alreadyFound(kind)}`

const statements: Record<FindingKind, string> = {
  doubled: byCount('doubled', 'n.copies > 1'),
  missing: byCount('missing', 'n.copies < 1'),
  'not-ours': `
   select $1::bigint, batch_id, 'not-ours', letter, null::uuid, null::bigint,
          jsonb_build_object('copies', sum(copies), 'line', min(line))
     from receipt_letter
    where message_id is null
    group by batch_id, letter`,
  'other-batch': `
   select $1::bigint, r.batch_id, 'other-batch', r.message_id::text, r.message_id, r.person_id,
          jsonb_build_object('copies', max(r.copies), 'line', min(r.line), 'batch', min(o.name))
     from receipt_letter r
     left join batch o on o.id = r.real_batch
    where r.message_id is not null
      and r.real_batch is distinct from r.batch_id
    group by r.batch_id, r.message_id, r.person_id`,
  'hash-disagrees': `
   select $1::bigint, r.batch_id, 'hash-disagrees', r.message_id::text, r.message_id, r.person_id,
          jsonb_strip_nulls(jsonb_build_object('line', min(r.line), 'contentOf', min(o.message_id::text)))
     from receipt_letter r
     left join letter_count o
       on o.batch_id = r.batch_id
      and o.letter_sha256 = r.sha256
    where r.real_batch = r.batch_id
      and r.sha256 <> r.letter_sha256
    group by r.batch_id, r.message_id, r.person_id`,
  returned: `
   select $1::bigint, r.batch_id, 'returned', r.message_id::text, r.message_id, r.person_id,
          jsonb_build_object('why', coalesce(min(r.reason), 'other'))
     from receipt_letter r
    where r.event = 'returned'
      and r.real_batch = r.batch_id
      and not exists (
            select from reconciliation_finding f
             where f.message_id = r.message_id
               and f.kind = 'returned')
    group by r.batch_id, r.message_id, r.person_id`,
}

/** Looks for one kind of fault, in one statement. @returns how many were found */
export const find = (tx: Db, kind: FindingKind, reconciliation: number): Promise<number> =>
  run(
    tx,
    `insert into reconciliation_finding (
            reconciliation_id, batch_id, kind, letter, message_id, person_id, details)
     ${statements[kind]}
      order by 2, 4`,
    [reconciliation],
  )

/** Writes down what became of each batch of the file. */
export async function closeReconciliation(
  tx: Db,
  reconciliation: number,
): Promise<ReconciledBatch[]> {
  const batches = await rows<ReconciledBatch>(
    tx,
    `select b.name as batch, c.name as campaign, b.letters,
            coalesce(sum((n.printed > 0)::int), 0)::int as printed,
            coalesce(sum((n.inserted > 0)::int), 0)::int as inserted,
            coalesce(sum((n.posted > 0)::int), 0)::int as posted,
            coalesce(sum((n.damaged > 0)::int), 0)::int as damaged,
            coalesce(sum((n.returned > 0)::int), 0)::int as returned,
            (select case when sha256 is null then 'not-said'
                         when sha256 = b.batch_sha256 then 'agrees'
                         else 'disagrees' end
               from receipt_line t
              where t.batch = b.name
                and t.event = 'total') as hash
       from batch b
       join campaign c on c.id = b.campaign_id
       left join letter_count n on n.batch_id = b.id
      where b.name in (select batch from receipt_line)
      group by b.id, c.name
      order by b.id`,
  )
  await run(tx, 'update reconciliation set batches = $2 where id = $1', [
    reconciliation,
    JSON.stringify(batches),
  ])
  return batches
}

/** How many letters of each kind, and how many people a correction would go to. */
export async function tally(
  db: Db,
  reconciliation: number,
): Promise<{
  found: Partial<Record<FindingKind, number>>
  affected: number
  beforePosting: boolean
}> {
  const found = await rows<{ kind: FindingKind; n: number }>(
    db,
    `select kind, count(*)::int as n
       from reconciliation_finding
      where reconciliation_id = $1
      group by kind
      order by kind`,
    [reconciliation],
  )
  const rest = await row<{ affected: number; posted: boolean }>(
    db,
    `select (select count(distinct person_id)::int
               from reconciliation_affected
              where reconciliation_id = $1) as affected,
            exists (
              select from reconciliation r
               cross join jsonb_array_elements(r.batches) b
               where r.id = $1
                 and (b->>'posted')::int > 0) as posted`,
    [reconciliation],
  )
  return {
    found: Object.fromEntries(found.map(({ kind, n }) => [kind, n])),
    affected: rest!.affected,
    beforePosting: !rest!.posted,
  }
}

export interface FindingRow {
  id: number
  batch: string
  kind: FindingKind
  letter: string
  personId: number | null
  details: {
    copies?: number
    stage?: string
    printed?: number
    inserted?: number
    posted?: number
    damaged?: number
    line?: number
    batch?: string
    contentOf?: string
    why?: string
  }
}

/** The findings after one, in order, a thousand at a time. */
export const findingsAfter = (
  db: Db,
  reconciliation: number,
  after: number,
): Promise<FindingRow[]> =>
  rows(
    db,
    `select f.id, b.name as batch, f.kind, f.letter, f.person_id as "personId", f.details
       from reconciliation_finding f
       join batch b on b.id = f.batch_id
      where f.reconciliation_id = $1 and f.id > $2 order by f.id limit 1000`,
    [reconciliation, after],
  )
