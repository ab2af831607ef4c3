import type { Command } from 'commander'
import { mkdir, writeFile } from 'node:fs/promises'
import {
  exportWorklist,
  makeWorklist,
  setOrdination,
  type Ordination,
} from '../visits/municipal.ts'
import { protectedWorklist } from '../campaigns/protected-worklist.ts'
import { messageOf, Refused } from '../errors.ts'
import {
  protectedLetters,
  protectedLettersPosted,
} from '../messages/protected/protected-letters.ts'
import { writeProtected } from '../messages/protected/files.ts'
import type { Register } from './command.ts'
import { registerWorklistEvidence } from './evidence.ts'
import { wholeNumber } from './reserve.ts'

const states: readonly Ordination[] = ['asked', 'ordinated', 'done', 'wants-clinic']

export const register: Register = (worklist, cli) => {
  worklist.addHelpText(
    'after',
    `
Examples:
  kallelse worklist make covid-19-dose-1 --visit-from 2021-03-29 --by anna
  kallelse worklist export 2080 --out falun.csv --by anna
  kallelse worklist protected covid-19-dose-1 --out skyddade.csv --by anna
  kallelse worklist letters covid-19-dose-1 --out skyddade --by anna
  kallelse worklist posted covid-19-dose-1 --by anna
  kallelse worklist set 17 ordinated --ordinated-by "Dr Exempel" --by anna
How it goes: docs/municipal.md, docs/protected.md`,
  )

  worklist
    .command('make <campaign>')
    .description(
      'put those whom the campaign leaves to another route on the worklists, at least 14 days ahead',
    )
    .requiredOption('--visit-from <date>', 'the first day of visits, YYYY-MM-DD')
    .requiredOption('--by <name>', 'who does it')
    .action((campaign: string, o: { visitFrom: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const made = await makeWorklist(app, campaign, o.visitFrom, o.by)
        cli.answer(
          command,
          `${made.added} added.${made.withoutMunicipality ? ` ${made.withoutMunicipality} have no municipality in the register: see to them by hand.` : ''}`,
          made,
        )
      }),
    )

  worklist
    .command('export <municipality>')
    .description("a municipality's worklist as CSV; each person in it is noted in the access log")
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .requiredOption('--by <name>', 'who takes it out')
    .action((municipality: string, o: { out: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        if (!/^\d{4}$/.test(municipality))
          throw new Refused('bad-municipality', 'A municipality is four digits, e.g. 2080.')
        const { csv, people } = await exportWorklist(app, municipality, o.by)
        await writeFile(o.out, csv, { mode: 0o600 })
        cli.answer(command, `${people} people in ${o.out}.`, { people, file: o.out })
      }),
    )

  worklist
    .command('protected <campaign>')
    .description(
      'those of a campaign who have a protected identity, to be written to by hand; each is noted in the access log',
    )
    .requiredOption('--out <file>', 'the file to write; only you can read it')
    .requiredOption('--by <name>', 'who takes it out')
    .action((campaign: string, o: { out: string; by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const { csv, people } = await protectedWorklist(app, campaign, o.by)
        await writeFile(o.out, csv, { mode: 0o600 })
        cli.answer(command, `${people} people in ${o.out}.`, { people, file: o.out })
      }),
    )

  worklist
    .command('letters <campaign>')
    .description(
      'letters to those of a campaign who have a protected identity, in a folder of their own: to post by hand, or for Skatteverket to send on; each is noted in the access log',
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
            `${batch.list.length} letters in ${o.out}: ${files.join(', ')}. When they are posted: worklist posted ${campaign}`,
            ...(faults.length ? [`${faults.length} can't be written to:`, ...faults] : []),
          ].join('\n'),
          { folder: o.out, files, letters: batch.list, faults: batch.faults },
        )
      }),
    )

  worklist
    .command('posted <campaign>')
    .description(
      'note that the letters of worklist letters are posted: from then on their codes can be checked, and nobody gets another',
    )
    .requiredOption('--by <name>', 'who posted them')
    .action((campaign: string, o: { by: string }, command: Command) =>
      cli.withApp(async (app) => {
        const posted = await protectedLettersPosted(app, campaign, o.by)
        cli.answer(command, `${posted} letters noted as posted.`, { posted })
      }),
    )

  worklist
    .command('set <row> <state>')
    .description(`take a row on: ${states.join(', ')}`)
    .requiredOption('--by <name>', 'who does it')
    .option('--ordinated-by <doctor>', 'for ordinated')
    .option('--given-on <date>', 'for done: YYYY-MM-DD')
    .option('--vaccine <name>', 'for done')
    .action(
      (
        id: string,
        state: string,
        o: { by: string; ordinatedBy?: string; givenOn?: string; vaccine?: string },
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
  registerWorklistEvidence(worklist, cli)
}
