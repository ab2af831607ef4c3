import { Presets, SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { App } from '../app.ts'
import { importClinics, importSlots, readAnySlots } from '../clinics/import.ts'
import { readClinics } from '../clinics/read-clinics.ts'
import { readSource } from '../clinics/source.ts'
import { MovableClock } from '../clock.ts'
import { row } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import { importPeople } from '../people/import.ts'
import { writeReport } from '../reports/report.ts'
import { campaignList } from '../reports/status.ts'
import { listen } from '../web/server.ts'
import { startWorker } from '../worker.ts'
import type { Cli, Register } from './command.ts'
import { openCampaign, reissueCampaign } from './demo/campaigns.ts'
import { begin, morning, playDay, workingDays, type Play } from './demo/play.ts'
import { loseDelivery, writeRegion, writeSlots } from './demo/region.ts'
import { writeSampleLetters } from './demo/samples.ts'
import { openStage, type Stage } from './demo/stage.ts'
import { summarise, summaryText } from './demo/summary.ts'

interface Options {
  people: string
  weeks: string
}

const firstDay = '2021-03-08'

export const registerDemo: Register = (program, cli) => {
  program
    .command('demo')
    .description('invite a synthetic region, end to end: import, campaign in waves, letters, SMS and e-mail to servers on this machine, residents who book, a reissue')
    .option('--people <n>', 'how many people the region has', '17500')
    .addHelpText('after', '\nRun again it goes on where it was, and when all is done it sends nothing. To begin anew remove the folders .data and out.')
    .action(async (options: Options, command: Command) => {
      const people = Number(options.people)
      if (!Number.isInteger(people) || people < 100 || people > 17_500) throw new Refused('bad-number', '--people is a whole number from 100 to 17500.')
      const config = cli.config
      const stage = await openStage(config, config.PORT)
      try {
        await cli.withApp((app) => play(app, stage, people, cli, command), { config: stage.config, clock: new MovableClock(morning(firstDay)) })
      } finally {
        await stage.close()
      }
    })
}

async function play(app: App, stage: Stage, people: number, cli: Cli, command: Command): Promise<void> {
  const out = app.config.KALLELSE_OUT
  const clock = app.clock as MovableClock
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  await refuseRealDatabase(app)
  const server = await listen(app)
  try {
    const done = await isDone(app)
    if (done) tell('The campaigns are finished already: nothing is sent. (To begin anew remove the folders of KALLELSE_DATA and KALLELSE_OUT.)')
    else {
      await importRegion(app, join(out, 'region'), people, tell)
      const worker = await startWorker(app)
      const playing: Play = { app, clock, worker, stopped: () => cli.stop.aborted }
      await playCampaigns(playing, join(out, 'region'), tell)
      await worker.stop()
      if (cli.stop.aborted) throw new Refused('stopped', 'Stopped. Run the demo again and it goes on where it was.')
      await stage.sms.receiptsPosted()
    }
    const summary = await summarise(app.pool, stage, join(out, 'print'))
    const letters = await writeSampleLetters(app.pool, join(out, 'letters'))
    await writeReport(app.pool, join(out, 'report.html'), { now: clock.now(), title: 'Region Dalarna (påhittade personer)' })
    cli.answer(command, [summaryText(summary), '', 'To look at:', ...things(out, letters)].join('\n'), { ...summary, sentNow: !done })
    if (!summary.addsUp) cli.failed()
  } finally {
    await server.close()
  }
}

/** The demo's people must never come among real ones. */
async function refuseRealDatabase(app: App): Promise<void> {
  const other = await row<{ name: string }>(app.pool, `select file_name as name from import where file_name not like 'demo-%' limit 1`)
  if (other) throw new Refused('not-a-demo-database', `This database holds data from ${other.name}. The demo wants an empty database of its own: set DATABASE_URL or KALLELSE_DATA to another.`)
}

const isDone = async (app: App): Promise<boolean> => {
  const campaigns = await campaignList(app.pool)
  return campaigns.length === 2 && campaigns.every((campaign) => campaign.state === 'finished')
}

async function importRegion(app: App, folder: string, people: number, tell: (line: string) => void): Promise<void> {
  await mkdir(folder, { recursive: true })
  const region = await writeRegion(folder, { people, seed: 1 })
  const bar = new SingleBar({ format: 'People  {bar} {value} of {total}', stream: process.stderr, clearOnComplete: true }, Presets.shades_classic)
  if (process.stderr.isTTY) bar.start(people, 0)
  const imported = await importPeople(app, { path: region.people }, { part: true, onProgress: (rows) => bar.update(rows) }).finally(() => bar.stop())
  tell(`People: ${imported.rows} rows, ${imported.changeset.new} new, ${imported.changeset.unchanged} unchanged, ${imported.rejected} rejected`)
  const clinics = await readSource(region.clinics)
  const { new: added } = await importClinics(app.pool, app.clock, clinics, readClinics(clinics.name, clinics.bytes), { dryRun: false, force: false })
  tell(`Clinics: ${added} new`)
}
