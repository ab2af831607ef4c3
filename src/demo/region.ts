import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify'
import { DateTime } from 'luxon'
import { createWriteStream } from 'node:fs'
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { readClinics, type Clinic } from '../clinics/read-clinics.ts'
import type { StatedSlot } from '../clinics/read-slots.ts'
import { zone } from '../clock.ts'
import { makePeople, mostPeople, peopleColumns, type Municipality } from './region-people.ts'
import { Random } from './region-random.ts'
import { makeSlots } from './region-slots.ts'

const sample = fileURLToPath(new URL('../../samples/dalarna/', import.meta.url))

/** The files of a synthetic region, in the formats that the import commands read. */
export interface RegionFiles {
  people: string
  clinics: string
  slots: string
}

/** The Monday of the first week for which slots are published; the demo begins a week before. */
export const firstWeek = '2021-03-15'

/**
 * Writes a region in the shape of Dalarna: people born 1942–1946 with test identity numbers, thirty clinics, and
 * the slots of
 * the first week. The same seed gives the same bytes.
 * @param people at most 18 260: there are ten test numbers a day
 */
export async function writeRegion(
  folder: string,
  { people = 17_500, seed = 1 }: { people?: number; seed?: number } = {},
): Promise<RegionFiles> {
  if (people > mostPeople)
    throw new RangeError(`${people} people are more than the ${mostPeople} test numbers`)
  await mkdir(folder, { recursive: true })
  const files: RegionFiles = {
    people: join(folder, 'people.csv'),
    clinics: join(folder, 'clinics.csv'),
    slots: join(folder, 'slots.csv'),
  }
  const { municipalities, clinics } = await readSample()
  const table = stringify({ header: true, columns: [...peopleColumns] })
  await pipeline(
    Readable.from(makePeople(new Random(seed), municipalities, people)),
    table,
    createWriteStream(files.people),
  )
  await copyFile(join(sample, 'clinics.csv'), files.clinics)
  const slots = makeSlots(seed, clinics, peopleIn(municipalities), firstWeek, 3000)
  await writeFile(files.slots, slotsCsv(slots))
  return files
}

/**
 * The slots of a week, as they would be imported.
 * @param monday YYYY-MM-DD; @param places about how many, in the whole region
 */
export async function slotsForWeek(
  seed: number,
  monday: string,
  places = 3000,
): Promise<StatedSlot[]> {
  const { municipalities, clinics } = await readSample()
  return makeSlots(seed, clinics, peopleIn(municipalities), monday, places)
}

/** Slots as a CSV file that `import slots` reads. */
export function slotsCsv(slots: readonly StatedSlot[]): string {
  const shown = new Map<number, string>() // the same times come back at each clinic
  const timeOf = (at: Date): string => {
    const text =
      shown.get(at.getTime()) ?? DateTime.fromJSDate(at, { zone }).toFormat('yyyy-MM-dd HH:mm')
    shown.set(at.getTime(), text)
    return text
  }
  const lines = slots.map((s) =>
    [s.hsaId, timeOf(s.startsAt), s.minutes, s.capacity, s.overbooking].join(','),
  )
  return `${['clinic,starts_at,minutes,capacity,overbooking', ...lines].join('\n')}\n`
}

const peopleIn = (municipalities: readonly Municipality[]) =>
  new Map(municipalities.map((m) => [m.code, m.people]))

async function readSample(): Promise<{ municipalities: Municipality[]; clinics: Clinic[] }> {
  const { clinics } = readClinics('clinics.csv', await readFile(join(sample, 'clinics.csv')))
  const rows = parse(await readFile(join(sample, 'municipalities.csv')), {
    columns: true,
  }) as unknown as Record<'code' | 'name' | 'area' | 'people_75_79' | 'postcode' | 'town', string>[]
  const municipalities = rows.map(({ people_75_79, ...m }) => ({
    ...m,
    people: Number(people_75_79),
    clinics: clinics.filter((c) => c.municipality === m.code && !c.central).map((c) => c.hsaId),
  }))
  return { municipalities, clinics }
}
