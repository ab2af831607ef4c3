import { parse } from 'csv-parse/sync'
import { run, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'

interface HomePosition {
  code: string
  name: string
  latitude: number
  longitude: number
}

/**
 * Reads a table of where people live, roughly: CSV with code, name, latitude, longitude; the code is three digits of a
 * postcode or four of a municipality.
 * @throws Refused `bad-positions` naming the first line that is wrong: a small table, taken whole or not at all
 */
export function readHomePositions(text: string): HomePosition[] {
  const lines = parse(text, {
    columns: true,
    bom: true,
    trim: true,
    delimiter: [',', ';'],
    relax_column_count: true,
    skip_empty_lines: true,
  })
  return (lines as Record<string, string | undefined>[]).map((line, i) => {
    const position = {
      code: line['code'] ?? '',
      name: line['name'] ?? '',
      latitude: degrees(line['latitude'], 90),
      longitude: degrees(line['longitude'], 180),
    }
    if (
      !/^[0-9]{3,4}$/.test(position.code) ||
      Number.isNaN(position.latitude) ||
      Number.isNaN(position.longitude)
    ) {
      throw new Refused(
        'bad-positions',
        `Line ${i + 2}: the columns are code (three digits of a postcode or a municipality's four), name, ` +
          'latitude and longitude in degrees. Nothing was imported.',
      )
    }
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
