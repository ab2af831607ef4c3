import { Presets, SingleBar } from 'cli-progress'
import { InvalidArgumentError, type Command } from 'commander'
import { DateTime } from 'luxon'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { App } from '../app.ts'
import { importClinics, importSlots, readAnySlots } from '../clinics/import.ts'
import { readClinics } from '../clinics/read-clinics.ts'
import { readSource } from '../clinics/source.ts'
import type { StatedSlot } from '../clinics/read-slots.ts'
import { MovableClock, zone } from '../clock.ts'
import { readConfig } from '../config.ts'
import { row, rows } from '../db/pool.ts'
import { demoClock, keepDemoClock } from '../demo/clock.ts'
import { Refused } from '../errors.ts'
import { importPeople } from '../people/import/import.ts'
import { writeReport } from '../reports/report.ts'
import { campaignList } from '../reports/status.ts'
import { shownCode } from '../texts/format.ts'
import { listen } from '../web/server.ts'
import { startWorker } from '../worker.ts'
import type { Cli, Register } from './command.ts'
import { openCampaign, reissueCampaign } from '../demo/campaigns.ts'
import { begin, morning, playDay, resumePaused, workingDays, type Play } from '../demo/play.ts'
import { firstWeek, slotsCsv, slotsForWeek, writeRegion } from '../demo/region.ts'
import { writeSampleLetters } from '../demo/samples.ts'
import { writeReceivedIndex } from '../demo/received.ts'
import { openStage, type Stage } from '../demo/stage.ts'
import { summarise, summaryText } from '../demo/summary.ts'

interface Options {
  people: number
}

const firstDay = '2021-03-08'

export const register: Register = (command, cli) => {
  command
    .option('--people <n>', 'how many people the region has, 100 to 17500', numberOfPeople, 17_500)
    .addHelpText(
      'after',
      '\nRun again it goes on where it was, and when all is done it sends nothing. To begin again remove the ' +
        'folders .data and out.',
    )
    .action(async (options: Options, command: Command) => {
      const { people } = options
      const config = readConfig()
      const clock = new MovableClock(morning(firstDay))
      const stage = await openStage(config, clock)
      try {
        await cli.withApp((app) => play(app, stage, people, cli, command), {
          config: stage.config,
          clock,
          // A commit need not wait for the disk, three milliseconds each: what a killed program has written is kept
          // all the same, and of a power cut the journals of the stand-ins would not survive either.
          databaseSettings: { synchronous_commit: 'off' },
        })
      } finally {
        await stage.close()
      }
    })
}

function numberOfPeople(text: string): number {
  const people = Number(text)
  if (!Number.isInteger(people) || people < 100 || people > 17_500)
    throw new InvalidArgumentError('Give a whole number from 100 to 17500.')
  return people
}

async function play(
  app: App,
  stage: Stage,
  people: number,
  cli: Cli,
  command: Command,
): Promise<void> {
  const out = app.config.KALLELSE_OUT
  const clock = app.clock as MovableClock
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  await refuseRealDatabase(app)
  const server = await listen(app)
  try {
    const done = await isDone(app)
    if (done) {
      clock.moveTo(demoClock(app.config)?.now() ?? clock.now())
      tell(
        'The campaigns are finished already: nothing is sent. (To begin again remove the folders of ' +
          'KALLELSE_DATA and KALLELSE_OUT.)',
      )
    } else {
      await importRegion(app, join(out, 'region'), people, tell)
      const worker = await startWorker(app)
      const playing: Play = { app, clock, worker, stopped: () => cli.stop.aborted }
      await playCampaigns(playing, join(out, 'region'), people, tell)
      await worker.stop()
      if (cli.stop.aborted)
        throw new Refused('stopped', 'Stopped. Run the demo again and it goes on where it was.')
      await stage.sms.receiptsPosted()
    }
    const summary = await summarise(app.pool, stage, join(out, 'print'))
    const letters = await writeSampleLetters(app.pool, join(out, 'letters'))
    const received = await writeReceivedIndex(app.pool, stage.folder, [
      stage.mailJournal,
      stage.smsJournal,
    ])
    await writeReport(app.pool, join(out, 'report.html'), {
      now: clock.now(),
      title: 'Region Dalarna (påhittade personer)',
    })
    cli.answer(
      command,
      [
        summaryText(summary),
        '',
        'To look at:',
        ...things(out, letters, received, await whoCanBook(app)),
      ].join('\n'),
      { ...summary, sentNow: !done },
    )
    if (!summary.addsUp) cli.failed()
  } finally {
    await server.close()
  }
}

