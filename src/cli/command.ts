import type { Command } from 'commander'
import type { App } from '../app.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'

/** What a command gets: the app when it needs it, and one way to answer. */
export interface Cli {
  /** Opens the app, runs `work`, and closes the app whatever happens. */
  withApp<T>(work: (app: App) => Promise<T>, other?: AppOverrides): Promise<T>
  /** Prints the result: `text` for people, or `json` alone on stdout with --json. */
  answer(command: Command, text: string, json: unknown): void
  /** Aborted when the program is asked to stop (SIGINT, SIGTERM): finish what is under way and return. */
  stop: AbortSignal
  /** Sets exit code 1 without an error, e.g. when a check found faults. */
  failed(): void
}

/** What a command wants otherwise than the environment says: see openApp. */
export interface AppOverrides {
  config?: Config
  clock?: Clock
  databaseSettings?: Readonly<Record<string, string>>
}

/** What a command's file exports as `register`: gives the command, which has its name, its options and its action. */
export type Register = (command: Command, cli: Cli) => void
