import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { readBookingRow } from '../../src/bookings/external/external-booking.ts'
import { readClinics } from '../../src/clinics/read-clinics.ts'
import { readSlots, readTime } from '../../src/clinics/read-slots.ts'
import { readSupply } from '../../src/clinics/read-supply.ts'
import { refuseIfMostlyBad, rejectedCsv } from '../../src/clinics/rejected.ts'
import { isManifest, readSchedulingLinks } from '../../src/clinics/scheduling-links.ts'
import { readSource } from '../../src/clinics/source.ts'

const known = new Set(['SE2321000180-1001', 'SE2321000180-1002'])
const utf8 = (text: string) => new TextEncoder().encode(text)
const latin = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const row = 'SE2321000180-1001,Älvens vårdcentral,2080,falun,Gatan 1,791 31,Falun,031-390 06 01,ja'
const other = row.replace('1001', '1003')
const english = `hsa_id,name,municipality,area,street,postcode,town,phone,central\n${row}\n`
const swedish = `HSA-id;Namn;Kommun;Område;Gatuadress;Postnummer;Postort;Telefon;Centralmottagning\r\n${row.replaceAll(',', ';')}\r\n`

describe('a file of clinics', () => {
  it.each([
    ['English, comma, UTF-8', utf8(english)],
    ['Swedish, semicolon, UTF-8 with BOM', utf8(`\uFEFF${swedish}`)],
    ['Swedish, semicolon, Windows-1252', latin(swedish)],
  ])('reads the same in %s', (_, bytes) => {
    const { clinics, rejected } = readClinics('clinics.csv', bytes)
    expect(rejected).toEqual([])
    expect(clinics).toEqual([
      {
        hsaId: 'SE2321000180-1001',
        name: 'Älvens vårdcentral',
        municipality: '2080',
        area: 'falun',
        street: 'Gatan 1',
        postcode: '79131',
        town: 'Falun',
        phone: '+46313900601',
        phoneHours: '',
        openingHours: '',
        latitude: null,
        longitude: null,
        central: true,
        accessible: true,
        languages: [],
      },
    ])
  })

  it.each([
    ['hsa_id', 'bad-hsa-id', other.replace('SE2321000180', 'SE23')],
    ['name', 'missing', other.replace('Älvens vårdcentral', ' ')],
    ['municipality', 'bad-municipality', other.replace('2080', 'Falun')],
    ['postcode', 'bad-postcode', other.replace('791 31', '091 31')],
    ['phone', 'bad-phone', other.replace('031-390 06 01', '12')],
    ['central', 'bad-yes-no', other.replace(',ja', ',kanske')],
    ['', 'column-count', `${other},extra`],
    ['hsa_id', 'duplicate', row],
  ])('leaves out a row with a fault in %s (%s), by its row', (column, code, bad) => {
    const good = row.replace('1001', '1002')
    const {
      clinics,
      rejected,
      bad: count,
    } = readClinics('c.csv', utf8(`${english}${bad}\n${good}\n`))
    expect(rejected).toEqual([expect.objectContaining({ row: 3, column, code })])
    expect(count).toBe(1)
    expect(clinics.map((c) => c.hsaId)).toEqual(['SE2321000180-1001', 'SE2321000180-1002'])
  })

  it.each([
    ['nothing', '', 'is empty'],
    ['a header alone', english.split('\n')[0]!, 'no rows'],
    ['a column too few', english.replace('phone,', 'x,'), 'lacks phone'],
    ['a column twice', english.replace('central', 'telefon'), 'two columns for phone'],
    ['a quote that never ends', english.replace('Gatan', '"Gatan'), "can't be read as CSV"],
  ])('is refused with %s', (_, text, message) => {
    expect(() => readClinics('c.csv', utf8(text))).toThrow(message)
  })

  it('is refused when more than one row in twenty is bad, unless forced', () => {
    const rejected = [{ row: 2, column: 'name', code: 'missing', message: 'm' }]
    expect(() =>
      refuseIfMostlyBad(
        'c.csv',
        { rows: 19, bad: 1, rejected },
        { force: false, rejectedFile: 'r.csv' },
      ),
    ).toThrow(/1 of 19 rows are bad.*row 2, name.*r\.csv/)
    refuseIfMostlyBad('c.csv', { rows: 20, bad: 1, rejected }, { force: false })
    refuseIfMostlyBad('c.csv', { rows: 1, bad: 1, rejected }, { force: true })
  })

  it('writes no cell that a spreadsheet would run', () => {
    expect(rejectedCsv([{ row: 2, column: 'name', code: 'x', message: '=cmd()' }])).toBe(
      "\uFEFFrow,column,code,message\n2,name,x,'=cmd()\n",
    )
  })
})

