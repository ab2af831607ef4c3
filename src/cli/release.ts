import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { Refused } from '../errors.ts'
import { unreadable } from '../people/import/source-file.ts'
import { advise, eveningOf, freshState } from '../release/model/advise.ts'
import { parseDay } from '../release/model/calendar.ts'
import { policies } from '../release/model/policy.ts'
import { lineIn, protocolSchema, type ErrorOut, type LineOut } from '../release/model/protocol.ts'
import { project, type Projection } from '../release/model/whatif.ts'
import type { Register } from './command.ts'
import { registerReleaseCampaign } from './release-campaign.ts'

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
export async function releaseAdvise(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<void> {
  let state = freshState
  const write = async (out: LineOut | ErrorOut): Promise<void> => {
    if (!output.write(`${JSON.stringify(out)}\n`)) await once(output, 'drain')
  }
  for await (const line of linesOf(input)) {
    if (line === null) {
      await write({
        error: { code: 'too-long', message: `A line is longer than ${LONGEST_LINE} characters.` },
      })
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
what it has learned between lines; no database, no clock but the documents' dates.
Schema: docs/release-advise.schema.json

Example:
  $ echo '{"date":"2021-03-10","phone":{"capacity":700},"areas":[{"id":"falun","remaining":1200,
      "free":{"2021-03-15":120},"planned":{"2021-03-22":{"expected":150,"publishedOn":"2021-03-17"}}}]}' \\
      | tr -d '\\n' | kallelse release advise
  {"date":"2021-03-10","areas":[{"id":"falun","invite":104,"bound":"capacity","expected":{…},"p99":{…}}],"paused":null}

Days after the last one free or planned count only where "said":{"2021-03-29":150} says that supply continues.

A line that can't be read gives {"error":{"code","message"}} and leaves the state as it was.
settings, once or never: {"policy":"strict"|"steady"|"eager","pauses":"day"|"hold","pause":true,"resume":true}`

const whatIfHelp = `
FILE holds the lines that release advise has been given, one a day; the last one is today. The controller is played
forward from there, with and without the cut, for the ways the public may behave that agree with what has been seen.

Example: what happens if next week's delivery is halved?
  $ kallelse release what-if days.jsonl --cut 50 --from 2021-03-22 --to 2021-03-28`

interface WhatIfOptions {
  cut: string
  from: string
  to: string
  json?: boolean
}

function whatIf(file: string, options: WhatIfOptions): void {
  const share = Number(options.cut) / 100
  const cut = { from: parseDay(options.from), to: parseDay(options.to), share }
  if (!(share >= 0 && share <= 1))
    throw new Refused(
      'bad-cut',
      `--cut ${options.cut} is not a percentage. Give a number from 0 to 100.`,
    )
  if (!(cut.from <= cut.to))
    throw new Refused(
      'bad-dates',
      `--from ${options.from} --to ${options.to} are not two dates in order. Write them YYYY-MM-DD.`,
    )
  let state = freshState
  let capacity = Infinity
  for (const [i, line] of textIn(file).split('\n').entries()) {
    if (line.trim() === '') continue
    const step = advise(state, line)
    if ('error' in step.out)
      throw new Refused('bad-line', `${file}, line ${i + 1}: ${step.out.error.message}`)
    state = step.state
    capacity = lineIn.parse(JSON.parse(line)).phone.capacity ?? capacity
  }
  if (state.lastDay === null)
    throw new Refused(
      'no-days',
      `${file} holds no day. Give the lines that release advise was given.`,
    )
  const evening = eveningOf(state, capacity)
  const asPlanned = project(evening, policies[state.policy], null)
  const withCut = project(evening, policies[state.policy], cut)
  process.stdout.write(
    options.json ? `${JSON.stringify({ asPlanned, withCut })}\n` : whatIfTable(asPlanned, withCut),
  )
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(file, error)
  }
}

function whatIfTable(asPlanned: Projection, withCut: Projection): string {
  const band = ({
    low,
    mid,
    high,
  }: {
    low: number | string
    mid: number | string
    high: number | string
  }): string => `${mid} (${low}–${high})`
  const week = (of: Projection, what: 'invite' | 'calls', i: number): string => {
    const days = of.days.slice(7 * i, 7 * i + 7)
    const sum = (end: 'low' | 'mid' | 'high'): number =>
      days.reduce((total, day) => total + day[what][end], 0)
    return band({ low: sum('low'), mid: sum('mid'), high: sum('high') })
  }
  const weeks = Math.ceil(Math.max(asPlanned.days.length, withCut.days.length) / 7)
  const rows = [['week from', 'invitations', 'with the cut', 'calls', 'with the cut']]
  for (let i = 0; i < weeks; i++) {
    const date = (asPlanned.days[7 * i] ?? withCut.days[7 * i])?.date ?? ''
    rows.push([
      date,
      week(asPlanned, 'invite', i),
      week(withCut, 'invite', i),
      week(asPlanned, 'calls', i),
      week(withCut, 'calls', i),
    ])
  }
  const table = rows
    .map((row) =>
      row
        .map((cell) => cell.padEnd(22))
        .join(' ')
        .trimEnd(),
    )
    .join('\n')
  return `${table}\n
last wave          ${band(asPlanned.lastWave)}, with the cut ${band(withCut.lastWave)}
99 % have answered ${band(asPlanned.end)}, with the cut ${band(withCut.end)}
find no free time  ${band(asPlanned.noTime)}, with the cut ${band(withCut.noTime)}
lose their time    ${withCut.displaced} with the cut
`
}

export const register: Register = (release, cli) => {
  release
    .command('advise')
    .description(
      'answer each day on stdin with the number to invite, the constraint that bound it and the expected path',
    )
    .option('--schema', 'print the JSON Schema of the protocol and end')
    .addHelpText('after', adviseHelp)
    .action(async ({ schema }: { schema?: boolean }) => {
      if (schema) process.stdout.write(`${JSON.stringify(protocolSchema(), null, 2)}\n`)
      else await releaseAdvise(process.stdin, process.stdout)
    })
  release
    .command('what-if <file>')
    .description('project waves, calls and the end of the campaign when supply is cut')
    .requiredOption('--cut <percent>', 'share of the places that is lost')
    .requiredOption('--from <date>', 'first day of the cut')
    .requiredOption('--to <date>', 'last day of the cut')
    .option('--json', 'machine-readable output')
    .addHelpText('after', whatIfHelp)
    .action(whatIf)
  registerReleaseCampaign(release, cli)
}
