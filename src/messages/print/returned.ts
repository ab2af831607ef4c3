import { rows, run, type Db } from '../../db/pool.ts'
import { failReturned } from '../../ledger/messages-sending.ts'
import type { Letter } from '../../letters/letter.ts'
import { addressLines, chooseAddress, type Address } from '../../people/address.ts'
import { readKept } from '../stored-letters.ts'

interface ReturnedLetter {
  id: string
  personId: number
  why: string
  content: Buffer | null
  keptIn: number | null
  keptLine: number | null
  givenName: string
  familyName: string
  registered: Address | null
  special: Address | null
  foreign: Address | null
  abroad: boolean
}

/**
 * Takes the letters that a reconciliation found to have come back: the message failed, and the address is marked on
 * its person until the register has another one. A person whose address has changed since the letter was printed
 * keeps the new one.
 */
export async function takeReturned(tx: Db, reconciliation: number, now: Date): Promise<void> {
  const found = `
       reconciliation_finding f
       join message m on m.id = f.message_id
      where f.reconciliation_id = $1
        and f.kind = 'returned'`
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const letters = await rows<ReturnedLetter>(
      tx,
      `select m.id, m.person_id as "personId", f.details->>'why' as why, m.content,
              m.kept_in as "keptIn", m.kept_line as "keptLine", p.given_name as "givenName",
              p.family_name as "familyName",
              p.registered_address as registered, p.special_address as special, p.foreign_address as foreign,
              coalesce((c.spec->>'abroad')::boolean, false) as abroad
         from reconciliation_finding f
         join message m on m.id = f.message_id
         join person p on p.id = m.person_id
         join campaign c on c.id = m.campaign_id
        where f.reconciliation_id = $1 and f.kind = 'returned' and m.id > $2 order by m.id limit 500`,
      [reconciliation, after],
    )
    await readKept(tx, letters)
    const bad = letters.flatMap((letter) => {
      const address = chooseAddress(letter, letter.abroad)
      const printed = (JSON.parse(letter.content!.toString()) as Letter).addressLines
      const now = addressLines(`${letter.givenName} ${letter.familyName}`, address).lines
      return address && now.slice(1).join('\n') === printed.slice(1).join('\n')
        ? [{ id: letter.personId, address, why: letter.why }]
        : []
    })
    await run(
      tx,
      `update person p
          set returned_address = x.address,
              returned_on = ($2::timestamptz at time zone 'Europe/Stockholm')::date, returned_why = x.why,
              updated_at = now()
         from jsonb_to_recordset($1::jsonb) as x(id bigint, address jsonb, why text) where p.id = x.id`,
      [JSON.stringify(bad), now],
    )
    if (letters.length < 500) break
    after = letters.at(-1)!.id
  }
  // in one order with other receipts, against deadlock
  await run(tx, `select from ${found} order by m.id for update of m`, [reconciliation])
  await failReturned(tx, { sql: `select m.id from ${found}`, values: [reconciliation] })
}
