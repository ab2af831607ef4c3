import type { Command } from 'commander'
import { Refused } from '../errors.ts'
import {
  heightenedHistory,
  heightenedNow,
  liftHeightened,
  setHeightened,
} from '../notices/heightened.ts'
import type { Cli } from './command.ts'

const help = `
Example:
  kallelse notice heightened --set --by anna --why "många bluffsamtal i Falun"
  kallelse notice heightened --lift --by bertil`

interface HeightenedOptions {
  set?: true
  lift?: true
  by?: string
  why?: string
}

/** Adds `notice heightened`. */
export function addHeightened(notice: Command, cli: Cli): void {
  notice
    .command('heightened')
    .description(
      'times of heightened fraud: while one lasts every message carries the warning; ' +
        'without options: what holds now, and the history',
    )
    .option('--set', 'from now on')
    .option('--lift', 'no longer')
    .option('--by <name>', 'who does it')
    .option('--why <reason>', 'with --set')
    .addHelpText('after', help)
    .action((options: HeightenedOptions, command: Command) =>
      cli.withApp(async (app) => {
        if (options.set && options.lift)
          throw new Refused('bad-options', 'Give --set or --lift, not both.')
        if (options.set) await setHeightened(app, options.by ?? '', options.why ?? '')
        if (options.lift) await liftHeightened(app, options.by ?? '')
        const now = await heightenedNow(app.pool)
        const history = await heightenedHistory(app.pool)
        cli.answer(command, heightenedText(now !== undefined, history), {
          heightened: now !== undefined,
          history,
        })
      }),
    )
}

const heightenedText = (
  now: boolean,
  history: Awaited<ReturnType<typeof heightenedHistory>>,
): string =>
  [
    now ? 'Heightened fraud: every message carries the warning.' : 'Not heightened.',
    ...history.map((h) => {
      const lifted = h.liftedAt ? `; lifted ${h.liftedAt.toISOString()} by ${h.liftedBy}` : ''
      return `  ${h.setAt.toISOString()} by ${h.setBy}: ${h.why}${lifted}`
    }),
  ].join('\n')
