import { mkdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DateTime } from 'luxon'
import { zone, type Clock } from '../clock.ts'
import { rows, type Db } from '../db/pool.ts'
import { readJournal } from './stand-ins/journal.ts'

/** A message as a stand-in's journal has it. */
interface Received {
  reference: string
  to: string
  file?: string
}

/**
 * Keeps what residents get as files that a person can open, one a message, in a folder for each day of the play.
 * @returns for a stand-in's `keep`: writes a message, and returns its path below `folder`
 */
export function keepReceived(folder: string, channel: 'email' | 'sms', clock: Clock) {
  const ending = channel === 'email' ? 'eml' : 'txt'
  const made = new Set<string>() // the days that have their folder
  return (reference: string, to: string, content: Buffer | string): string => {
    const day = DateTime.fromJSDate(clock.now(), { zone }).toISODate()!
    const name = to.replace(/[^\w.@-]/g, '_')
    const file = [channel, day, `${name}-${reference.slice(0, 8)}.${ending}`].join('/')
    if (!made.has(day)) mkdirSync(dirname(join(folder, file)), { recursive: true })
    made.add(day)
    writeFileSync(join(folder, file), content)
    return file
  }
}

/** Writes a page that lists what was kept: by day and kind of message, each with its language. @returns its path */
export async function writeReceivedIndex(
  db: Db,
  folder: string,
  journals: readonly string[],
): Promise<string> {
  const sent = await rows<{ id: string; step: string; language: string }>(
    db,
    `select id, step, language
       from message
      where channel in ('sms', 'email') and sent_at is not null`,
  )
  const about = new Map(sent.map((message) => [message.id, message]))
  const items = journals.flatMap((journal) =>
    readJournal<Received>(journal).flatMap(({ reference, to, file }) => {
      const [channel = '', day = ''] = file?.split('/') ?? []
      const { step = '', language = '' } = about.get(reference) ?? {}
      return file ? [{ file, to, language, group: `${day}: ${channel}, ${step}` }] : []
    }),
  )
  const groups = [...Map.groupBy(items, (item) => item.group)].sort(([a], [b]) => (a < b ? -1 : 1))
  const path = join(folder, 'index.html')
  await writeFile(path, page(groups))
  return path
}

type Item = { file: string; to: string; language: string }

const page = (groups: [string, Item[]][]): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>What the residents got</title>
<style>body { font: 1rem/1.5 sans-serif; margin: 2rem } li { break-inside: avoid } ul { columns: 20rem }</style>
<h1>What the residents got</h1>
<p>All of them are invented. An .eml file opens in a mail program.</p>
${groups.map(([name, items]) => section(name, items)).join('\n')}
</html>
`

const section = (name: string, items: Item[]): string => `<details>
<summary>${escaped(name)} (${items.length})</summary>
<ul>
${items.map(({ file, to, language }) => `<li><a href="${encodeURI(file)}">${escaped(to)}</a> ${language}</li>`).join('\n')}
</ul>
</details>`

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
