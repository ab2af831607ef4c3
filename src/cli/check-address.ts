import type { Command } from 'commander'
import { addressLines, chooseAddress } from '../people/address.ts'
import { checkRow } from '../people/import/import-row.ts'
import { readFile } from '../people/import/read-file.ts'
import { inspectFile } from '../people/import/source-file.ts'
import { Refused } from '../errors.ts'
import { systemClock } from '../clock.ts'
import { dayOf } from '../people/dates.ts'
import type { Register } from './command.ts'

export const register: Register = (command, cli) => {
  command
    .argument(
      '<file>',
      'NDJSON: one object a line with the fields of docs/integrator/file-formats-people.md (name or ' +
        'given_name and family_name, care_of, street, postcode, town …)',
    )
    .addHelpText(
      'after',
      `
Example:
  kallelse check address samples/people/addresses.ndjson

With --json one list with {lines, findings: [{code, severity, message}]} for each record.
Exit code 1 when any finding is an error.`,
    )
    .action(async (path: string, _options: unknown, command: Command) => {
      const file = await inspectFile(path)
      if (file.format !== 'ndjson')
        throw new Refused('not-ndjson', `${path} is not NDJSON: write one JSON object a line.`)
      const today = dayOf(systemClock.now())
      const results: ReturnType<typeof addressLines>[] = []
      await readFile(file, {
        record(record) {
          const { person } = checkRow(record, today)
          const name =
            [person.given_name, person.family_name].filter(Boolean).join(' ') || (record.name ?? '')
          const addresses = {
            special: person.special_address,
            registered: person.registered_address,
            foreign: person.foreign_address,
          }
          results.push(addressLines(name, chooseAddress(addresses, true)))
        },
        malformed(line) {
          throw new Refused('bad-json', `Line ${line} of ${path} is not a JSON object.`)
        },
        called: () => {},
        ignored: () => {},
        settled: () => Promise.resolve(),
      })
      const text = results
        .map(({ lines, findings }) =>
          [...lines, ...findings.map((f) => `  ${f.severity}: ${f.message} (${f.code})`)].join(
            '\n',
          ),
        )
        .join('\n\n')
      cli.answer(command, text, results)
      if (results.some((result) => result.findings.some((finding) => finding.severity === 'error')))
        cli.failed()
    })
}