describe('a file from a spreadsheet or an old system', () => {
  it.each([
    ['that names its separator', `sep=,\r\n${english}`],
    ['with tabs', english.replaceAll(',', '\t')],
    ['with mixed ends of rows', english.replace('\n', '\r')],
    ['with empty rows and cells to the right', `${english.replace(/ja\n/, 'ja,,\n')},,,\n`],
    [
      'with other hyphens, signs that take no room and marks for text',
      english.replace('80-10', '80–10').replace('SE', "'SE").replace('Gatan', 'Ga\u00adtan'),
    ],
  ])('is read %s', (_, text) => {
    const { clinics, rejected } = readClinics('c.csv', utf8(text))
    expect([rejected, clinics]).toEqual([[], readClinics('c.csv', utf8(english)).clinics])
  })

  it.each([
    ['double-encoded', Buffer.from(Buffer.from(english).toString('latin1'))],
    ['replacement-characters', utf8(english.replace('Ä', '\ufffd'))],
    ['mac-roman', latin(english.replace('Älvens', 'Vallj\x8arn'))],
    ['utf-16', Buffer.from(`\ufeff${english}`, 'utf16le')],
    ['not-text', gzipSync(english).subarray(0, 60)],
    ['not-text', Buffer.from('PK\x03\x04 and so on')],
  ])('is refused as %s, whole', (code, bytes) => {
    expect(() => readClinics('c.csv', bytes)).toThrow(expect.objectContaining({ code }))
  })

  it.each([
    ['municipality', 'bad-municipality', row.replace('2080', '80')],
    ['name', 'nul-byte', row.replace('Ä', '\0')],
  ])('has a row with a fault in %s (%s)', (column, code, bad) => {
    const { rejected } = readClinics('c.csv', utf8(english.replace(row, bad)))
    expect(rejected).toEqual([expect.objectContaining({ row: 2, column, code })])
  })

  it.each(['xx', '__proto__', 'constructor'])('speaks no %s', (tag) => {
    const text = english.replace('central', 'languages').replace(',ja', `,${tag}`)
    expect(readClinics('c.csv', utf8(text)).rejected).toEqual([
      expect.objectContaining({ column: 'languages', code: 'bad-language' }),
    ])
  })

  it.each(['__proto__', 'constructor', 'toString'])('has no state %s', (state) => {
    const given = `clinic,day,vials,state\nSE2321000180-1001,20210315,5,${state}\n`
    expect(readSupply('s.csv', utf8(given), known).rejected).toEqual([
      expect.objectContaining({ row: 2, column: 'state', code: 'bad-state' }),
    ])
    const booked = readBookingRow({ status: state, clinic: 'SE2321000180-1001' }, 'p', '2021-03-15')
    expect(booked).toMatchObject({
      rejected: expect.arrayContaining([
        expect.objectContaining({ column: 'status', code: 'bad-status' }),
      ]) as unknown,
    })
  })

  it('has the day of a delivery as old systems write it', () => {
    const given = 'clinic,day,vials,state\nSE2321000180-1001,20210315,5,planerad\n'
    expect(readSupply('s.csv', utf8(given), known).supply[0]?.day).toBe('2021-03-15')
  })
})

describe('a time in a file of slots', () => {
  it.each([
    ['2021-03-15 08:05', '2021-03-15T07:05:00.000Z'],
    ['2021-07-15T08:05:00', '2021-07-15T06:05:00.000Z'],
    ['2021-03-15T08:05+02:00', '2021-03-15T06:05:00.000Z'],
    ['2021-03-15T08:05:00Z', '2021-03-15T08:05:00.000Z'],
    ['2021-10-31T02:30+02:00', '2021-10-31T00:30:00.000Z'],
    ['2021-10-31T02:30+01:00', '2021-10-31T01:30:00.000Z'],
  ])('%s is %s', (text, moment) => {
    expect(readTime(text)).toEqual({ at: new Date(moment) })
  })
  it.each([
    ['2021-03-28 02:30', 'no-such-time'],
    ['2021-10-31 02:30', 'time-comes-twice'],
    ['2021-02-30 08:00', 'bad-time'],
    ['0001-01-01 08:00', 'bad-time'],
    ['9999-01-01 08:00', 'bad-time'],
    ['2021-03-15', 'bad-time'],
    ['15/3 8.00', 'bad-time'],
    ['', 'bad-time'],
  ])('%s is refused: %s', (text, code) => {
    expect(readTime(text)).toMatchObject({ code })
  })
})

