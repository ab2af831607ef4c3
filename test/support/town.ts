import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { DateTime } from 'luxon'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { recordFailedSearch } from '../../src/bookings/cancel.ts'
import { freeTimes } from '../../src/bookings/find.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { campaignsInState } from '../../src/campaigns/store.ts'
import type { Cli } from '../../src/cli/command.ts'
import { addCommands } from '../../src/cli/commands.ts'
import { recountForToday } from '../../src/clinics/doses/store.ts'
import { zone } from '../../src/clock.ts'
import { transaction } from '../../src/db/pool.ts'
import { followLinks } from '../../src/campaigns/follow-links.ts'
import { finishCampaigns } from '../../src/ledger/campaigns.ts'
import { takeNextChannel } from '../../src/messages/dispatch/next-channel.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { testPersonnummer } from '../../src/people/identity/test-number.ts'
import { expireOpen } from '../../src/release/store.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { clinicDay } from '../../src/visits/day-list.ts'
import { faultsSeen, type Lot, type Outside, type Places, type Queue } from './outside.ts'
import { readMessages, type ReadMessage } from './read-messages.ts'
import { appOf, sending } from './sending.ts'

export interface Resident {
  name: string
  /** YYYY-MM-DD, another for each */
  born: string
  /** the clinic's name at which they are listed */
  clinic: string
  phone?: string
  email?: string
  household?: string
}

export interface TownClinic {
  name: string
  area: string
}

export interface Stated {
  clinic: string
  /** 2021-03-15 09:00 */
  at: string
  capacity: number
  overbooking?: number
}

/** What a courier leaves, in vials of one dose. */
export interface Delivery extends Lot {
  state?: 'planned' | 'confirmed' | 'received'
}

export type Town = Awaited<ReturnType<typeof town>>

/**
 * A town with its clinics and people, from an empty database and by the program's own commands and files; the test is the
 * region's staff, the clinics, the courier and the residents. `faults` looks at all of it from outside.
 */
