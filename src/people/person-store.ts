import { rows, type Db } from '../db/pool.ts'

/** Those of the identity numbers (12 characters) that no record has. */
export async function unknownNumbers(db: Db, numbers: readonly string[]): Promise<string[]> {
  const found = await rows<{ number: string }>(
    db,
    `select number
       from unnest($1::text[]) number
      where not exists (select from person where identity_number = number)`,
    [numbers],
  )
  return found.map(({ number }) => number)
}
