import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import fc from 'fast-check'
import type { Cli } from '../../src/cli/command.ts'
import { addCommands } from '../../src/cli/commands.ts'
import { row, rows } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { hostileText } from '../support/hostile.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

/** Files of every kind, damaged. FUZZ_FILES=2000 is the long run. A failure prints its seed; FUZZ_SEED tries another. */
const numRuns = Number(process.env['FUZZ_FILES'] ?? 150)
const seed = Number(process.env['FUZZ_SEED'] ?? 14)

/** Each kind: the command, with FILE for the damaged file, and good files of it. */
const kinds: { command: string[]; samples: string[] }[] = [
  {
    command: ['import', 'people', 'FILE', '--part'],
    samples: ['people/people.csv', 'people/people.ndjson', 'people/people-windows-1252.csv'],
  },
  { command: ['import', 'clinics', 'FILE'], samples: ['dalarna/clinics.csv'] },
  {
    command: ['import', 'slots', 'FILE'],
    samples: ['slots/slots.csv', 'slots/tider.csv', 'slots/$bulk-publish'],
  },
  {
    command: ['import', 'slots', 'slots/$bulk-publish'],
    samples: ['slots/locations.ndjson', 'slots/schedules.ndjson', 'slots/slots-2031-W12.ndjson'],
  },
  { command: ['import', 'supply', 'FILE'], samples: ['supply/supply.csv'] },
  {
    command: ['import', 'bookings', 'FILE'],
    samples: ['bookings/bookings.csv', 'bookings/appointments.ndjson'],
  },
  {
    command: ['import', 'doses', 'FILE', '--purpose', 'covid-19/dose-{n}', '--disease', 'J07BN'],
    samples: ['doses/vaccination-history.xml', 'doses/doses.csv'],
  },
  {
    command: ['import', 'group', 'personal', 'FILE', '--answers', 'Anna'],
    samples: ['groups/personal-ambulans.csv'],
  },
  { command: ['import', 'positions', 'FILE'], samples: ['geo/dalarna.csv'] },
  {
    command: ['reconcile', 'FILE'],
    samples: ['receipts/receipt.csv', 'receipts/receipt.ndjson'],
  },
  { command: ['check', 'address', 'FILE'], samples: ['people/addresses.ndjson'] },
  {
    command: ['campaign', 'create', 'FILE', '--by', 'anna'],
    samples: ['campaigns/open.yaml', 'campaigns/reissue.yaml'],
  },
  {
    command: [
      'notice',
      'create',
      'fuzzed',
      '--kind',
      'information',
      '--words',
      'FILE',
      '--audience',
      'all',
      '--signer',
      'Anna, läkare',
      '--by',
      'anna',
    ],
    samples: ['notices/information.yaml', 'notices/doctor.yaml'],
  },
  { command: ['goal', 'set', 'FILE', '--by', 'anna'], samples: ['goals/covid-19.yaml'] },
  { command: ['purpose', 'add', 'FILE', '--by', 'anna'], samples: ['purposes/covid-19.yaml'] },
]

let s: Sending
let counts: string
let folder: string
beforeAll(async () => {
  s = await sending({ people: 3, places: 3 })
  folder = join(s.folder, 'fuzzed')
  await mkdir(folder)
  const tables = await rows<{ name: string }>(
    s.db.pool,
    `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
  )
  counts = tables
    .map(({ name }) => `select '${name}' as name, count(*)::int as n from "${name}"`)
    .join(' union all ')
})
afterAll(() => s.close())

const counted = async () =>
  (await row<{ all: unknown }>(
    s.db.pool,
    `select jsonb_object_agg(name, n) as all from (${counts}) c`,
  ))!.all

async function kallelse(words: string[]): Promise<void> {
  const app = appOf(s)
  const cli: Cli = {
    stop: new AbortController().signal,
    withApp: (work) => work(app),
    answer: () => undefined,
    failed: () => undefined,
  }
  const program = new Command('kallelse').option('--json').exitOverride()
  await addCommands(program, cli, words)
  await program.parseAsync(words, { from: 'user' })
}

/** What is done to a file: at a share of its length, something is put in, taken out, turned or cut. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.constantFrom(
    'value',
    'value',
    'value',
    'insert',
    'escape',
    'delete',
    'flip',
    'cut',
    'repeat',
  ),
  text: hostileText,
  length: fc.nat({ max: 60 }),
})
type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never

const bytesOf = (text: string) => Buffer.from(text.toWellFormed())

function damaged(file: Buffer, { at, how, text, length }: Damage): Buffer {
  const from = Math.floor(at * file.length)
  const put = (bytes: Buffer, to = from) =>
    Buffer.concat([file.subarray(0, from), bytes, file.subarray(to)])
  if (how === 'insert') return put(bytesOf(text))
  if (how === 'escape') return put(Buffer.from(JSON.stringify(text).slice(1, -1)))
  if (how === 'delete') return put(Buffer.alloc(0), from + length)
  if (how === 'cut') return file.subarray(0, from)
  if (how === 'repeat') return put(file.subarray(from, from + length))
  if (how === 'flip') {
    const turned = Buffer.from(file)
    if (from < turned.length) turned[from]! ^= 1 << (length % 8)
    return turned
  }
  // A whole value, up to the next sign that ends one.
  const rest = file.subarray(from).toString('latin1')
  const start = /[,;\n":>]/.exec(rest)
  if (!start) return file
  const end = /[,;\n"<]/.exec(rest.slice(start.index + 1))
  const [a, b] = [from + start.index + 1, from + start.index + 1 + (end?.index ?? 0)]
  const value = length % 2 ? bytesOf(text) : Buffer.from(JSON.stringify(text).slice(1, -1))
  return Buffer.concat([file.subarray(0, a), value, file.subarray(b)])
}

const given = fc.constantFrom(...kinds).chain(({ command, samples }) =>
  fc.record({
    command: fc.constant(command),
    sample: fc.constantFrom(...samples),
    damages: fc.array(damage, { minLength: 1, maxLength: 3 }),
    force: fc.boolean(),
  }),
)

/** Whether the command line answers it with one clear line instead of a stack trace: as main.ts decides. */
const isClear = (error: unknown): boolean =>
  error instanceof Refused && error.message !== '' && !/\n\s+at /.test(error.message)

it('answers a damaged file of every kind with what to do, and a no does nothing', async () => {
  await cp('samples/slots', join(folder, 'slots'), { recursive: true })
  await fc.assert(
    fc.asyncProperty(given, async ({ command, sample, damages, force }) => {
      const path = join(folder, sample)
      await mkdir(dirname(path), { recursive: true })
      const whole = readFileSync(join('samples', sample))
      await writeFile(path, damages.reduce(damaged, whole))
      const before = await counted()
      const words = command.map((word) =>
        word === 'FILE' ? path : word.startsWith('slots/') ? join(folder, word) : word,
      )
      const forced = force && command[0] === 'import' && command[1] !== 'positions'
      try {
        await kallelse(forced ? [...words, '--force'] : words)
      } catch (error) {
        if (!isClear(error)) throw error
        expect(await counted()).toEqual(before)
      } finally {
        await writeFile(path, whole)
      }
    }),
    { numRuns, seed, interruptAfterTimeLimit: 3_600_000 },
  )
}, 3_600_000)
