import { stringify } from 'csv-stringify/sync'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { rows, run, transaction } from '../db/pool.ts'
import { hasDied, isHidden, strictestProtection } from '../people/all-records.ts'
import { campaignNamed } from './store.ts'

const listed = `
       from invitation i
       join person p on p.id = i.person_id
      cross join lateral ${strictestProtection('p')} as found (protection)
      where i.campaign_id = $1
        and i.state in ('suppressed', 'withdrawn')
        and i.reason = 'protected'
        and ${isHidden('p')}
        and not ${hasDied('p')}`

export interface ProtectedRow {
  identity_number: string
  protection: 'sekretessmarkering' | 'skyddad-folkbokforing'
  way: string
  municipality: string | null
}

/**
 * Those of a campaign who have a protected identity: they are in no other list, batch or export, and are written to by
 * hand. With sekretessmarkering the letter goes to the address on record, with extra care; with skyddad folkbokföring
 * we know none, and it goes in a sealed envelope with the personal number only, through Skatteverket's forwarding. No
 * more is told than that needs. Each person in it is noted in the access log first.
 * @throws Refused `unknown-campaign`
 */
export const protectedPeople = (
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  name: string,
  actor: string,
): Promise<ProtectedRow[]> =>
  transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name)
    await run(
      tx,
      `insert into access_log (at, actor, action, person_id)
       select $2, $3, 'protected worklist', p.id
       ${listed}`,
      [campaign.id, clock.now(), actor],
    )
    return rows<ProtectedRow>(
      tx,
      `select p.identity_number, found.protection, p.municipality,
              case found.protection when 'sekretessmarkering' then 'own address, by hand'
                                else 'forwarding by Skatteverket' end as way
       ${listed}
        order by found.protection, p.identity_number`,
      [campaign.id],
    )
  })

/** The same as CSV (UTF-8 with BOM; formulas defused). @throws Refused `unknown-campaign` */
export async function protectedWorklist(
  deps: { pool: pg.Pool; clock: Clock },
  name: string,
  actor: string,
): Promise<{ csv: string; people: number }> {
  const people = await protectedPeople(deps, name, actor)
  const csv = stringify(people, {
    header: true,
    columns: ['identity_number', 'protection', 'way', 'municipality'],
    bom: true,
    delimiter: ';',
    escape_formulas: true,
  })
  return { csv, people: people.length }
}
