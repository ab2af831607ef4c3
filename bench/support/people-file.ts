import { parse } from 'csv-parse'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { writeRegion } from '../../src/demo/region.ts'
import { testPersonnummer, testSamordningsnummer } from '../../src/people/identity/test-number.ts'

const firstBirth = Date.UTC(1880, 0, 1)
const perDay = 20 // ten test serials, for a personnummer and for a samordningsnummer

/** How many there can be when nobody is born after 2020. */
export const mostPeople = ((Date.UTC(2021, 0, 1) - firstBirth) / 86_400_000) * perDay

/**
 * Writes a people file of any size: the demo's people again and again, each time with another test number. So a
 * million have the demo's mix of languages, addresses, protected and dead; they are born from 1880 on.
 */
export async function writePeople(path: string, count: number): Promise<void> {
  if (count > mostPeople)
    throw new RangeError(`${count} people are more than the ${mostPeople} test numbers`)
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-region-'))
  try {
    const { people } = await writeRegion(folder)
    const [header = [], ...rows] = (await Array.fromAsync(
      createReadStream(people).pipe(parse()),
    )) as string[][]
    const at = (name: string) => header.indexOf(name)
    const alone = rows.filter((row) => row[at('replaces')] === '')
    const household = at('household')
    await pipeline(
      Readable.from(
        (function* () {
          yield `${header.join(',')}\n`
          for (let n = 0; n < count; n++) {
            const row = alone[n % alone.length]!.slice()
            row[at('identity_number')] = numberOf(n)
            if (row[household]) row[household] += `-${Math.floor(n / alone.length)}`
            yield `${row.join(',')}\n` // no cell of the demo needs quotation marks
          }
        })(),
      ),
      createWriteStream(path),
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Spread over all ages also when there are few. */
function numberOf(n: number): string {
  const days = mostPeople / perDay
  const date = new Date(firstBirth + ((n * 7919) % days) * 86_400_000).toISOString().slice(0, 10)
  const turn = Math.floor(n / days)
  return turn < 10
    ? testPersonnummer(date, 980 + turn)
    : testSamordningsnummer(date, 980 + turn - 10)
}