export async function town(clinics: TownClinic[], residents: Resident[]) {
  const s = await sending({ people: 0, places: 0 })
  const app = appOf(s)
  const stated = new Map<string, Places>()
  const lots = new Map<string, Lot>()
  const chose: { person: string; startsAt: Date }[] = []
  const called = new Map<string, { person: string }>()
  const what = new Map<string, string>()
  let files = 0

  const file = (ending: string, text: string): string => {
    const path = join(s.folder, `file-${++files}.${ending}`)
    writeFileSync(path, text)
    return path
  }
  const csv = (header: string, lines: (string | number | undefined)[][]): string =>
    file('csv', [header, ...lines.map((line) => line.map((v) => v ?? '').join(';')), ''].join('\n'))
  const hsaId = (name: string): string =>
    `SE2321000180-${1001 + clinics.findIndex((clinic) => clinic.name === name)}`

  /** Runs one command. @returns what it says with --json */
  async function kallelse<T>(...words: string[]): Promise<T> {
    let said: unknown
    const cli: Cli = {
      stop: new AbortController().signal,
      withApp: (work) => work(app),
      answer: (_command, _text, json) => void (said = json),
      failed: () => undefined,
    }
    const program = new Command('kallelse').option('--json').exitOverride()
    await addCommands(program, cli, words)
    await program.parseAsync(words, { from: 'user' })
    return said as T
  }

  const slotsFile = (slots: Stated[]): string => {
    for (const { clinic, at, capacity, overbooking = 0 } of slots) {
      const startsAt = DateTime.fromSQL(at, { zone }).toJSDate()
      stated.set(`${clinic} ${at}`, { clinic, startsAt, places: capacity + overbooking })
    }
    return csv(
      'clinic;starts_at;minutes;capacity;overbooking',
      slots.map(({ clinic, at, capacity, overbooking = 0 }) => [
        hsaId(clinic),
        at,
        5,
        capacity,
        overbooking,
      ]),
    )
  }

  /** What the worker does in a while: plans, gives times, releases, and sends what is due. */
  async function work(): Promise<void> {
    const { pool } = s.db
    const { clock, jobs } = s
    const now = clock.now()
    await recountForToday(pool, now)
    await transaction(pool, (tx) => followLinks(tx, now))
    for (const { id } of await campaignsInState(pool, ['planning']))
      await planCampaign({ pool, clock }, id)
    for (const { id } of await campaignsInState(pool, ['running'])) {
      await assignTimes({ pool, clock, config: s.config }, id)
      await releaseWave({ pool, clock, jobs }, id)
    }
    for (const { id } of await campaignsInState(pool, ['running']))
      await printLetters(s.printDeps(), id)
    while ((await s.send('email')) + (await s.send('sms')) > 0);
    await transaction(pool, (tx) => takeNextChannel(tx, now))
    await withdrawUndelivered(pool, now)
    await expireOpen(pool, now)
    await finishCampaigns(pool, now)
  }

  const messages = (): ReadMessage[] =>
    readMessages(s, {
      people: residents,
      clinics: clinics.map((clinic) => clinic.name),
      purposes: what,
    })

  async function lists() {
    const days = [...new Set([...stated.keys()].map((key) => key.slice(-16, -6)))]
    const found = []
    for (const { name } of clinics)
      for (const day of days) {
        if (![...stated.keys()].some((key) => key.startsWith(`${name} ${day}`))) continue
        const { visitors } = await clinicDay(app, hsaId(name), day, 'mottagningen')
        found.push(...visitors.map((visitor) => ({ ...visitor, clinic: name })))
      }
    return found
  }

  await kallelse(
    'import',
    'clinics',
    csv(
      'hsa_id;name;municipality;area;street;postcode;town;phone;phone_hours',
      clinics.map(({ name, area }, i) => [
        hsaId(name),
        name,
        '2080',
        area,
        `Provgatan ${i + 1}`,
        '791 31',
        'Falun',
        '+46846500401',
        'vardagar 8–16',
      ]),
    ),
  )
  await kallelse(
    'import',
    'people',
    csv(
      'personnummer;förnamn;efternamn;gatuadress;postnummer;postort;kommun;mottagning;telefon;e-post;hushåll',
      residents.map(({ name, born, clinic, phone, email, household }, i) => [
        testPersonnummer(born, 980),
        ...name.split(' '),
        `Bygatan ${i + 1}`,
        '791 31',
        'Falun',
        '2080',
        hsaId(clinic),
        phone,
        email,
        household,
      ]),
    ),
  )

  return {
    s,
    kallelse,
    hsaId,
    work,
    messages,
    csv,
    identityNumber: (name: string): string =>
      testPersonnummer(residents.find((r) => r.name === name)!.born, 980),
    /** It is now, e.g. 2021-03-12 16:00. */
    async goTo(moment: string): Promise<void> {
      s.clock.moveTo(DateTime.fromSQL(moment, { zone }).toJSDate())
      await work()
    },
    /** The clinics state their times. */
    state: (slots: Stated[]) => kallelse<object>('import', 'slots', slotsFile(slots)),
    slotsFile,
    /** The courier's plan, or what came of it: the last that was said of a clinic and a day is what comes. */
    deliver(deliveries: Delivery[]) {
      for (const { state = 'confirmed', ...lot } of deliveries)
        if (state === 'planned') lots.delete(`${lot.clinic} ${lot.day}`)
        else lots.set(`${lot.clinic} ${lot.day}`, lot)
      return kallelse<{ short: { by: number }[] }>(
        'import',
        'supply',
        csv(
          'clinic;day;vials;dose_min;dose_expected;dose_max;state;use_by',
          deliveries.map(({ clinic, day, doses, state = 'confirmed', useBy }) => [
            hsaId(clinic),
            day,
            doses,
            1,
            1,
            1,
            state,
            useBy,
          ]),
        ),
      )
    },
    /** A campaign is made of a file, approved by two, and started; the worker begins with it. */
    async start(spec: { name: string; purpose: string; what: { sv: string } }): Promise<void> {
      what.set(spec.what.sv, spec.purpose)
      await kallelse('campaign', 'create', file('yaml', JSON.stringify(spec)), '--by', 'anna')
      for (const by of ['anna', 'bertil'])
        await kallelse('campaign', 'approve', spec.name, '--by', by)
      await kallelse('campaign', 'start', spec.name, '--by', 'anna')
      await work()
    },
    /** Somebody who has a letter that tells them to book looks for a time, and takes the first. @returns whether there was one */
    async books(name: string, purpose: string): Promise<boolean> {
      const { clinic } = residents.find((r) => r.name === name)!
      const { area } = clinics.find((c) => c.name === clinic)!
      const code = messages()
        .filter((m) => m.person === name && m.purpose === purpose && m.code)
        .at(-1)!.code!
      const [time] = await freeTimes(s.db.pool, { area, from: s.clock.now(), limit: 1 })
      if (!time) {
        await recordFailedSearch(s.db.pool, s.clock, code)
        return false
      }
      await bookByCode(s.db.pool, s.clock, code, time.slotId, 'person')
      chose.push({ person: name, startsAt: time.startsAt })
      return true
    },
    /** The clinics' lists, with the number of each visit. */
    lists,
    /** Each clinic calls those on its list, and says that they have been told. */
    async callAll(): Promise<number> {
      let n = 0
      for (const { name } of clinics) {
        const { calls } = await kallelse<{ calls: { id: number; name: string }[] }>(
          ...['call-list', 'next', '--clinic', hsaId(name), '--by', 'mottagningen'],
          ...['--limit', '200'],
        )
        for (const call of calls) {
          called.set(call.name, { person: call.name })
          await kallelse('call-list', 'tried', String(call.id), 'told', '--by', 'mottagningen')
          n++
        }
      }
      return n
    },
    /** What is wrong, seen from outside. */
    async faults(queues: Queue[], more: Partial<Outside> = {}): Promise<string[]> {
      const report = await kallelse<Pick<Outside, 'funnels'> & { campaigns: Outside['funnels'] }>(
        'report',
      )
      return faultsSeen({
        messages: messages(),
        bookings: (await lists()).map(({ clinic, startsAt, what: words, person }) => ({
          clinic,
          startsAt,
          person: person?.name ?? 'somebody with protected identity',
          purpose: what.get(words) ?? words,
        })),
        places: [...stated.values()],
        lots: [...lots.values()],
        chose,
        calls: [...called.values()],
        queues,
        funnels: report.campaigns,
        postDays: 3,
        holidays: ['2021-04-02', '2021-04-05'],
        ...more,
      })
    },
    close: () => s.close(),
  }
}

