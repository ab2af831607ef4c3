import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { once } from 'node:events'
import { row, rows, run } from '../../db/pool.ts'
import type { StagedPerson } from './import-row.ts'

/**
 * The columns of the staging table and how they are typed. Temporary: it is gone with the transaction, whatever
 * happens.
 */
const columns: Record<keyof StagedPerson, string> = {
  identity_number: 'text',
  identity_kind: 'text',
  birth_date: 'date',
  sex: 'text',
  given_name: 'text',
  family_name: 'text',
  registered_address: 'jsonb',
  special_address: 'jsonb',
  foreign_address: 'jsonb',
  municipality: 'text',
  phone: 'text',
  email: 'text',
  language: 'text',
  easy_read: 'boolean',
  large_print: 'boolean',
  household: 'text',
  listed_clinic: 'text',
  needs: 'text[]',
  can_come: 'jsonb',
  protection: 'text',
  deceased_on: 'date',
  alive: 'boolean',
  emigrated_on: 'date',
  opted_out: 'boolean',
  replaces: 'text',
}
const names = Object.keys(columns) as (keyof StagedPerson)[]

const blockSize = 1 << 16

/** Rows on their way into the staging table: COPY in blocks of 64 KB. */
export class Staging {
  #copy: ReturnType<typeof copyFrom>
  #block = ''
  #error: Error | undefined

  private constructor(copy: ReturnType<typeof copyFrom>) {
    this.#copy = copy
    copy.on('error', (error: Error) => (this.#error = error))
  }

  static async open(tx: pg.PoolClient): Promise<Staging> {
    const definitions = names.map((name) => `${name} ${columns[name]}`).join(', ')
    await tx.query(
      `create temp table person_staging (
         line integer not null,
         rejected boolean not null,
         ${definitions}
       ) on commit drop`,
    )
    return new Staging(
      tx.query(copyFrom(`copy person_staging (line, rejected, ${names.join(', ')}) from stdin`)),
    )
  }

  add(line: number, person: StagedPerson): void {
    let row = `${line}\tf`
    for (const name of names) row += `\t${cell(person[name])}`
    this.#put(`${row}\n`)
  }

  /**
   * A rejected row of somebody whose number could be read: they are in the file, so they have not left the register.
   */
  addRejected(line: number, identityNumber: string): void {
    this.#put(
      `${line}\tt\t${names.map((name) => (name === 'identity_number' ? identityNumber : '\\N')).join('\t')}\n`,
    )
  }

  #put(row: string): void {
    this.#block += row
    if (this.#block.length >= blockSize) this.#write()
  }

  #write(): void {
    this.#copy.write(this.#block)
    this.#block = ''
  }

  /** Resolves when the database has taken what was written. */
  async settled(): Promise<void> {
    if (this.#error) throw this.#error
    if (this.#copy.writableNeedDrain) await once(this.#copy, 'drain')
  }

  async close(): Promise<void> {
    if (this.#block) this.#write()
    if (this.#error) throw this.#error
    this.#copy.end()
    await once(this.#copy, 'finish')
  }
}

function cell(value: string | boolean | object | null): string {
  if (value === null) return '\\N'
  if (typeof value === 'boolean') return value ? 't' : 'f'
  const text =
    typeof value === 'string'
      ? value
      : Array.isArray(value)
        ? `{${value.join(',')}}`
        : JSON.stringify(value)
  return /[\\\t\n\r]/.test(text)
    ? text.replace(/\\/g, '\\\\').replace(/\t/g, '\\t').replace(/\n/g, '\\n').replace(/\r/g, '\\r')
    : text
}

/**
 * Takes out rows whose identity number is earlier in the file. The same row once more says nothing new; one
 * that says something else is rejected, because nobody can know which of them is right.
 * @returns how many said the same; those that differ are read with differingRows
 */
export async function takeOutDoubles(
  tx: pg.PoolClient,
): Promise<{ repeated: number; differing: number }> {
  await run(tx, 'analyze person_staging')
  await run(
    tx,
    `create temp table person_double on commit drop as
     with doubled as (
       select identity_number
         from person_staging
        where not rejected
        group by identity_number
       having count(*) > 1
     ), ranked as (
       select s.line,
              row_number() over w as place,
              first_value(s.line) over w as first_line,
              to_jsonb(s) - 'line' as data,
              first_value(to_jsonb(s) - 'line') over w as first_data
         from person_staging s
         join doubled using (identity_number)
        where not s.rejected
       window w as (partition by s.identity_number order by s.line)
     )
     select line, first_line, data is distinct from first_data as differs
       from ranked
      where place > 1`,
  )
  await run(tx, 'delete from person_staging s using person_double d where s.line = d.line')
  return (await row<{ repeated: number; differing: number }>(
    tx,
    `select count(*) filter (where not differs) as repeated,
            count(*) filter (where differs) as differing
       from person_double`,
  ))!
}

/** Up to 1000 differing doubles after a line, in order. */
export const differingRows = (
  tx: pg.PoolClient,
  after: number,
): Promise<{ line: number; first_line: number }[]> =>
  rows(
    tx,
    'select line, first_line from person_double where differs and line > $1 order by line limit 1000',
    [after],
  )
