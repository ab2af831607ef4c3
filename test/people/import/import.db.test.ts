import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MovableClock } from '../../../src/clock.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { importPeople, type ImportOptions } from '../../../src/people/import/import.ts'
import {
  testPersonnummer,
  testSamordningsnummer,
} from '../../../src/people/identity/test-number.ts'
import { asAttacker } from '../../support/attacker.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'

let db: TestDatabase
let folder: string
beforeAll(async () => {
  db = await testDatabase()
  folder = await mkdtemp(join(tmpdir(), 'kallelse people '))
})
afterAll(async () => {
  await db.drop()
  await rm(folder, { recursive: true })
})
beforeEach(async () => {
  await asAttacker(db.pool, 'truncate person, import restart identity cascade')
  for (const name of await readdir(folder)) await rm(join(folder, name))
})

const clock = new MovableClock(new Date('2021-03-15T12:00:00Z'))
const start = (path: string, options: ImportOptions = {}) =>
  importPeople({ pool: db.pool, clock }, { path }, options)
async function put(text: string | Buffer, name = 'people.csv'): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}
const load = async (text: string | Buffer, options: ImportOptions = {}) =>
  start(await put(text), options)
const number = (i: number, serial = 980) =>
  testPersonnummer(
    `19${40 + (i % 10)}-0${1 + (((i / 10) % 9) | 0)}-${10 + (((i / 90) % 18) | 0)}`,
    serial,
  )
const header = 'identity_number,given_name,family_name'
const csv = (lines: string[], head = header) => `${[head, ...lines].join('\n')}\n`
const many = (n: number) => Array.from({ length: n }, (_, i) => `${number(i)},Anna,Lind${i}`)
/** new people of a file come in the order of their identity numbers */
const people = (columns: string) =>
  rows<Record<string, unknown>>(db.pool, `select ${columns} from person order by id`)
const count = async () => (await row<{ n: number }>(db.pool, 'select count(*) as n from person'))!.n
const none = { new: 0, changed: 0, unchanged: 0, protected: 0, deceased: 0, gone: 0, linked: 0 }
const rejected = async (path: string | undefined) =>
  (await readFile(path!, 'utf8')).replace('\ufeff', '').trim().split('\n').slice(1)

describe('the samples', () => {
  it.each(['people.csv', 'people-windows-1252.csv'])(
    '%s comes in whole, with åäö',
    async (name) => {
      const result = await start(join('samples/people', name), { rejected: join(folder, 'r.csv') })
      expect(result).toMatchObject({
        rows: 24,
        rejected: 0,
        leftOut: 0,
        ignored: [],
        committed: true,
        changeset: { ...none, new: 24, protected: 1, deceased: 1 },
      })
      expect(
        await people('given_name, family_name, registered_address, phone, needs, household'),
      ).toContainEqual({
        given_name: 'Lennart',
        family_name: 'Sjögren',
        registered_address: { street: 'Storgatan 6', postcode: '78431', town: 'Borlänge' },
        phone: '+46701740610',
        needs: ['home-care', 'wheelchair'],
        household: 'H2',
      })
    },
  )
  it('people.ndjson has links, an unknown age and an address abroad', async () => {
    const result = await start('samples/people/people.ndjson')
    expect(result.changeset).toEqual({ ...none, new: 5, linked: 1 })
    expect(
      await people('identity_kind, birth_date, same_as, foreign_address, emigrated_on'),
    ).toMatchObject([
      { identity_kind: 'reserve-national', same_as: 5 },
      {
        foreign_address: {
          street: 'Karl Johans gate 1',
          postcode: '0154',
          town: 'Oslo',
          country: 'NO',
        },
        emigrated_on: '2020-06-01',
      },
      { identity_kind: 'personnummer' },
      { identity_kind: 'samordningsnummer', birth_date: null },
      { identity_kind: 'personnummer', same_as: null },
    ])
  })
  it('people-bad-rows.csv is refused; forced, its good rows come in and the bad ones are told by row, column and code', async () => {
    const report = join(folder, 'r.csv')
    await expect(
      start('samples/people/people-bad-rows.csv', { rejected: report }),
    ).rejects.toMatchObject({ code: 'too-many-rejected' })
    expect(await count()).toBe(0)
    const result = await start('samples/people/people-bad-rows.csv', {
      rejected: report,
      force: true,
    })
    expect(result).toMatchObject({
      rows: 24,
      rejected: 2,
      leftOut: 4,
      changeset: { new: 22, deceased: 2 },
      rejectedFile: report,
    })
    expect((await rejected(report)).map((line) => line.split(',').slice(0, 3).join(','))).toEqual([
      '4,personnummer,bad-check-digit',
      '9,telefon,bad-phone',
      '12,e-post,bad-email',
      '14,postnummer,bad-postcode',
      '17,avliden,unknown-day',
      '18,lättläst,bad-yes-no',
    ])
    expect(await readFile(report, 'utf8')).not.toMatch(/saknas|birgitta|våras|19\d{6}/) // what was wrong, not whose it is
  })
})

