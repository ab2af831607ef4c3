import type { Campaign } from '../campaigns/store.ts'
import { saidNow, type SaidSupply } from '../clinics/said/store.ts'
import type { Db } from '../db/pool.ts'
import { dayOf } from '../people/dates.ts'
import { saidByArea } from './model/said.ts'

/** A clinic where supply is said to continue, and the places that a campaign counts because of it. */
export type CountedSaid = Omit<SaidSupply, 'week' | 'doses' | 'clinicId'> & { places: number }

/** What a campaign counts today because somebody has said that supply continues, the clinics that give nothing left out. */
export async function saidFor(db: Db, { spec }: Campaign, today: string): Promise<CountedSaid[]> {
  return (await saidNow(db, today))
    .map(({ week, doses, clinicId: _, ...clinic }) => {
      const days = saidByArea([{ ...clinic, week, doses }], today, spec.slots).get(clinic.area)
      return { ...clinic, places: Object.values(days ?? {}).reduce((sum, n) => sum + n, 0) }
    })
    .filter(({ places }) => places > 0)
}

/** The same on a staff page. */
export const saidWords = ({ clinic, area, places, until, by, at }: CountedSaid): string =>
  `${clinic} (${area}): ${places} platser räknas därför att ${by} sade den ${dayOf(at)} att leveranserna fortsätter ` +
  `som vanligt till ${until}.`

export const saidText = ({ clinic, area, places, until, by, at }: CountedSaid): string =>
  `${clinic} (${area}): ${places} places count because ${by} said on ${dayOf(at)} that supply continues as usual ` +
  `until ${until}.`
