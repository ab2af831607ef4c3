import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import { localCredentials } from '../../src/demo/stand-ins/credentials.ts'
import { openChannels } from '../../src/channels/open.ts'
import { openPrintFolder } from '../../src/channels/print-folder.ts'
import { MovableClock } from '../../src/clock.ts'
import { readConfig } from '../../src/config.ts'
import { startEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { openPool, row, run } from '../../src/db/pool.ts'
import { openJobs } from '../../src/jobs/boss.ts'
import { openLog } from '../../src/log.ts'
import { composer } from '../../src/messages/compose.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { loadTexts } from '../../src/texts/texts.ts'
import { handMadeRows } from './hand-made-database.ts'

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

/**
 * Processor time in milliseconds of all processes of the database server: those whose parent is the one in
 * postmaster.pid, and itself. undefined where there is no /proc
 */
async function serverTime(folder: string): Promise<number | undefined> {
  const postmaster = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split(
    '\n',
  )[0]
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  let ticks: number | undefined
  for (const id of processes) {
    const [, about = ''] = (await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '')).split(
      ') ',
    )
    const [, parent, ...more] = about.split(' ')
    if (parent === postmaster || id === postmaster)
      ticks = (ticks ?? 0) + Number(more[9]) + Number(more[10])
  }
  return ticks === undefined ? undefined : ticks * 10 // 100 ticks a second
}

const aLetter = (before: number | undefined, after: number | undefined, letters: number) =>
  before === undefined || after === undefined ? undefined : (1000 * (after - before)) / letters

/**
 * From planned invitations in a real database to sealed batches with their manifests on disk: letters a
 * second by the clock, and the most memory used.
 */
export async function fromDatabase(people: number, json: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  const server = await startEmbedded(folder)
  try {
    const pool = openPool(server.url, 10)
    await migrate(pool)
    await region(pool, people)
    const log = openLog('silent')
    const clock = new MovableClock(new Date('2021-03-08T07:00:00+01:00'))
    const jobs = await openJobs(pool, log)
    const by = { pool, clock, jobs, textGate: () => Promise.resolve({}) } // nobody reads these letters
    const { id, name } = await createCampaign(by, spec, 'anna')
    await approveCampaign(by, name, 'anna')
    await approveCampaign(by, name, 'bertil')
    await startCampaign(by, name, 'anna')
    await planCampaign(by, id)
    await run(pool, 'analyze')
    const { publicKey: _, ...keys } = localCredentials(folder)
    const config = { ...readConfig({}), ...keys }
    const texts = await loadTexts()
    const compose = composer(texts, openChannels(config), config)
    let most = 0
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50)
    const serverBefore = await serverTime(folder)
    const before = process.cpuUsage()
    const start = performance.now()
    const released = await releaseWave({ pool, clock, jobs }, id)
    const ready = performance.now()
    const letters = await printLetters(
      {
        pool,
        clock,
        log,
        compose,
        texts,
        place: () => openPrintFolder(join(folder, 'print')),
        schedule: { cutOff: '23:59', capacity: undefined, unannounced: undefined },
        workFolder: join(folder, 'work'),
        batchSize: 1000,
        stopping: () => false,
      },
      id,
    )
    const end = performance.now()
    const { user, system } = process.cpuUsage(before)
    const serverAfter = await serverTime(folder)
    clearInterval(watch)
    const files = await readdir(join(folder, 'print'))
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(join(folder, 'print', file))).size),
    )
    const handedOver = await row<{ n: number }>(
      pool,
      `select count(*)::int as n from batch where state = 'handed-over'`,
    )
    const [handBefore, handStart] = [await serverTime(folder), performance.now()]
    await handMadeRows(pool, people)
    const handSeconds = (performance.now() - handStart) / 1000
    const handAfter = await serverTime(folder)
    const ours = (user + system) / letters
    const theirs = aLetter(serverBefore, serverAfter, letters)
    const result = {
      people,
      released,
      letters,
      batches: handedOver?.n,
      lettersPerSecond: Math.round((1000 * letters) / (end - start)),
      printPerSecond: Math.round((1000 * letters) / (end - ready)),
      processorMicrosecondsALetter: Math.round(ours),
      serverMicrosecondsALetter: theirs && Math.round(theirs),
      "lettersPerSecond of two cores' processor time": theirs && Math.round(2e6 / (ours + theirs)),
      'by hand, database: rowsPerSecond': Math.round(people / handSeconds),
      'by hand, database: microsecondsARow': aLetter(handBefore, handAfter, people)?.toFixed(1),
      bytesALetter: Math.round(sizes.reduce((a, b) => a + b, 0) / letters),
      mostMemoryMB: Math.round(most / 2 ** 20),
      othersWaiting: loadavg()[0]?.toFixed(1),
    }
    process.stdout.write(
      json
        ? `${JSON.stringify(result)}\n`
        : Object.entries(result)
            .map(([what, value]) => `${what.padEnd(50)}${value ?? 'not known'}\n`)
            .join(''),
    )
    await jobs.close()
    await pool.end()
  } finally {
    await server.close()
    await rm(folder, { recursive: true, force: true })
  }
}
