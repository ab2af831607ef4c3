import { readDay } from '../people/dates.ts'
import { readHsaId } from '../people/hsa-id.ts'
import { rejectedRows, type Rejected } from './rejected.ts'
import { readTable, type Column } from './table.ts'

/** A delivery as it is believed now: doses = vials × doses a vial, which is a range (5 or 6 may be drawn). */
export interface Supply {
  hsaId: string
  /** YYYY-MM-DD from which the doses can be used */
  day: string
  vials: number
  doses: { min: number; expected: number; max: number }
  /** received: the clinic says that it has come */
  state: 'planned' | 'confirmed' | 'received'
  publishedOn: string | null
  /** the last day on which the doses can be used */
  useBy: string | null
  note: string
}

const column = (name: string, required: boolean, ...aliases: string[]): Column => ({
  name,
  required,
  aliases,
})

export const supplyColumns: readonly Column[] = [
  column('clinic', true, 'hsa_id', 'mottagning'),
  column('day', true, 'date', 'datum', 'dag'),
  column('vials', true, 'flaskor'),
  column('dose_min', false, 'doser_min'),
  column('dose_expected', false, 'doser', 'doser_förväntat'),
  column('dose_max', false, 'doser_max'),
  column('state', true, 'läge', 'status'),
  column('published_on', false, 'bekräftas'),
  column('use_by', false, 'sista_dag', 'används_senast'),
  column('note', false, 'anmärkning'),
]

export interface ReadSupply {
  rows: number
  bad: number
  supply: Supply[]
  rejected: Rejected[]
}

const states = new Map<string, Supply['state']>([
  ['planned', 'planned'],
  ['planerad', 'planned'],
  ['confirmed', 'confirmed'],
  ['bekräftad', 'confirmed'],
  ['received', 'received'],
  ['mottagen', 'received'],
])

/** NaN when it is no plain number: Number() takes 0x5, 1e1 and Infinity too. */
const decimal = (text: string): number =>
  /^\d{1,3}([.,]\d{1,6})?$/.test(text) ? Number(text.replace(',', '.')) : NaN

/**
 * Reads a file of deliveries. Without doses a vial, five are sure, six usual (SKR, 25 January 2021).
 * @param known the HSA-ids there are
 * @throws Refused as readTable
 */
export function readSupply(
  fileName: string,
  bytes: Uint8Array,
  known: ReadonlySet<string>,
): ReadSupply {
  const table = readTable(fileName, bytes, supplyColumns)
  const rejected = [...table.rejected]
  const supply = new Map<string, Supply>()
  for (const { row, values } of table.rows) {
    const faults: Rejected[] = []
    const bad = (name: string, code: string, message: string) =>
      faults.push({ row, column: name, code, message })
    const text = (name: string) => values[name] ?? ''
    const number = (name: string, otherwise: number) =>
      text(name) ? decimal(text(name)) : otherwise
    const clinic = readHsaId(text('clinic'))
    if (!clinic)
      bad('clinic', 'bad-hsa-id', `"${text('clinic')}" is not an HSA-id, e.g. SE2321000180-1001.`)
    else if (!known.has(clinic))
      bad('clinic', 'unknown-clinic', `There is no clinic ${text('clinic')}. Import it first.`)
    const [day, publishedOn, useBy] = [
      readDay(text('day')),
      readDay(text('published_on')),
      readDay(text('use_by')),
    ]
    if (!day) bad('day', 'bad-date', `"${text('day')}" is not a date, e.g. 2021-03-15.`)
    if (!/^\d{1,6}$/.test(text('vials')))
      bad('vials', 'bad-number', `"${text('vials')}" is not a whole number of vials.`)
    const doses = {
      min: number('dose_min', 5),
      expected: number('dose_expected', 6),
      max: number('dose_max', 6),
    }
    if (!(
      doses.min >= 0 &&
      doses.min <= doses.expected &&
      doses.expected <= doses.max &&
      doses.max < 100
    ))
      bad('dose_expected', 'bad-range', 'Doses a vial must go min ≤ expected ≤ max.')
    const state = states.get(text('state').toLowerCase())
    if (!state)
      bad(
        'state',
        'bad-state',
        `"${text('state')}" is not planned (planerad), confirmed (bekräftad) or received (mottagen).`,
      )
    if (text('published_on') && !publishedOn)
      bad('published_on', 'bad-date', `"${text('published_on')}" is not a date.`)
    if (text('use_by') && !useBy) bad('use_by', 'bad-date', `"${text('use_by')}" is not a date.`)
    else if (useBy && useBy < (day ?? ''))
      bad('use_by', 'bad-date', 'The last day to use the doses is before they come.')
    const key = `${clinic} ${day}`
    if (supply.has(key))
      bad('day', 'duplicate', 'The clinic has this day in the file before; the first is used.')
    if (faults.length || !state || !clinic || !day) rejected.push(...faults)
    else
      supply.set(key, {
        hsaId: clinic,
        day,
        vials: Number(text('vials')),
        doses,
        state,
        publishedOn,
        useBy,
        note: text('note'),
      })
  }
  return {
    rows: table.rows.length + table.rejected.length,
    bad: rejectedRows(rejected),
    supply: [...supply.values()],
    rejected,
  }
}
