import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { openChannels } from '../../src/channels/open.ts'
import { openPrintFolder } from '../../src/channels/print-folder.ts'
import { MovableClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { sealInBench } from '../sealing.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, run } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { composer } from '../../src/messages/compose.ts'
import type { PrintDeps } from '../../src/messages/print/print-deps.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { postgresSeconds } from '../support/postgres-time.ts'
import { report, type Figure } from '../support/report.ts'
import { handMadeRows } from './hand-made-database.ts'
import { registered } from '../purpose.ts'

const spec = {
  name: 'bench',
  purpose: 'covid-19/dose-1',
  way: 'open',
  cohort: { name: 'all', rule: { born: { from: 1920, to: 1990 } } },
  what: {
    sv: 'vaccination mot covid-19',
    en: 'vaccination against covid-19',
    ar: 'التطعيم ضد كوفيد-19',
  },
  channels: [
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
    },
  ],
  signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
}

/** Invented people with names and streets of many kinds, and places for all of them. */
async function region(pool: pg.Pool, people: number): Promise<void> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, registered_address, municipality)
     select to_char(born, 'YYYYMMDD') || (980 + n % 10) || '0', 'personnummer', born, 'Namn' || n % 997,
            'Efternamn' || n % 4999,
            jsonb_build_object('street', 'Provgatan ' || n % 211, 'postcode', '79131', 'town', 'Falun'), '2080'
       from generate_series(1, $1::int) n, lateral (select date '1920-01-01' + n / 10 as born) d`,
    [people],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
                   values ('SE2321000180-PROV', 'Provkliniken', '2080', 'falun', 'Provgatan 2', '79131', 'Falun', '+46701740606', 'kl. 8–16')`,
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select 1, timestamptz '2021-03-15 09:00+01' + d * interval '1 day', $1
       from generate_series(0, 4) d`,
    [people],
  )
}

/** Microseconds of the server's processor time a letter; undefined where there is no /proc. */
const aLetter = (before: number, after: number, letters: number) =>
  after === 0 ? undefined : (1e6 * (after - before)) / letters

interface Run {
  lettersPerSecond: number
  /** processor time in microseconds a letter: ours, and PostgreSQL's (undefined where there is no /proc) */
  ours: number
  theirs: number | undefined
  mostMemoryMB: number
  rowsByHandPerSecond: number
  byHand: number | undefined
}

/**
 * From planned invitations in a real database to handed over batches with their manifests on disk, with a fifth of the
 * letters first: letters a second by the clock, and whether memory grows with their number.
 */
export const fromDatabase = (people: number, json: boolean): Promise<void> =>
  report('letters', json, async () => {
    const few = await measured(Math.ceil(people / 5))
    const all = await measured(people)
    return [speed(people, all), memory(people, few, all)]
  })

const n = (value: number | undefined, digits = 0) =>
  value === undefined
    ? 'unknown'
    : Number(value.toFixed(digits)).toLocaleString('en').replaceAll(',', ' ')

const speed = (people: number, run: Run): Figure => ({
  work: `letters, planned → handed over, ${n(people)}`,
  yardstick: `by hand, rows ${n(run.rowsByHandPerSecond)}/s (${n(run.byHand, 1)} µs of PostgreSQL a row)`,
  now: `${n(run.lettersPerSecond)}/s (processor time a letter: ${n(run.ours)} µs ours, ${n(run.theirs)} PostgreSQL's)`,
  aim: '≥ 3 000/s',
  met: run.lettersPerSecond >= 3000,
  ratio: run.lettersPerSecond / run.rowsByHandPerSecond,
})

const memory = (people: number, few: Run, all: Run): Figure => ({
  work: 'letters, most memory',
  yardstick: `${n(few.mostMemoryMB)} MB with ${n(people / 5)} letters`,
  now: `${n(all.mostMemoryMB)} MB`,
  aim: '≤ 1.2 ×',
  met: all.mostMemoryMB <= 1.2 * few.mostMemoryMB,
})

async function measured(people: number): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  const pool = openPool(server.url, 10)
  try {
    sealInBench()
    await migrate(pool)
    await region(pool, people)
    const clock = new MovableClock(new Date('2021-03-08T07:00:00+01:00'))
    const jobs = await openJobs(pool, openLog('silent'))
    const id = await planned({ pool, clock, jobs, textGate: () => Promise.resolve({}) }) // nobody reads these letters
    const print = await printer(folder, pool, clock)
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50)
    const [serverBefore, before, start] = [
      await postgresSeconds(folder),
      process.cpuUsage(),
      performance.now(),
    ]
    const letters = await releaseAndPrint({ pool, clock, jobs }, id, print)
    const seconds = (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(before)
    const serverAfter = await postgresSeconds(folder)
    clearInterval(watch)
    await jobs.close()
    if (letters !== people) throw new Error(`${letters} of ${people} letters were handed over`)
    const [handBefore, handStart] = [await postgresSeconds(folder), performance.now()]
    await handMadeRows(pool, people)
    return {
      lettersPerSecond: letters / seconds,
      ours: (user + system) / letters,
      theirs: aLetter(serverBefore, serverAfter, letters),
      mostMemoryMB: most / 2 ** 20,
      rowsByHandPerSecond: (1000 * people) / (performance.now() - handStart),
      byHand: aLetter(handBefore, await postgresSeconds(folder), people),
    }
  } finally {
    await pool.end()
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** A started campaign with its plan. @returns its id */
async function planned(by: Parameters<typeof startCampaign>[0]): Promise<number> {
  const { id, name } = await createCampaign(by, await registered(by.pool, spec), 'anna')
  await approveCampaign(by, name, 'anna')
  await approveCampaign(by, name, 'bertil')
  await startCampaign(by, name, 'anna')
  await planCampaign(by, id)
  await run(by.pool, 'analyze')
  return id
}

/** What prints as in production, into a folder. */
async function printer(folder: string, pool: pg.Pool, clock: MovableClock): Promise<PrintDeps> {
  const { publicKey: _, ...keys } = localCredentials(folder)
  const config = { ...readConfig({}), ...keys }
  const texts = await loadTexts()
  return {
    pool,
    clock,
    log: openLog('silent'),
    compose: composer(texts, openChannels(config), config),
    texts,
    place: () => openPrintFolder(join(folder, 'print')),
    schedule: { cutOff: '23:59', capacity: undefined, unannounced: undefined },
    workFolder: join(folder, 'work'),
    batchSize: 1000,
    stopping: () => false,
  }
}

/** Printing begins when the first chunk is released, as its job does. @returns how many letters were handed over */
async function releaseAndPrint(
  deps: Parameters<typeof releaseWave>[0],
  campaign: number,
  print: PrintDeps,
): Promise<number> {
  let releasing = true
  const release = releaseWave(deps, campaign).finally(() => (releasing = false))
  let letters = 0
  for (let more = true; more;) {
    more = releasing // what is released meanwhile is printed in the next round
    const handed = await printLetters(print, campaign)
    letters += handed
    if (more && !handed) await sleep(20)
  }
  await release
  return letters
}