/** The n-th name of a play; no two are the same. */
export const nameOf = (n: number): string =>
  `${givenNames[n % givenNames.length]} ${familyNames[Math.floor(n / givenNames.length)]}`

const givenNames =
  'Ada Bo Cia Dan Eva Fia Gun Hans Ida Jan Kaj Lea Max Nils Olle Pia Rut Sven Tor Ulla'.split(' ')
const familyNames =
  'Alm Berg Dahl Ek Falk Gran Hed Lind Malm Nord Odell Palm Ros Sund Tall Udd Vik Ås Öst Ängs Bäck Cato Dyk Ulv Frid Glad Hjort Ivar Kvist Lans Moberg Norén Orre Prim Rask Stam Träff Uhr Våg Yttling'.split(
    ' ',
  )

/** Letters with a fixed time. */
export const byLetter = (template: string) => [
  {
    route: 'post',
    needs: ['address'],
    steps: [{ step: 'invitation', channel: 'letter', template }],
  },
]

/** What campaign files of these plays have in common. */
export const campaignFile = (over: {
  name: string
  purpose: string
  way: 'open' | 'timed'
  cohort: object
  what: { sv: string }
  channels?: object[]
  [other: string]: unknown
}) => ({
  channels: byLetter(over.way === 'open' ? 'invitation-open' : 'invitation-timed'),
  languages: ['sv'],
  postDays: 3,
  leastNotice: 0,
  release: { policy: 'strict' },
  signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
  ...over,
})
