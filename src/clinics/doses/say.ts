import type pg from 'pg'
import type { Clock } from '../../clock.ts'
import { row, transaction } from '../../db/pool.ts'
import { Refused } from '../../errors.ts'
import { dayOf, isDate } from '../../people/dates.ts'
import { addSupply, deliveryOn } from '../supply-store.ts'
import { addDoseEvent, sureDoses } from './store.ts'

interface Deps {
  pool: pg.Pool
  clock: Clock
}

/** What a clinic says of its doses. `day` is YYYY-MM-DD; null: today. */
export type SaidOfDoses = { day: string | null } & (
  | { kind: 'discarded'; doses: number; reason: string }
  | { kind: 'drawn'; vials: number; doses: number }
  /** all that there are now, beside those that today's visits have had */
  | { kind: 'counted'; doses: number }
)

/** What the clinic has then, and how many people with a time will have no dose. */
export interface DosesNow {
  doses: number
  short: number
}

/**
 * Keeps what a clinic says of its doses; the times that can be given follow at once.
 * @throws Refused unknown-clinic, bad-date, bad-number, no-reason
 */
export async function sayDoses(
  { pool, clock }: Deps,
  hsaId: string,
  said: SaidOfDoses,
  by: string,
): Promise<DosesNow> {
  const now = clock.now()
  const day = said.day ?? dayOf(now)
  if (!isDate(day) || day > dayOf(now))
    throw new Refused('bad-date', `"${day}" is not a day that has begun, e.g. ${dayOf(now)}.`)
  if (said.kind === 'discarded' && !said.reason.trim())
    throw new Refused('no-reason', 'Doses are thrown away for a reason: say which.')
  if (said.kind === 'drawn' && (said.vials < 1 || said.doses > said.vials * 20))
    throw new Refused('bad-number', `${said.doses} doses out of ${said.vials} vials can't be.`)
  return transaction(pool, async (tx) => {
    const clinicId = await clinicIdOf(tx, hsaId)
    const doses =
      said.kind === 'counted' && day === dayOf(now)
        ? said.doses + (await givenOn(tx, clinicId, day))
        : said.doses
    const event = {
      day,
      kind: said.kind,
      doses,
      vials: said.kind === 'drawn' ? said.vials : null,
      reason: said.kind === 'discarded' ? said.reason.trim() : null,
    }
    await addDoseEvent(tx, clinicId, event, by, now)
    return sureDoses(tx, clinicId)
  })
}

/**
 * The clinic says whether a delivery has come, and how many vials it was: 0 when it didn't come.
 * @param vials null: as many as were expected
 * @throws Refused unknown-clinic, unknown-delivery, bad-date
 */
export async function sayReceived(
  { pool, clock }: Deps,
  hsaId: string,
  day: string,
  vials: number | null,
  note: string,
): Promise<DosesNow> {
  const now = clock.now()
  if (day > dayOf(now))
    throw new Refused('bad-date', `${day} has not come yet: a delivery is received on its day.`)
  return transaction(pool, async (tx) => {
    const clinicId = await clinicIdOf(tx, hsaId)
    const expected = await deliveryOn(tx, hsaId, day)
    if (!expected)
      throw new Refused(
        'unknown-delivery',
        `No delivery to ${hsaId} is known on ${day}. See: supply status --clinic ${hsaId}`,
      )
    const came = { ...expected, vials: vials ?? expected.vials, state: 'received' as const }
    await addSupply(tx, [{ ...came, note: note || expected.note }], now)
    return sureDoses(tx, clinicId)
  })
}

async function clinicIdOf(tx: pg.PoolClient, hsaId: string): Promise<number> {
  const clinic = await row<{ id: number }>(tx, 'select id from clinic where hsa_id = $1', [hsaId])
  if (!clinic) throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${hsaId}.`)
  return clinic.id
}

/** People of the day's times who have been there. */
const givenOn = async (tx: pg.PoolClient, clinicId: number, day: string): Promise<number> =>
  (await row<{ n: number }>(
    tx,
    `select count(*)::int as n
       from appointment a
       join slot s on s.id = a.slot_id
      where s.clinic_id = $1
        and a.state = 'attended'
        and s.starts_at >= $2::date::timestamp at time zone 'Europe/Stockholm'
        and s.starts_at < ($2::date + 1)::timestamp at time zone 'Europe/Stockholm'`,
    [clinicId, day],
  ))!.n
