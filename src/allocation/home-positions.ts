import { readTable, type Column } from '../clinics/table.ts'
import { run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

interface HomePosition {
  code: string
  name: string
  latitude: number
  longitude: number
}

const columns: readonly Column[] = [
  { name: 'code', required: true, aliases: ['kod'] },
  { name: 'name', required: false, aliases: ['namn'] },
  { name: 'latitude', required: true, aliases: ['latitud'] },
  { name: 'longitude', required: true, aliases: ['longitud'] },
]

/**
 * Reads a table of where people live, roughly: CSV with code, name, latitude, longitude; the code is three digits of a
 * postcode or four of a municipality.
 * @throws Refused as readTable; `bad-positions` naming the first line that is wrong: a small table, taken whole or not
 *   at all
 */
export function readHomePositions(fileName: string, bytes: Uint8Array): HomePosition[] {
  const { rows, rejected } = readTable(fileName, bytes, columns, 'docs/developer/allocation.md')
  const bad = (line: number) =>
    new Refused(
      'bad-positions',
      `Line ${line}: the columns are code (three digits of a postcode or a municipality's four), name, ` +
        'latitude and longitude in degrees. Nothing was imported.',
    )
  if (rejected[0]) throw bad(rejected[0].row)
  return rows.map(({ row, values }) => {
    const position = {
      code: values['code'] ?? '',
      name: values['name'] ?? '',
      latitude: degrees(values['latitude'], 90),
      longitude: degrees(values['longitude'], 180),
    }
    const { code, latitude, longitude } = position
    if (!/^[0-9]{3,4}$/.test(code) || Number.isNaN(latitude) || Number.isNaN(longitude))
      throw bad(row)
    return position
  })
}

const degrees = (text: string | undefined, limit: number): number =>
  text && /^-?\d{1,3}(\.\d+)?$/.test(text) && Math.abs(Number(text)) <= limit ? Number(text) : NaN

/** Puts the positions in or brings them up to date; one statement. @returns how many were new or changed */
export const saveHomePositions = (db: Db, positions: readonly HomePosition[]): Promise<number> =>
  run(
    db,
    `insert into home_position as h (code, name, latitude, longitude)
     select distinct on (code) *
       from unnest($1::text[], $2::text[], $3::float8[], $4::float8[]) as given(code, name, latitude, longitude)
      order by code
     on conflict (code) do update
    set (name, latitude, longitude) = (excluded.name, excluded.latitude, excluded.longitude)
      where (h.name, h.latitude, h.longitude) is distinct from (excluded.name, excluded.latitude, excluded.longitude)`,
    [
      positions.map((p) => p.code),
      positions.map((p) => p.name),
      positions.map((p) => p.latitude),
      positions.map((p) => p.longitude),
    ],
  )