/** The demo's people must never come among real ones. */
async function refuseRealDatabase(app: App): Promise<void> {
  const other = await row<{ name: string }>(
    app.pool,
    `select file_name as name from import where file_name not like 'demo-%' limit 1`,
  )
  if (other)
    throw new Refused(
      'not-a-demo-database',
      `This database holds data from ${other.name}. The demo wants an empty database of its own: set ` +
        'DATABASE_URL or KALLELSE_DATA to another.',
    )
}

const isDone = async (app: App): Promise<boolean> => {
  const campaigns = await campaignList(app.pool)
  return [openCampaign, reissueCampaign].every(({ name }) =>
    campaigns.some((campaign) => campaign.name === name && campaign.state === 'finished'),
  )
}

async function importRegion(
  app: App,
  folder: string,
  people: number,
  tell: (line: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const region = await demoNamed(await writeRegion(folder, { people, seed: 1 }))
  const bar = new SingleBar(
    { format: 'People  {bar} {value} of {total}', stream: process.stderr, clearOnComplete: true },
    Presets.shades_classic,
  )
  if (process.stderr.isTTY) bar.start(people, 0)
  const imported = await importPeople(
    app,
    { path: region.people },
    { part: true, onProgress: (rows) => bar.update(rows) },
  ).finally(() => bar.stop())
  tell(
    `People: ${imported.rows} rows, ${imported.changeset.new} new, ${imported.changeset.unchanged} ` +
      `unchanged, ${imported.rejected} rejected`,
  )
  const clinics = await readSource(region.clinics)
  const { new: added } = await importClinics(
    app.pool,
    app.clock,
    clinics,
    readClinics(clinics.name, clinics.bytes),
    { dryRun: false, force: false },
  )
  tell(`Clinics: ${added} new`)
}

/** Demo files are known by their name: refuseRealDatabase goes by it. */
async function demoNamed(files: {
  people: string
  clinics: string
}): Promise<{ people: string; clinics: string }> {
  const named = async (path: string) => {
    const to = join(dirname(path), `demo-${basename(path)}`)
    await rename(path, to)
    return to
  }
  return { people: await named(files.people), clinics: await named(files.clinics) }
}

const placesAWeek = 5500
const cutDay = '2021-03-10'
const cutAreas = ['falun', 'mora', 'ludvika']
const reissueDay = '2021-03-22'
const lastDay = '2021-06-30'

/** Plays day by day from where the last run came to, until both campaigns are finished and nobody more answers. */
async function playCampaigns(
  play: Play,
  folder: string,
  people: number,
  tell: (line: string) => void,
): Promise<void> {
  const { app, clock } = play
  const places = Math.ceil((people / 17_500) * placesAWeek)
  const reached =
    (await row<{ day: string | null }>(app.pool, 'select max(day) as day from wave'))?.day ??
    firstDay
  for (const day of workingDays(reached)) {
    clock.moveTo(morning(day))
    for (const line of await resumePaused(play)) tell(`${day}  ${line}`)
    await publishSlots(app, folder, day, places, tell)
    await begin(play, openCampaign)
    if (day >= reissueDay) await begin(play, reissueCampaign)
    const answers = await playDay(play)
    keepDemoClock(app.config, clock.now())
    tell(
      `${day}  ${await progress(app)}${answers.foundNone ? `, ${answers.foundNone} found no time today` : ''}`,
    )
    if (
      play.stopped() ||
      day >= lastDay ||
      ((await isDone(app)) && answers.booked + answers.foundNone === 0)
    )
      break
  }
}

/** Clinics publish the next week on Wednesdays; some areas lose a delivery, and the times that nobody had booked. */
async function publishSlots(
  app: App,
  folder: string,
  day: string,
  places: number,
  tell: (line: string) => void,
): Promise<void> {
  const date = DateTime.fromISO(day, { zone })
  if (day === firstDay)
    await publish(
      app,
      join(folder, `demo-slots-${firstWeek}.csv`),
      await slotsForWeek(1, firstWeek, places),
    )
  if (date.weekday === 3 && day > cutDay) {
    const monday = date.plus({ days: 5 }).toISODate()!
    await publish(
      app,
      join(folder, `demo-slots-${monday}.csv`),
      await slotsForWeek(1, monday, places),
    )
  }
  if (day === cutDay) {
    const clinics = new Set(
      (
        await rows<{ hsaId: string }>(
          app.pool,
          'select hsa_id as "hsaId" from clinic where area = any($1)',
          [cutAreas],
        )
      ).map((c) => c.hsaId),
    )
    const lost = (await slotsForWeek(1, firstWeek, places))
      .filter((slot) => clinics.has(slot.hsaId))
      .map((slot) => ({ ...slot, capacity: 0 }))
    await publish(app, join(folder, 'demo-slots-lost.csv'), lost)
    tell(
      `${day}  The clinics in ${cutAreas.join(', ')} lose next week's delivery: whoever has booked keeps the ` +
        'time, the other times are gone',
    )
  }
}

async function publish(app: App, file: string, slots: readonly StatedSlot[]): Promise<void> {
  await writeFile(file, slotsCsv(slots))
  const source = await readSource(file)
  await importSlots(app.pool, app.clock, source, await readAnySlots(app.pool, app.clock, source), {
    dryRun: false,
    force: false,
  })
}

async function progress(app: App): Promise<string> {
  const n = await row<{ invited: number; left: number; booked: number }>(
    app.pool,
    `select count(*) filter (where released_at is not null)::int as invited,
            count(*) filter (where state in ('planned', 'waiting'))::int as left,
            (select count(*) from appointment where state = 'booked')::int as booked from invitation`,
  )
  return `${n!.invited} invited, ${n!.left} to go, ${n!.booked} times booked`
}

/** Somebody invented who has a letter and no time yet: to try /boka with. */
const whoCanBook = (app: App) =>
  row<{ code: string; birth: string }>(
    app.pool,
    `select i.code, to_char(p.birth_date, 'YYYYMMDD') as birth
       from invitation i
       join person p on p.id = i.person_id
       join campaign c on c.id = i.campaign_id
      where i.state = 'released'
        and c.name = $1
        and i.language = 'sv'
        and i.area in (
              select area
                from clinic k
                join slot s on s.clinic_id = k.id
               where s.booked < s.capacity
                 and s.starts_at > $2)
      order by i.id
      limit 1`,
    [openCampaign.name, app.clock.now()],
  )

function things(
  out: string,
  letters: string[],
  received: string,
  can: { code: string; birth: string } | undefined,
): string[] {
  return [
    `  ${join(out, 'report.html')}  the report with plots`,
    `  ${join(out, 'print')}  the print batches and their manifests`,
    ...letters.map((file) => `  ${file}`),
    `  ${received}  the mails and SMS that the residents got`,
    '  npm start  and http://127.0.0.1:3000/admin',
    ...(can
      ? [
          `             and http://127.0.0.1:3000/boka with the code ${shownCode(can.code)} and the birth ` +
            `date ${can.birth}`,
        ]
      : []),
  ]
}
