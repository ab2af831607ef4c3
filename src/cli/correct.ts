import { Option, type Command } from 'commander'
import { happenings, type Happened } from '../campaigns/spec.ts'
import { Refused } from '../errors.ts'
import {
  createCorrection,
  previewCorrection,
  type CorrectionCounts,
  type CorrectionOrder,
} from '../notices/correct.ts'
import { readWords } from '../notices/correct-words.ts'
import type { Register } from './command.ts'
import { ruleIn, yamlIn } from './notice.ts'

export const register: Register = (command, cli) => {
  command
    .requiredOption(
      '--of <what>',
      'a campaign, notice, batch, wave (CAMPAIGN@2021-03-08 or CAMPAIGN@2021-03-08/AREA), or reconciliation:ID',
    )
    .addOption(
      new Option(
        '--what <happened>',
        'what happened: each has a text of its own. Sent twice goes to those who got it twice; wrong people are no ' +
          'longer invited, unless they have booked',
      )
        .choices(happenings)
        .default('wrong-content'),
    )
    .option(
      '--words <file>',
      'YAML: wrong, right and, if there is something to do, todo; each by language (samples/corrections). Needed ' +
        'when the content was wrong',
    )
    .addOption(
      new Option(
        '--unsent <what>',
        'people it has not reached: withdraw their invitation, or send it again with the facts as they are now',
      )
        .choices(['withdraw', 'anew'])
        .default('withdraw'),
    )
    .option(
      '--only <file>',
      'only those who match this cohort rule, in a file or written as {…} (docs/operator/cohorts.md)',
    )
    .option('--public', "also on the region's pages and in the feeds")
    .option('--pages-only', "on the region's pages and in the feeds, and sent to nobody")
    .option('--calls-per-100 <n>', 'how many of a hundred are expected to call', '5')
    .option('--name <name>', 'its handle; made from what it corrects when not given')
    .option('--by <name>', 'who does it')
    .option('--dry-run', 'only show who would get it and what would be taken back')
    .addHelpText(
      'after',
      `
Example:
  kallelse correct --of covid-19-dose-1 --words samples/corrections/clinic-moved.yaml --dry-run
  kallelse correct --of covid-19-dose-1 --words samples/corrections/clinic-moved.yaml --public --by anna
  kallelse correct --of reconciliation:7 --what sent-twice --public --by anna
  kallelse correct --of covid-19-dose-1 --what wrong-people --only too-young.yaml --by anna

Two people then approve it and it is sent, like every notice: notice approve NAME, notice send NAME.
More: docs/operator/corrections.md`,
    )
    .action(
      async (
        options: {
          of: string
          what: Happened
          words?: string
          unsent: 'withdraw' | 'anew'
          only?: string
          public?: true
          pagesOnly?: true
          callsPer100: string
          name?: string
          by?: string
          dryRun?: true
        },
        command: Command,
      ) => {
        const words = options.words
          ? await yamlIn(options.words, 'Give a file with the words.')
          : {}
        const order = {
          of: options.of,
          ...(options.what === 'wrong-content' ? {} : { happened: options.what }),
          words: readWords(words, options.what),
          unsent: options.unsent,
          public: options.public ?? false,
          ...(options.pagesOnly ? { pagesOnly: true } : {}),
          callsPer100: Number(options.callsPer100),
          ...(options.only ? { only: await ruleIn(options.only) } : {}),
          ...(options.name ? { name: options.name } : {}),
        }
        await cli.withApp(async (app) => {
          if (options.dryRun) {
            const counts = await previewCorrection(app, order)
            return cli.answer(command, `${countsText(order, counts)}\nNothing was made.`, {
              dryRun: true,
              ...counts,
            })
          }
          if (!options.by) throw new Refused('no-name', 'Say who does it: --by NAME')
          const { notice, counts, paused } = await createCorrection(app, order, options.by)
          const more = paused
            ? '\nIts campaign is paused, so that nobody more gets it. When the correction is sent: campaign resume'
            : ''
          cli.answer(
            command,
            `${countsText(order, counts)}\n${notice.name} is ${notice.state}. Next: notice ` +
              `preview ${notice.name}, notice approve ${notice.name} --by NAME (two people), notice ` +
              `send ${notice.name} --by NAME${more}`,
            { name: notice.name, state: notice.state, paused, ...counts },
          )
        })
      },
    )
}

const countsText = (
  { of, pagesOnly }: Pick<CorrectionOrder, 'of' | 'pagesOnly'>,
  counts: CorrectionCounts,
): string =>
  [
    `${of}: ${counts.people} people got it` +
      (pagesOnly
        ? '. They are sent nothing: it is for the pages only.'
        : ' and get the correction.'),
    ...counts.got.map(
      ({ channel, language, number }) => `  ${String(number).padStart(8)}  ${channel} ${language}`,
    ),
    `Taken back first: ${counts.unsent} messages that have not left, ${counts.notYetInvited} people not yet invited.`,
    `Not known whether it left: ${counts.maybe} people` +
      (pagesOnly ? '. ' : '. They get the correction if it did. ') +
      `Never got there: ${counts.lost} messages.`,
  ].join('\n')