describe('a file of slots', () => {
  it('reads the same in Swedish and English', async () => {
    const [a, b] = [
      readSlots('a', await readFile('samples/slots/slots.csv'), known),
      readSlots('b', await readFile('samples/slots/tider.csv'), known),
    ]
    expect(a).toEqual(b)
    expect(a.slots).toHaveLength(3)
    expect(a.slots[1]).toEqual({
      hsaId: 'SE2321000180-1001',
      startsAt: new Date('2031-03-17T07:05:00Z'),
      minutes: 5,
      capacity: 2,
      taken: 0,
      overbooking: 1,
      bookingUrl: null,
      bookingPhone: null,
    })
  })

  it.each([
    ['clinic', 'unknown-clinic', 'SE2321000180-9999,2021-03-15 08:05,2'],
    ['starts_at', 'bad-time', 'SE2321000180-1001,08:05,2'],
    ['starts_at', 'duplicate', 'SE2321000180-1001,2021-03-15 08:00,2'],
    ['capacity', 'bad-number', 'SE2321000180-1001,2021-03-15 08:05,-1'],
    ['capacity', 'bad-number', 'SE2321000180-1001,2021-03-15 08:05,'],
  ])('leaves out a row with a fault in %s (%s)', (column, code, bad) => {
    const { slots, rejected } = readSlots(
      's.csv',
      utf8(`clinic,starts_at,capacity\nSE2321000180-1001,2021-03-15 08:00,1\n${bad}\n`),
      known,
    )
    expect(slots).toHaveLength(1)
    expect(rejected).toEqual([expect.objectContaining({ row: 3, column, code })])
  })
})