describe('the same file twice', () => {
  it('changes nothing', async () => {
    await start('samples/people/people.csv')
    const before = await people('*')
    clock.moveTo(new Date(clock.now().getTime() + 1000))
    const again = await start('samples/people/people.csv')
    expect(again.changeset).toEqual({ ...none, unchanged: 24 })
    expect(await people('*')).toEqual(before)
  })
  it('at once makes each person once', async () => {
    const path = await put(csv(many(500)))
    const results = await Promise.all([start(path), start(path), start(path)])
    expect(results.map(({ changeset }) => changeset.new).sort((a, b) => a - b)).toEqual([0, 0, 500])
    expect(await count()).toBe(500)
  })
})

describe('when a person can come', () => {
  it('comes from three columns or a nested object, stays when a file does not speak of it, and goes when the cells are empty', async () => {
    const head = `${header},Kan komma från,Kan komma till,Kan komma dagar`
    await load(csv([`${number(0)},Anna,Lind,10,15:30,mån|ons`, `${number(1)},Bo,Lind,,,`], head))
    expect(await people('can_come')).toEqual([
      { can_come: { from: '10:00', until: '15:30', weekdays: [1, 3] } },
      { can_come: null },
    ])
    expect((await load(csv([`${number(0)},Anna,Lind`]))).changeset).toEqual({
      ...none,
      unchanged: 1,
    })
    await load(
      `${JSON.stringify({ identity_number: number(1), given_name: 'Bo', family_name: 'Lind', can_come: { from: '12:00', weekdays: [5] } })}\n`,
    )
    expect((await people('can_come'))[1]).toEqual({ can_come: { from: '12:00', weekdays: [5] } })
    expect((await load(csv([`${number(0)},Anna,Lind,,,`], head))).changeset).toEqual({
      ...none,
      changed: 1,
    })
    expect((await people('can_come'))[0]).toEqual({ can_come: null })
    await expect(load(csv([`${number(0)},Anna,Lind,förmiddag,,`], head))).rejects.toMatchObject({
      code: 'too-many-rejected',
    })
  })
})

describe('a dry run', () => {
  it('shows the changeset and changes nothing', async () => {
    await load(csv(many(3)))
    const result = await load(csv([`${number(0)},Anna,Nyström`, ...many(5).slice(1)]), {
      dryRun: true,
      whole: true,
    })
    expect(result).toMatchObject({
      committed: false,
      changeset: { ...none, new: 2, changed: 1, unchanged: 2 },
    })
    expect(await people('family_name')).toEqual([
      { family_name: 'Lind0' },
      { family_name: 'Lind1' },
      { family_name: 'Lind2' },
    ])
    expect(await rows(db.pool, 'select id from import')).toHaveLength(1)
  })
})

describe('a connection that dies', () => {
  const kill = () =>
    run(
      db.pool,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
    )
  const last = `${number(1300)},Ana,Ruiz,${number(1)}`
  const text = csv([...many(1200).map((line) => `${line},`), last], `${header},replaces`)
  it.each<[string, ImportOptions]>([
    ['while the file is read', { onProgress: async () => void (await kill()) }],
    ['just before the commit', { onLinked: async () => void (await kill()) }],
  ])('%s leaves nothing, and the next try works', async (_when, options) => {
    const path = await put(text)
    await expect(start(path, options)).rejects.toThrow()
    expect(await count()).toBe(0)
    expect(await rows(db.pool, 'select id from import')).toEqual([])
    expect(await readdir(folder)).toEqual(['people.csv'])
    expect((await start(path)).changeset).toMatchObject({ new: 1201, linked: 1 })
  })
})

