import { stringify } from 'csv-stringify/sync'
import type pg from 'pg'
import type { Clock } from '../clock.ts'
import { rows, run, transaction } from '../db/pool.ts'
import { campaignNamed } from './store.ts'

const listed = `
       from invitation i
       join person p on p.id = i.person_id
      where i.campaign_id = $1
        and i.state in ('suppressed', 'withdrawn')
        and i.reason = 'protected'
        and p.protection <> 'none'
        and p.deceased_on is null`

/**
 * Those of a campaign who have a protected identity: they are in no other list, batch or export, and are written to by
 * hand. With sekretessmarkering the letter goes to the address on record, with extra care; with skyddad folkbokföring
 * we know none, and it goes in a sealed envelope with the personal number only, through Skatteverket's forwarding. As
 * CSV (UTF-8 with BOM; formulas defused) with no more than that needs. Each person in it is noted in the access log
 * first.
 * @throws Refused `unknown-campaign`
 */
export async function protectedWorklist(
  { pool, clock }: { pool: pg.Pool; clock: Clock },
  name: string,
  actor: string,
): Promise<{ csv: string; people: number }> {
  return transaction(pool, async (tx) => {
    const campaign = await campaignNamed(tx, name)
    await run(
      tx,
      `insert into access_log (at, actor, action, person_id)
       select $2, $3, 'protected worklist', p.id
       ${listed}`,
      [campaign.id, clock.now(), actor],
    )
    const people = await rows<object>(
      tx,
      `select p.identity_number, p.protection, p.municipality,
              case p.protection when 'sekretessmarkering' then 'own address, by hand'
                                else 'forwarding by Skatteverket' end as way
       ${listed}
        order by p.protection, p.identity_number`,
      [campaign.id],
    )
    return {
      csv: stringify(people, {
        header: true,
        columns: ['identity_number', 'protection', 'way', 'municipality'],
        bom: true,
        delimiter: ';',
        escape_formulas: true,
      }),
      people: people.length,
    }
  })
}
