import { once } from 'node:events'
import type { Command } from 'commander'
import { advise, freshState } from '../release/advise.ts'
import type { ErrorOut, LineOut } from '../release/protocol.ts'

/** A line longer than this is refused unread: a year of a large region's days is far below it. */
const LONGEST_LINE = 64 * 1024 * 1024

/** Lines of a stream as they come; null for a line that was too long (its text is dropped, memory stays bounded). */
async function* linesOf(input: NodeJS.ReadableStream): AsyncGenerator<string | null> {
  const decoder = new TextDecoder()
  let parts: string[] = []
  let length = 0
  const take = (): string | null => {
    const line = length > LONGEST_LINE ? null : parts.join('')
    parts = []
    length = 0
    return line
  }
  const keep = (part: string): void => {
    length += part.length
    if (length > LONGEST_LINE) parts = []
    else parts.push(part)
  }
  for await (const chunk of input) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      keep(text.slice(from, end))
      from = end + 1
      yield take()
    }
    keep(text.slice(from))
  }
  if (length > 0) yield take()
}

/** Reads a day a line, answers each at once, waits when the reader is slow, and ends when the input ends. */
export async function releaseAdvise(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  let state = freshState
  const write = async (out: LineOut | ErrorOut): Promise<void> => {
    if (!output.write(`${JSON.stringify(out)}\n`)) await once(output, 'drain')
  }
  for await (const line of linesOf(input)) {
    if (line === null) {
      await write({ error: { code: 'too-long', message: `A line is longer than ${LONGEST_LINE} characters.` } })
    } else if (line.trim() !== '') {
      const step = attempt(state, line)
      state = step.state
      await write(step.out)
    }
  }
}

/** A fault in a decision must not end the process either: the line is answered and the state kept. */
function attempt(state: typeof freshState, line: string): ReturnType<typeof advise> {
  try {
    return advise(state, line)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { state, out: { error: { code: 'internal', message } } }
  }
}

const adviseHelp = `
Reads one JSON document a line on stdin (a day's state) and writes one a line on stdout, at once. The process keeps
what it has learned between lines; no database, no clock but the documents' dates. Schema: docs/release-advise.schema.json

Example:
  $ echo '{"date":"2021-03-10","phone":{"capacity":700},"areas":[{"id":"falun","remaining":1200,
      "free":{"2021-03-15":120},"planned":{"2021-03-22":{"expected":150,"publishedOn":"2021-03-17"}}}]}' \\
      | tr -d '\\n' | kallelse release advise
  {"date":"2021-03-10","areas":[{"id":"falun","invite":104,"bound":"capacity","expected":{…},"p99":{…}}],"paused":null}

A line that can't be read gives {"error":{"code","message"}} and leaves the state as it was.
settings, once or never: {"policy":"strict"|"steady"|"eager","pauses":"day"|"hold","pause":true,"resume":true}`

export function registerRelease(program: Command): void {
  const release = program.command('release').description('how many invitations to release today, and why')
  release.command('advise')
    .description('answer each day on stdin with the number to invite, the constraint that bound it and the expected path')
    .addHelpText('after', adviseHelp)
    .action(() => releaseAdvise(process.stdin, process.stdout))
}