describe("a file that can't be trusted is refused whole", () => {
  const bad = (n: number) => Array.from({ length: n }, (_, i) => `19440101000${i},Anna,Lind`)
  it('when more than 5 % of its rows are bad', async () => {
    await expect(load(csv([...many(94), ...bad(6)]))).rejects.toMatchObject({
      code: 'too-many-rejected',
      details: {
        rows: 100,
        rejected: 6,
        rejectedFile: expect.stringContaining('people.csv.rejected.csv') as unknown,
      },
    })
    expect(await count()).toBe(0)
    expect(await load(csv([...many(95), ...bad(5)]))).toMatchObject({
      rows: 100,
      rejected: 5,
      changeset: { new: 95 },
    })
  })
  it.each<[string, string]>([
    ['its last row has fewer columns', csv(many(40)) + number(41)],
    ['a quotation mark stays open', `${csv(many(40))}${number(41)},"Anna,Lind\n`],
    ['it holds NUL bytes', `${csv(many(40))}${number(41)},An\0na,Lind\n`],
  ])('when %s', async (_what, text) => {
    await expect(load(text)).rejects.toMatchObject({ code: 'truncated' })
    expect(await count()).toBe(0)
    expect(await load(text, { force: true })).toMatchObject({
      rows: 41,
      rejected: 1,
      changeset: { new: 40 },
    })
  })
  it('when the last line of NDJSON is cut', async () => {
    const line = (i: number) =>
      JSON.stringify({ identity_number: number(i), given_name: 'Anna', family_name: 'Lind' })
    const text = Array.from({ length: 40 }, (_, i) => line(i)).join('\n')
    await expect(load(text.slice(0, -5))).rejects.toMatchObject({ code: 'truncated' })
    expect((await load(text)).changeset.new).toBe(40)
  })
  it('when it is far smaller than the last', async () => {
    await load(csv(many(100)))
    await expect(load(csv(many(79)))).rejects.toMatchObject({ code: 'far-smaller' })
    expect((await load(csv(many(80)))).changeset.unchanged).toBe(80)
    expect((await load(csv(many(5)), { part: true })).changeset.unchanged).toBe(5)
    await expect(load(csv(many(60)))).rejects.toMatchObject({ code: 'far-smaller' }) // compared with the 80, not the 5
    expect((await load(csv(many(5)), { force: true })).changeset.unchanged).toBe(5)
  })
  it.each<[string, string, string | Buffer]>([
    ['empty', 'empty-file', ''],
    ['a header only', 'empty-file', `${header}\n`],
    ['without header', 'missing-columns', `${number(1)},Anna,Lind\n`],
    [
      'without a needed column',
      'missing-columns',
      csv([`${number(1)},Anna`], 'personnummer,förnamn'),
    ],
    [
      'with a column twice',
      'double-column',
      csv([`${number(1)},Anna,Lind,Lind`], `${header},efternamn`),
    ],
    ['UTF-16', 'utf-16', Buffer.from(`\ufeff${csv(many(2))}`, 'utf16le')],
    [
      'half UTF-8 and half Windows-1252',
      'mixed-encoding',
      Buffer.concat([
        Buffer.from(csv([`${number(1)},Åsa,Lind`])),
        Buffer.from(`${number(2)},Åsa,Lind\n`, 'latin1'),
      ]),
    ],
    ['one JSON list', 'json-array', '[{"identity_number":"1"}]'],
  ])('when it is %s', async (_what, code, text) => {
    await expect(load(text)).rejects.toMatchObject({ code })
    expect(await count()).toBe(0)
  })
  it('when its last character is half', async () => {
    const text = Buffer.from(csv([`${number(1)},Åsa,Ekö`]).trimEnd())
    await expect(load(text.subarray(0, -1))).rejects.toMatchObject({ code: 'truncated' })
  })
  it("when the rejected rows can't be written", async () => {
    await expect(
      load(csv([...many(40), '1,Anna,Lind']), { rejected: join(folder, 'nowhere', 'r.csv') }),
    ).rejects.toMatchObject({ code: 'report-not-written' })
    expect(await count()).toBe(0)
  })
  it('when it is not there', () =>
    expect(start(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'no-such-file' }))
})