describe('SMART Scheduling Links', () => {
  it('reads the slots a manifest on disk leads to', async () => {
    const source = await readSource('samples/slots/$bulk-publish')
    expect(isManifest(source.bytes)).toBe(true)
    const { rows, slots, rejected } = await readSchedulingLinks(source, known)
    expect(rejected).toEqual([])
    expect(rows).toBe(8)
    expect(slots).toEqual([
      {
        hsaId: 'SE2321000180-1001',
        startsAt: new Date('2031-03-17T07:00:00Z'),
        minutes: 5,
        capacity: 3,
        taken: 2,
        overbooking: 0,
        bookingUrl: 'https://boka.example/slots/1',
        bookingPhone: '+46313900611',
      },
      {
        hsaId: 'SE2321000180-1001',
        startsAt: new Date('2031-03-17T07:05:00Z'),
        minutes: 5,
        capacity: 1,
        taken: 0,
        overbooking: 0,
        bookingUrl: null,
        bookingPhone: null,
      },
      {
        hsaId: 'SE2321000180-1002',
        startsAt: new Date('2031-03-17T07:00:00Z'),
        minutes: 540,
        capacity: 100,
        taken: 0,
        overbooking: 0,
        bookingUrl: null,
        bookingPhone: null,
      },
    ])
  })

  describe('from the web', () => {
    let server: Server
    let base: string
    const files: Record<string, { status?: number; location?: string; body?: string }> = {}
    beforeAll(async () => {
      server = createServer((request, response) => {
        const file = files[request.url ?? ''] ?? { status: 404 }
        response.writeHead(file.status ?? 200, file.location ? { location: file.location } : {})
        response.end(file.body ?? '')
      })
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      for (const name of [
        '$bulk-publish',
        'locations.ndjson',
        'schedules.ndjson',
        'slots-2031-W12.ndjson',
      ])
        files[`/feed/${name}`] = { body: await readFile(`samples/slots/${name}`, 'utf8') }
      files['/old'] = { status: 302, location: '/feed/$bulk-publish' }
      files['/loop'] = { status: 302, location: '/loop' }
      files['/away'] = { status: 302, location: 'http://localhost:1/' }
      files['/file'] = { status: 302, location: 'file:///etc/hostname' }
      files['/outside'] = {
        body: JSON.stringify({
          output: [{ type: 'Slot', url: 'http://localhost:1/slots.ndjson' }],
        }),
      }
    })
    afterAll(() => new Promise((done) => server.close(done)))

    it('reads the same, also after a redirect', async () => {
      const local = await readSchedulingLinks(
        await readSource('samples/slots/$bulk-publish'),
        known,
      )
      expect((await readSchedulingLinks(await readSource(`${base}/old`), known)).slots).toEqual(
        local.slots,
      )
    })

    it.each([
      ['/missing', 'answered 404'],
      ['/loop', 'more than 5 times'],
      ['/away', 'another host'],
      ['/file', 'neither http nor https'],
    ])('refuses %s', async (path, message) => {
      await expect(readSource(`${base}${path}`)).rejects.toThrow(message)
    })
    it('refuses other protocols, passwords in the address, and links to other hosts or out of the folder', async () => {
      await expect(readSource('ftp://example.org/x')).rejects.toThrow('neither http nor https')
      await expect(readSource(base.replace('//', '//me:secret@'))).rejects.toThrow(
        'with a password',
      )
      await expect(readSchedulingLinks(await readSource(`${base}/outside`), known)).rejects.toThrow(
        'another host',
      )
      await expect(
        (await readSource('samples/slots/$bulk-publish')).follow('../../package.json'),
      ).rejects.toThrow('outside its own folder')
      await expect(readSource('no/such/file')).rejects.toThrow("can't be read")
    })
  })

  const source = (files: Record<string, string>) => ({
    name: 'm',
    bytes: utf8(
      JSON.stringify({ output: Object.keys(files).map((type) => ({ type, url: type })) }),
    ),
    follow: (type: string) =>
      Promise.resolve({
        name: `${type}.ndjson`,
        bytes: utf8(files[type]!),
        follow: () => Promise.reject(new Error()),
      }),
  })
  const location = '{"resourceType":"Location","id":"SE2321000180-1001"}'
  const schedule =
    '{"resourceType":"Schedule","id":"s","actor":[{"reference":"Location/SE2321000180-1001"}]}'
  const slot = {
    resourceType: 'Slot',
    id: '1',
    schedule: { reference: 'Schedule/s' },
    status: 'free',
    start: '2021-03-15T08:00:00+01',
    end: '2021-03-15T08:05:00+01',
  }
  it.each([
    ['', 'bad-json', '{"resourceType":"Slot"'],
    ['schedule', 'bad-resource', { resourceType: 'Slot', id: 'x' }],
    ['', 'bad-text', { ...slot, id: 'a\0' }],
    ['', 'bad-text', '{"id":"\\ud800"}'],
    ['start', 'bad-time', { ...slot, start: '0001-01-01T00:00:00Z' }],
    ['status', 'bad-status', { ...slot, status: 'tentative' }],
    ['start', 'bad-time', { ...slot, start: '2021-03-15T08:00:00' }],
    ['end', 'bad-length', { ...slot, end: slot.start }],
    ['schedule', 'unknown-clinic', { ...slot, schedule: { reference: 'Schedule/none' } }],
    [
      'slot-capacity',
      'bad-number',
      {
        ...slot,
        extension: [
          {
            url: 'http://hl7.org/fhir/uv/smart-scheduling-links/StructureDefinition/slot-capacity',
            valueInteger: -1,
          },
        ],
      },
    ],
    [
      'booking-deep-link',
      'bad-url',
      {
        ...slot,
        extension: [
          {
            url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/booking-deep-link',
            valueUrl: 'javascript:alert(1)',
          },
        ],
      },
    ],
    [
      'booking-phone',
      'bad-phone',
      {
        ...slot,
        extension: [
          {
            url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/booking-phone',
            valueString: 'ring',
          },
        ],
      },
    ],
  ])('leaves out a slot with a fault in %s (%s)', async (column, code, bad) => {
    const text = `${JSON.stringify(slot)}\n${typeof bad === 'string' ? bad : JSON.stringify(bad)}\n`
    const read = await readSchedulingLinks(
      source({ Location: location, Schedule: schedule, Slot: text }),
      known,
    )
    expect(read).toMatchObject({ rows: 4, bad: 1, slots: [{ capacity: 1, minutes: 5 }] })
    expect(read.rejected).toEqual([expect.objectContaining({ row: 2, column, code })])
  })
  it('is refused when the manifest is none', async () => {
    await expect(
      readSchedulingLinks({ ...source({}), bytes: utf8('{"entry":[]}') }, known),
    ).rejects.toThrow('not a $bulk-publish manifest')
  })
})
