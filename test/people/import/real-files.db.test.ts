import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MovableClock } from '../../../src/clock.ts'
import { compileCohort } from '../../../src/cohorts/compile.ts'
import { rows } from '../../../src/db/pool.ts'
import { importPeople, type ImportOptions } from '../../../src/people/import/import.ts'
import { testPersonnummer } from '../../../src/people/identity/test-number.ts'
import { asAttacker } from '../../support/attacker.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'

// What spreadsheets, old systems and people who join files make of a register.

let db: TestDatabase
let folder: string
beforeAll(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'kallelse files '))
})
afterAll(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})
beforeEach(() => asAttacker(db.pool, 'truncate person, import restart identity cascade'))

const clock = new MovableClock(new Date('2021-03-15T12:00:00Z'))
const load = async (content: string | Buffer, options: ImportOptions = { part: true }) => {
  const path = join(folder, 'people.csv')
  await writeFile(path, content)
  return importPeople({ pool: db.pool, clock }, { path }, options)
}
const refusal = (content: string | Buffer) =>
  load(content).then(
    () => 'imported',
    ({ code, message }: { code: string; message: string }) => `${code}: ${message}`,
  )
const people = (columns: string) =>
  rows<Record<string, unknown>>(db.pool, `select ${columns} from person order by id`)

const numbers = [
  '194201019801',
  '194202029817',
  '194203039823',
  '194204049839',
  '194205059845',
  '194206069850',
]
const head = 'personnummer;förnamn;efternamn;gatuadress;postnummer;postort'
const line = (i: number, more = '') =>
  `${numbers[i]};Test${i};Prov;Storgatan ${i + 1};79131;Falun${more}`

describe('rows', () => {
  it('end each in their own way: CRLF, LF and CR in one file', async () => {
    const file = `${head}\r\n${line(0)}\n${line(1)}\r${line(2)}\r\n`
    expect(await load(file)).toMatchObject({ rows: 3, rejected: 0, changeset: { new: 3 } })
  })

  it("begin after a spreadsheet's line that names the separator", async () => {
    expect(await load(`sep=;\r\n${head}\r\n${line(0)}\r\n`)).toMatchObject({
      changeset: { new: 1 },
    })
    expect(await load(`sep=,\n${[head, line(1)].join('\n').replaceAll(';', ',')}\n`)).toMatchObject(
      {
        changeset: { new: 1 },
      },
    )
  })

  it('that cannot be read let nobody be gone; nor do those with the same ends throughout', async () => {
    const all = Array.from(
      { length: 60 },
      (_, i) =>
        `${testPersonnummer(`1942-0${1 + (i % 9)}-${10 + Math.floor(i / 9)}`, 980)};Anna;Lind${i};Storgatan 1;79131;Falun`,
    )
    const whole = (lines: string[]) => load([head, ...lines].join('\r\n') + '\r\n', { whole: true })
    expect((await whole(all)).changeset).toMatchObject({ new: 60 })
    const mixed = `${[head, ...all.slice(0, 57)].join('\r\n')}\r\n${all.slice(57).join('\n')}\n`
    expect(await load(mixed, { whole: true })).toMatchObject({
      changeset: { unchanged: 60, gone: 0 },
      goneUnknown: false,
    })
    const broken = [...all.slice(0, 58), `${all[58]!.slice(0, 12)};Anna`, 'x;;;;;']
    expect(await whole(broken)).toMatchObject({
      rejected: 2,
      changeset: { gone: 0 },
      goneUnknown: true,
    })
    expect((await whole(all.slice(0, 58))).changeset).toMatchObject({ gone: 2 })
  })
})

describe('a death or a move abroad', () => {
  const columns = `${head};avliden;utvandrad`
  it('holds though its day is missing, partial or to come, and again when it is told again', async () => {
    await load([columns, ...numbers.map((_, i) => line(i, ';;'))].join('\n'))
    const said = ['ja;', '2021-02;', '2021-02-00;', '20210300;', ';ja', '2021;']
    const told = [columns, ...said.map((words, i) => line(i, `;${words}`))].join('\n')
    expect(await load(told)).toMatchObject({ rejected: 0, changeset: { deceased: 5, changed: 6 } })
    const days = await people('deceased_on, emigrated_on')
    expect(days.map((day) => day['deceased_on'] ?? day['emigrated_on'])).toEqual(
      Array(6).fill('2021-03-15'),
    )
    clock.moveTo(new Date('2021-03-20T12:00:00Z'))
    expect((await load(told)).changeset).toMatchObject({ unchanged: 6, deceased: 0 })
    await load([columns, line(0, ';2021-03-01;')].join('\n'))
    expect((await people('deceased_on'))[0]).toEqual({ deceased_on: '2021-03-01' })
    await load([columns, line(0, ';nej;')].join('\n'))
    expect((await people('deceased_on'))[0]).toEqual({ deceased_on: null })
  })

  it('is not said by a sign for nothing', async () => {
    await load([columns, line(0, ';-;-'), line(1, ';okänt;.')].join('\n'))
    expect(await people('deceased_on, emigrated_on')).toEqual(
      Array(2).fill({ deceased_on: null, emigrated_on: null }),
    )
  })
})

