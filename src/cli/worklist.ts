import type { Command } from 'commander'
import { mkdir, writeFile } from 'node:fs/promises'
import type { App } from '../app.ts'
import { exportWorklist, worklist as worklistOf } from '../visits/municipal.ts'
import { makeWorklist, setOrdination, type Ordination } from '../visits/need-routes.ts'
import { protectedPeople, protectedWorklist } from '../campaigns/protected-worklist.ts'
import { messageOf, Refused } from '../errors.ts'
import {
  protectedLetters,
  protectedLettersPosted,
} from '../messages/protected/protected-letters.ts'
import { writeProtected } from '../messages/protected/files.ts'
import type { Cli, Register } from './command.ts'
import { registerWorklistEvidence } from './evidence.ts'
import { imprintOf, paperFormat, writePaper } from './paper.ts'
import { wholeNumber } from './reserve.ts'

const states: readonly Ordination[] = ['asked', 'ordinated', 'done', 'wants-clinic']

interface WorklistFile {
  out: string
  by: string
  format: string
}

async function listCsv(app: App, municipality: string | null, o: WorklistFile): Promise<number> {
  const { csv, people } = await exportWorklist(app, municipality, o.by)
  await writeFile(o.out, csv, { mode: 0o600 })
  return people
}

async function listPdf(app: App, municipality: string | null, o: WorklistFile): Promise<number> {
  const rows = await worklistOf(app, municipality, o.by)
  const { doctorsWorklistPaper, municipalWorklistPaper } =
    await import('../documents/municipal-worklist.ts')
  const visits = rows.map((row) => ({
    ...row,
    identityNumber: row.identity_number,
    needs: row.needs.split(', ').filter(Boolean),
    visitFrom: row.visit_from ?? '',
    ordinatedBy: row.ordinated_by,
    listedAt: row.listed_at,
  }))
  const imprint = imprintOf(app, o.by)
  await writePaper(
    o.out,
    municipality === null
      ? await doctorsWorklistPaper({ ...imprint, visits })
      : await municipalWorklistPaper({ ...imprint, municipality, visits }),
  )
  return visits.length
}

async function protectedCsv(app: App, campaign: string, o: WorklistFile): Promise<number> {
  const { csv, people } = await protectedWorklist(app, campaign, o.by)
  await writeFile(o.out, csv, { mode: 0o600 })
  return people
}

async function protectedPdf(app: App, campaign: string, o: WorklistFile): Promise<number> {
  const rows = await protectedPeople(app, campaign, o.by)
  const { protectedListPaper } = await import('../documents/protected-list.ts')
  const people = rows.map((row) => ({ ...row, identityNumber: row.identity_number }))
  await writePaper(o.out, await protectedListPaper({ ...imprintOf(app, o.by), campaign, people }))
  return people.length
}

export const register: Register = (worklist, cli) => {
  worklist.addHelpText(
    'after',
    `
Examples:
  kallelse worklist make covid-19-dose-1 --visit-from 2021-03-29 --by anna
  kallelse worklist export 2080 --out falun.csv --by anna
  kallelse worklist export 2080 --format pdf --out falun.pdf --by anna
  kallelse worklist doctors --out bedomning.csv --by anna
  kallelse worklist protected covid-19-dose-1 --out skyddade.csv --by anna
  kallelse worklist letters covid-19-dose-1 --out skyddade --by anna
  kallelse worklist posted covid-19-dose-1 --by anna
  kallelse worklist set 17 ordinated --ordinated-by "Dr Exempel" --by anna
How it goes: docs/operator/municipal.md, docs/operator/protected.md`,
  )
  addMake(worklist, cli)
  addExport(worklist, cli)
  addDoctors(worklist, cli)
  addProtected(worklist, cli)
  addLetters(worklist, cli)
  addPosted(worklist, cli)
  addSet(worklist, cli)
  registerWorklistEvidence(worklist, cli)
}

function addMake(worklist: Command, cli: Cli): void {
  worklist
    .command('make <campaign>')
    .description(
      'put people that the campaign leaves to another route on the worklists, at least 14 days ahead',
    )
    .requiredOption('--visit-from <date>', 'the first day of visits, YYYY-MM-DD')
    .requiredOption('--by <name>', 'who does it')
    .action((campaign: string, o: { visitFrom: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const made = await makeWorklist(app, campaign, o.visitFrom, o.by)
        cli.answer(
          command,
          `${made.added} added for the municipalities, ${made.toDoctor} for a doctor (worklist doctors).${made.withoutMunicipality ? ` ${made.withoutMunicipality} have no municipality in the register: see to them by hand.` : ''}`,
          made,
        )
      }),
    )
}

