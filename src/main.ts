import { Command, CommanderError, Help } from 'commander'
import type { Cli } from './cli/command.ts'
import { addCommands } from './cli/commands.ts'
import { messageOf, Refused } from './errors.ts'

// The only signal handling: the first signal asks to stop in order, a second one ends the program at once.
const asked = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (asked.signal.aborted) process.exit(130)
    asked.abort()
  })
}
// A program that started this one has gone, or asks it to stop.
process.once('disconnect', () => asked.abort())
process.channel?.unref() // listening must not keep this program going when it has failed

const cli: Cli = {
  stop: asked.signal,
  async withApp(work, { config, clock, databaseSettings } = {}) {
    const [{ openApp }, { readConfig }] = await Promise.all([
      import('./app.ts'),
      import('./config.ts'),
    ])
    const app = await openApp(config ?? readConfig(), clock, databaseSettings)
    try {
      return await work(app)
    } finally {
      await app.close()
    }
  },
  answer(command, text, json) {
    process.stdout.write(
      command.optsWithGlobals()['json'] ? `${JSON.stringify(json)}\n` : `${text}\n`,
    )
  },
  failed() {
    process.exitCode = 1
  },
}

// The reader of our output may stop reading (`| head`): that is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const program = new Command('kallelse')
  .description("Invites a region's population to care without breaking the phones.")
  .option('--json', 'machine-readable result on stdout')
  .configureHelp({
    showGlobalOptions: true,
    subcommandTerm: (command) => terms.get(command) ?? new Help().subcommandTerm(command),
  })
  .showHelpAfterError('(add --help for how to use it)')
  .exitOverride()
const terms = await addCommands(program, cli, process.argv.slice(2))

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else if (error instanceof Refused) {
    const { code, message, swedish, details } = error
    const json = program.opts()['json'] === true
    process.stderr.write(
      json
        ? `${JSON.stringify({ error: { code, message, swedish, ...details } })}\n`
        : `${message}\n`,
    )
    process.exitCode = 1
  } else if (isOfFile(error)) {
    process.stderr.write(
      `${error.path} can't be used: ${messageOf(error)}. Check its name, and who may read or write it.\n`,
    )
    process.exitCode = 1
  } else {
    process.stderr.write(
      `A fault in the program: ${error instanceof Error ? error.stack : String(error)}\n`,
    )
    process.exitCode = 1
  }
}

/** Whether the machine said no to a file or folder that somebody named: theirs to mend, no fault in the program. */
function isOfFile(error: unknown): error is NodeJS.ErrnoException & { path: string } {
  if (!(error instanceof Error)) return false
  const { syscall, path, code } = error as NodeJS.ErrnoException
  return typeof syscall === 'string' && typeof path === 'string' && /^E[A-Z]+$/.test(code ?? '')
}