describe('values', () => {
  it('lose what takes no room, and keep their words together', async () => {
    await load(
      `${head}\n${numbers[0]};An\u00adna;Svens\u200bson;Läns\u200bvägen 3;79131;Fa\u00adlun`,
    )
    expect(
      await people(`given_name, family_name, registered_address->>'street' as street`),
    ).toEqual([{ given_name: 'Anna', family_name: 'Svensson', street: 'Länsvägen 3' }])
  })

  it('get back the zeros that a spreadsheet took', async () => {
    await load(
      `${head};lägenhetsnummer;kommun\n${line(0, ';901;2080')}\n${line(1, ';;880')}\n${line(2, ';1102;2080')}`,
    )
    expect(await people(`municipality, registered_address->>'street' as street`)).toEqual([
      { municipality: '2080', street: 'Storgatan 1 lgh 0901' },
      { municipality: '0880', street: 'Storgatan 2' },
      { municipality: '2080', street: 'Storgatan 3 lgh 1102' },
    ])
  })

  it('that are one name are a whole name; none is not', async () => {
    const file = `${head}\n${numbers[0]};Suharto;;Storgatan 1;79131;Falun\n${numbers[1]};;Zabihullah;Storgatan 1;79131;Falun\n${numbers[2]};;;Storgatan 1;79131;Falun`
    expect(await load(file, { part: true, force: true })).toMatchObject({ rejected: 1 })
    expect(await people(`given_name || family_name as name`)).toEqual([
      { name: 'Suharto' },
      { name: 'Zabihullah' },
    ])
  })

  it('that mean Sweden, or nothing, are no other country', async () => {
    const said = ['S', 'SVERIGE', '-', '0', 'Okänt', 'Norge']
    await load([`${head};land`, ...said.map((land, i) => line(i, `;${land}`))].join('\n'))
    expect(await people(`foreign_address->>'country' as country`)).toEqual([
      ...Array<object>(5).fill({ country: null }),
      { country: 'Norge' },
    ])
  })
})

it('a coordination number with an unknown day or month counts in its year', async () => {
  const file = `${head}\n19500060-9809;Sam;Dag;Storgatan 1;79131;Falun\n19500375-9825;Sam;Hel;Storgatan 1;79131;Falun`
  await load(file)
  const born = async (from: number, to: number) => {
    const { sql, values } = compileCohort({ born: { from, to } }, '2021-03-15')
    return (await rows(db.pool, sql, values)).length
  }
  expect([await born(1950, 1950), await born(1949, 1949), await born(1951, 1960)]).toEqual([
    2, 0, 0,
  ])
})

describe('a hostile value is a clear no', () => {
  it.each(['constructor', '__proto__', 'toString'])('a need called %s', async (need) => {
    const file = `${head};behov\n${line(0, `;${need}`)}\n${line(1, ';tolk')}`
    expect(await load(file, { part: true, force: true })).toMatchObject({ rejected: 1 })
  })

  it.each([
    ['NUL', '{"personnummer":"194201019801","förnamn":"A\\u0000","efternamn":"B"}'],
    ['half a sign', '{"personnummer":"194201019801","förnamn":"A\\ud800","efternamn":"B"}'],
    ['a depth without end', '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)],
    ['the prototype', '{"__proto__":{"personnummer":"194201019801"}}'],
  ])('a JSON line with %s', async (_what, text) => {
    const file = `${text}\n{"personnummer":"${numbers[1]}","förnamn":"A","efternamn":"B"}\n`
    expect(await load(file, { part: true, force: true })).toMatchObject({ rows: 2, rejected: 1 })
    expect(await refusal(file)).toMatch(/^too-many-rejected: 1 of 2 rows/)
  })

  it('a JSON list with an object that has no text', async () => {
    const text = `{"personnummer":"${numbers[0]}","förnamn":"A","efternamn":"B","telefon":[{"toString":1}]}`
    expect(await load(text)).toMatchObject({ rows: 1, rejected: 0, leftOut: 1 })
  })
})

describe('a file in the wrong encoding is refused whole, with what it looks like and where', () => {
  const names = `${head}\n${line(0)}\n${numbers[1]};Åsa;Öhrn;Ängsvägen 3;79131;Gävle\n`
  it.each([
    ['double-encoded', Buffer.from(Buffer.from(names).toString('latin1'))],
    ['replacement-characters', Buffer.from(names.replaceAll(/[ÅÖÄä]/g, '\ufffd'))],
    [
      'mac-roman',
      Buffer.from(
        names
          .replaceAll('ä', '\x8a')
          .replaceAll('Ä', '\x80')
          .replaceAll('Å', '\x81')
          .replaceAll('Ö', '\x85')
          .replaceAll('ö', '\x9a'),
        'latin1',
      ),
    ],
  ])('%s', async (code, content) => {
    const refused = await refusal(content)
    expect(refused).toMatch(new RegExp(`^${code}: .* line [13]:`))
    expect(await people('id')).toEqual([])
  })

  it('and as it should be, or as Windows writes it, is not', async () => {
    expect(await refusal(names)).toBe('imported')
    expect(await refusal(Buffer.from(names, 'latin1'))).toBe('imported')
  })
})