function addExport(worklist: Command, cli: Cli): void {
  worklist
    .command('export <municipality>')
    .description(
      "a municipality's worklist as CSV or PDF; each person in it is noted in the access log",
    )
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .requiredOption('--by <name>', 'who takes it out')
    .addOption(paperFormat('csv'))
    .action((municipality: string, o: WorklistFile, command: Command) =>
      cli.withApp(async (app) => {
        if (!/^\d{4}$/.test(municipality))
          throw new Refused('bad-municipality', 'A municipality is four digits, e.g. 2080.')
        const people =
          o.format === 'pdf'
            ? await listPdf(app, municipality, o)
            : await listCsv(app, municipality, o)
        cli.answer(command, `${people} people in ${o.out}.`, { people, file: o.out })
      }),
    )
}

function addDoctors(worklist: Command, cli: Cli): void {
  worklist
    .command('doctors')
    .description(
      'those whom a doctor assesses before they get anything, as CSV or PDF; each is noted in the access log',
    )
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .requiredOption('--by <name>', 'who takes it out')
    .addOption(paperFormat('csv'))
    .action((o: WorklistFile, command: Command) =>
      cli.withApp(async (app) => {
        const people = await (o.format === 'pdf' ? listPdf : listCsv)(app, null, o)
        cli.answer(command, `${people} people in ${o.out}.`, { people, file: o.out })
      }),
    )
}

function addProtected(worklist: Command, cli: Cli): void {
  worklist
    .command('protected <campaign>')
    .description(
      'those of a campaign who have a protected identity, to be written to by hand; each is noted in the access log',
    )
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .requiredOption('--by <name>', 'who takes it out')
    .addOption(paperFormat('csv'))
    .action((campaign: string, o: WorklistFile, command: Command) =>
      cli.withApp(async (app) => {
        const people =
          o.format === 'pdf'
            ? await protectedPdf(app, campaign, o)
            : await protectedCsv(app, campaign, o)
        cli.answer(command, `${people} people in ${o.out}.`, { people, file: o.out })
      }),
    )
}

function addLetters(worklist: Command, cli: Cli): void {
  worklist
    .command('letters <campaign>')
    .description(
      'letters to those of a campaign who have a protected identity, in a folder of their own: to post by ' +
        'hand, or for Skatteverket to send on; each is noted in the access log',
    )
    .requiredOption('--out <folder>', 'a new folder; only you can read it')
    .requiredOption('--by <name>', 'who takes them out')
    .action((campaign: string, o: { out: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const batch = await protectedLetters(app, campaign, o.by)
        await mkdir(o.out, { mode: 0o700 }).catch((error: unknown) => {
          throw new Refused(
            'folder-exists',
            `${o.out} can't be made: ${messageOf(error)}. Name a folder that isn't there.`,
          )
        })
        const files = await writeProtected(batch, o.out, app.clock.now())
        const faults = batch.faults.map(({ personId, why }) => `  person p${personId}: ${why}`)
        cli.answer(
          command,
          [
            `${batch.list.length} letters in ${o.out}: ${files.join(', ')}. When they are posted: worklist ` +
              `posted ${campaign}`,
            ...(faults.length ? [`${faults.length} can't be written to:`, ...faults] : []),
          ].join('\n'),
          { folder: o.out, files, letters: batch.list, faults: batch.faults },
        )
      }),
    )
}

function addPosted(worklist: Command, cli: Cli): void {
  worklist
    .command('posted <campaign>')
    .description(
      'note that the letters of worklist letters are posted: from then on their codes can be checked, and ' +
        'nobody gets another',
    )
    .requiredOption('--by <name>', 'who posted them')
    .action((campaign: string, o: { by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const posted = await protectedLettersPosted(app, campaign, o.by)
        cli.answer(command, `${posted} letters noted as posted.`, { posted })
      }),
    )
}

function addSet(worklist: Command, cli: Cli): void {
  worklist
    .command('set <row> <state>')
    .description(`take a row on: ${states.join(', ')}`)
    .requiredOption('--by <name>', 'who does it')
    .option(
      '--ordinated-by <doctor>',
      'for ordinated; and for wants-clinic when a doctor was to assess',
    )
    .option('--given-on <date>', 'for done: YYYY-MM-DD')
    .option('--vaccine <name>', 'for done')
    .option(
      '--clinic <hsa-id>',
      'for wants-clinic: the health centre they choose, which then calls them',
    )
    .action(
      (
        id: string,
        state: string,
        o: {
          by: string
          ordinatedBy?: string
          givenOn?: string
          vaccine?: string
          clinic?: string
        },
        command: Command,
      ) => {
        const to = states.find((known) => known === state)
        if (!to) throw new Refused('bad-state', `A row is ${states.join(', ')}.`)
        return cli.withApp(async (app) => {
          const done = await setOrdination(app, wholeNumber(id, 'The row'), to, o.by, o)
          cli.answer(command, `Row ${done.id} is ${done.state}.`, done)
        })
      },
    )
}