describe('rows', () => {
  it('with the same number: an equal one says nothing new, a different one is rejected', async () => {
    const result = await load(
      csv([...many(40), `${number(0)},Anna,Lind0`, `${number(1)},Anna,Someone-Else`]),
    )
    expect(result).toMatchObject({
      rows: 42,
      rejected: 1,
      changeset: { ...none, new: 40, unchanged: 1 },
    })
    expect(await rejected(result.rejectedFile)).toEqual([
      '43,identity_number,double-number,The same identity number is in row 3 with other details. That row was used.',
    ])
    expect(await people('identity_number, family_name')).toContainEqual({
      identity_number: number(1),
      family_name: 'Lind1',
    })
  })
  it('may have quotation marks, delimiters and line breaks in their text, and blank lines between them', async () => {
    const result = await load(
      `personnummer;förnamn;efternamn;gatuadress;postnr;ort\r\n${number(1)};"Anna;""Ann""";"Li\r\nnd";Byn "Övre" 3;79131;Falun\r\n\r\n;;;;;\r\n${number(2)};Bo;Ek;=1+1;79131;Falun;\r\n`,
    )
    expect(result).toMatchObject({ rows: 2, rejected: 0, changeset: { new: 2 } })
    expect(
      await people("given_name, family_name, registered_address->>'street' as street"),
    ).toEqual([
      { given_name: 'Anna;"Ann"', family_name: 'Li nd', street: 'Byn "Övre" 3' },
      { given_name: 'Bo', family_name: 'Ek', street: '=1+1' },
    ])
  })
  it("with a backslash or a tab don't break the staging", async () => {
    await load(csv([`${number(1)},A\\N\\tb\tc,L\\`]))
    expect(await people('given_name, family_name')).toEqual([
      { given_name: 'A\\N\\tb c', family_name: 'L\\' },
    ])
  })
  it("are reported under the column's name in the file, which can be no formula", async () => {
    const result = await load(
      csv([...many(30).map((line) => `${line},`), `${number(31)},Anna,Lind,x`], `${header},=PHONE`),
    )
    expect(await rejected(result.rejectedFile)).toEqual([
      `32,'=PHONE,bad-phone,Not a phone number that can be called. The person was kept without it.`,
    ])
  })
  it("say what columns they don't use", async () => {
    expect((await load(csv([`${number(1)},Anna,Lind,x`], `${header},skostorlek`))).ignored).toEqual(
      ['skostorlek'],
    )
  })
})

describe('what a later file changes', () => {
  const wide = `${header},phone,language,easy_read,opted_out,deceased,protection,household,street,postcode,town,listed_clinic`
  const full = (deceased = '', protection = '', opted = '') =>
    csv(
      [
        `${number(1)},Anna,Lind,0701740605,ar,ja,${opted},${deceased},${protection},H1,Byn 1,79131,Falun,SE2321000180-A1`,
      ],
      wide,
    )
  it('is only what it speaks of', async () => {
    await load(full())
    expect((await load(csv([`${number(1)},Anna,Nyström`]))).changeset).toEqual({
      ...none,
      changed: 1,
    })
    expect(await people('family_name, phone, language, easy_read, registered_address')).toEqual([
      {
        family_name: 'Nyström',
        phone: '+46701740605',
        language: 'ar',
        easy_read: true,
        registered_address: { street: 'Byn 1', postcode: '79131', town: 'Falun' },
      },
    ])
    await load(csv([`${number(1)},Anna,Nyström,`], `${header},phone`))
    expect(await people('phone, household')).toEqual([{ phone: null, household: 'H1' }])
  })
  it('the dead stay dead until a file says outright that they live', async () => {
    await load(full())
    expect((await load(full('2021-03-01'))).changeset).toEqual({ ...none, changed: 1, deceased: 1 })
    expect((await load(full())).changeset).toEqual({ ...none, unchanged: 1 })
    expect(await people('deceased_on')).toEqual([{ deceased_on: '2021-03-01' }])
    expect((await load(full('lever'))).changeset).toEqual({ ...none, changed: 1 })
    expect(await people('deceased_on')).toEqual([{ deceased_on: null }])
  })
  it('a no stays a no until it is taken back outright', async () => {
    await load(full('', '', 'ja'))
    await load(full())
    expect(await people('opted_out')).toEqual([{ opted_out: true }])
    await load(full('', '', 'nej'))
    expect(await people('opted_out')).toEqual([{ opted_out: false }])
  })
  it('protection takes away what could tell, and stays until it is lifted outright', async () => {
    await load(full())
    expect((await load(full('', 'sekretessmarkering'))).changeset).toEqual({
      ...none,
      changed: 1,
      protected: 1,
    })
    expect((await load(full())).changeset).toEqual({ ...none, unchanged: 1 })
    expect(
      await people('protection, phone, household, registered_address is not null as address'),
    ).toEqual([{ protection: 'sekretessmarkering', phone: null, household: null, address: true }])
    expect((await load(full('', 'skyddad folkbokföring'))).changeset).toEqual({
      ...none,
      changed: 1,
    })
    expect(await people('protection, registered_address, listed_clinic')).toEqual([
      { protection: 'skyddad-folkbokforing', registered_address: null, listed_clinic: null },
    ])
    expect((await load(full('', 'skyddad folkbokföring'))).changeset).toEqual({
      ...none,
      unchanged: 1,
    })
    await load(full('', 'nej'))
    expect(await people('protection, phone')).toEqual([
      { protection: 'none', phone: '+46701740605' },
    ])
  })
  it('the database keeps no phone of the protected, whoever writes it', async () => {
    await run(
      db.pool,
      `insert into person (identity_number, identity_kind, given_name, family_name, protection, phone, email) values ($1, 'personnummer', 'A', 'B', 'sekretessmarkering', '+46701740605', 'a@example.com')`,
      [number(1)],
    )
    expect(await people('phone, email')).toEqual([{ phone: null, email: null }])
  })
})

