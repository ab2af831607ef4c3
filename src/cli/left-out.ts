import type { Cli } from './command.ts'

/** What the help of every import says of its exit code. */
export const leftOutHelp =
  '\n\nExit code 1 when rows were left out: the others are imported. With --force it is 0 then too.'

/** A script must see that rows were left out, unless it has said that it knows. */
export function failIfLeftOut(cli: Cli, rejected: number, force: boolean | undefined): void {
  if (rejected > 0 && !force) cli.failed()
}
