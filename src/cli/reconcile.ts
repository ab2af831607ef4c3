import type { Command } from 'commander'
import { join } from 'node:path'
import { printPlaceOf } from '../channels/open-print.ts'
import { fetchReceipt, reconcile, type Reconciled } from '../messages/print/reconcile.ts'
import type { FindingKind } from '../messages/print/reconcile-store.ts'
import type { Register } from './command.ts'

interface ReconcileOptions {
  dryRun?: true
  out?: string
}

export const register: Register = (command, cli) => {
  command
    .argument(
      '<receipt>',
      'what the print supplier says happened, CSV or JSON lines (docs/integrator/reconcile.md): a file, ' +
        'or supplier:NAME for one that is in their folder or on their SFTP server',
    )
    .option('--dry-run', 'show what would be found, record nothing')
    .option(
      '--out <folder>',
      'where the list and the hold request go (default: reconciliations in KALLELSE_OUT)',
    )
    .addHelpText(
      'after',
      `
Examples:
  kallelse reconcile samples/receipts/receipt.csv --dry-run
  kallelse reconcile supplier:printed-2021-03-11.csv
  kallelse --json reconcile receipt.ndjson | jq .found`,
    )
    .action((given: string, options: ReconcileOptions, command: Command) =>
      cli.withApp(async (app) => {
        const { config } = app
        const path = given.startsWith('supplier:')
          ? await fetchReceipt(
              printPlaceOf(config),
              given.slice('supplier:'.length),
              join(config.KALLELSE_DATA, 'receipts'),
            )
          : given
        const result = await reconcile(app, path, {
          folder: options.out ?? join(config.KALLELSE_OUT, 'reconciliations'),
          dryRun: options.dryRun ?? false,
        })
        cli.answer(command, reconciledText(result), {
          ...result,
          dryRun: options.dryRun ?? false,
          next: nextSteps(result),
        })
      }),
    )
}

const kindText: Record<FindingKind, string> = {
  doubled: 'sent more than once',
  missing: 'never sent',
  'not-ours': 'not ours at all',
  'other-batch': 'ours, but not of that batch',
  'hash-disagrees': 'with other content than ours',
  returned: 'came back',
}

export function reconciledText(r: Reconciled): string {
  const n = (value: number) => value.toLocaleString('sv-SE').padStart(8)
  const found = Object.entries(r.found) as [FindingKind, number][]
  return [
    ...(r.alreadyOn
      ? [
          `This file was reconciled already (${r.alreadyOn.toISOString()}): nothing was changed. It found:`,
        ]
      : []),
    ...r.batches.flatMap((b) => [
      `${b.batch}: ${b.letters} letters; printed ${b.printed}, inserted ${b.inserted}, posted ` +
        `${b.posted}, damaged ${b.damaged}, returned ${b.returned}`,
      ...(b.hash === 'disagrees'
        ? [
            `  THE SUPPLIER SAYS ANOTHER HASH than the batch has: they printed from another file. Ask them to stop.`,
          ]
        : []),
    ]),
    ...(found.length
      ? ['Found', ...found.map(([kind, number]) => `${n(number)}  letters ${kindText[kind]}`)]
      : r.batches.every((b) => b.hash !== 'disagrees')
        ? ['Nothing is wrong.']
        : []),
    ...(r.findingsFile ? [`Letter by letter: ${r.findingsFile}`] : []),
    ...nextSteps(r),
    ...(r.id === null ? ['Nothing was recorded (--dry-run).'] : []),
  ].join('\n')
}

const corrected: FindingKind[] = ['doubled', 'hash-disagrees', 'other-batch']

/** What to do now, in the order to do it. */
function nextSteps(r: Reconciled): string[] {
  const of = `kallelse correct --of reconciliation:${r.id ?? 'ID'}`
  const kinds = corrected.filter((kind) => r.found[kind]) // faults of several kinds are explained in different words
  const correct = kinds.length > 1 ? kinds.map((kind) => `${of}/${kind}`).join(', ') : of
  return [
    ...(r.holdFile
      ? [
          `Nothing is posted yet: send the supplier ${r.holdFile} and ask them to hold those letters.`,
        ]
      : []),
    ...(r.affected
      ? [
          `${r.holdFile ? 'If they were posted all the same' : 'Next'}, to exactly those ${r.affected}: ${correct}`,
        ]
      : []),
    ...(r.found.missing
      ? ['Ask the supplier to print the letters that are missing; the list has their ids.']
      : []),
    ...(r.found.returned
      ? [
          'The addresses of those that came back are marked; where the campaign has another ' +
            'channel for the person, it takes over.',
        ]
      : []),
  ]
}