describe('a whole file', () => {
  it('marks who is missing as gone, and no longer when they come back', async () => {
    await load(csv(many(30)))
    expect((await load(csv(many(28)), { whole: true })).changeset).toEqual({
      ...none,
      unchanged: 28,
      gone: 2,
    })
    expect(
      await rows(db.pool, 'select gone_since from person where gone_since is not null'),
    ).toEqual([{ gone_since: '2021-03-15' }, { gone_since: '2021-03-15' }])
    expect((await load(csv(many(28)), { whole: true })).changeset.gone).toBe(0)
    expect((await load(csv(many(30)), { whole: true })).changeset).toEqual({
      ...none,
      unchanged: 28,
      changed: 2,
    })
  })
  it("does not lose somebody whose row is bad, nor kinds of numbers it doesn't have", async () => {
    await load(csv([...many(30), '991981000010,Luis,Ortega']))
    const result = await load(csv([...many(29), `${number(29)},,`]), { whole: true })
    expect(result).toMatchObject({ rejected: 1, changeset: { ...none, unchanged: 29 } })
  })
})

describe('records of one person', () => {
  const withReplaces = (lines: string[]) => csv(lines, `${header},replaces`)
  const coordination = testSamordningsnummer('1950-00-00', 981)
  it('are linked by the number they replace; the personnummer leads whichever way it is said', async () => {
    expect(
      (
        await load(
          withReplaces([`991981000010,Ana,Ruiz,`, `${coordination},Ana,Ruiz,991981000010`]),
        )
      ).changeset.linked,
    ).toBe(1)
    expect(
      (
        await load(
          withReplaces([`${coordination},Ana,Ruiz,${number(1)}`, `${number(1)},Ana,Ruiz,`]),
        )
      ).changeset,
    ).toEqual({ ...none, new: 1, unchanged: 1, linked: 2 })
    expect(await people('identity_kind, same_as')).toEqual(
      [
        { identity_kind: 'samordningsnummer', same_as: 4 },
        { identity_kind: 'reserve-stockholm', same_as: 4 },
        { identity_kind: 'personnummer', same_as: null },
      ].map((p) => ({ ...p, same_as: p.same_as && expect.any(Number) })),
    )
    expect(
      (
        await load(
          withReplaces([`${coordination},Ana,Ruiz,${number(1)}`, `${number(1)},Ana,Ruiz,`]),
        )
      ).changeset,
    ).toEqual({ ...none, unchanged: 2 })
  })
  it('tell whoever keeps things by person, in the same transaction', async () => {
    let told: unknown
    await load(withReplaces([`991981000010,Ana,Ruiz,`, `${number(1)},Ana,Ruiz,991981000010`]), {
      onLinked: async (tx) =>
        void (told = await rows(tx, 'select id, leading_id from person_link')),
    })
    expect(told).toEqual([{ id: 2, leading_id: 1 }])
  })
  it('a linked record is not gone when the register drops its number', async () => {
    await load(withReplaces([`${number(2)},Ana,Ruiz,`, `${number(1)},Ana,Ruiz,${number(2)}`]))
    expect((await load(csv([`${number(1)},Ana,Ruiz`]), { whole: true })).changeset).toEqual({
      ...none,
      unchanged: 1,
    })
  })
})
