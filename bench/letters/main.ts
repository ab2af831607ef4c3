import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { renderBatch } from '../../src/letters/render.ts'
import type { Limit } from './contenders.ts'
import { others } from './others.ts'
import { sampleLetter, wordsOf } from './sample.ts'

const help = `Letters a second: one A4 page, some 200 words, wrapped variable text, a 2D code, fonts embedded; one core.

  node bench/letters/main.ts [--letters 1000] [--runs 12] [--json]
  node bench/letters/main.ts --database [--letters 100000] [--json]   from planned invitations to batches handed over; first a fifth of them
  node bench/letters/main.ts --tools FOLDER    measures also what is installed there: npm install --prefix FOLDER pdf-lib @myriaddreamin/typst-ts-node-compiler
                                                (Debian: apt install weasyprint chromium)

Times of our own rows, naive pdfkit and what npm installs are processor time (user and system) of the best of the runs, which take turns,
so that a busy machine counts for less; other programs are timed by the clock, their start included.
`
const { values } = parseArgs({
  options: {
    letters: { type: 'string' },
    runs: { type: 'string', default: '12' },
    json: { type: 'boolean', default: false },
    database: { type: 'boolean', default: false },
    tools: { type: 'string', default: '.' },
    help: { type: 'boolean', default: false },
  },
})

const createdAt = new Date('2021-03-11T12:00:00Z')

/** A contender in its thread: each turn's figures, and the best. */
function contender(name: string, count: number) {
  const thread = new Worker(new URL('contenders.ts', import.meta.url), {
    workerData: { name, count },
  })
  const best: Limit = { secondsALetter: Infinity, bytesALetter: 0 }
  return {
    best,
    async turn() {
      thread.postMessage('go')
      const [{ secondsALetter, bytesALetter }] = (await once(thread, 'message')) as [Limit]
      best.secondsALetter = Math.min(best.secondsALetter, secondsALetter)
      best.bytesALetter = bytesALetter
    },
    end: () => thread.terminate(),
  }
}

async function engine(): Promise<void> {
  const count = Number(values.letters ?? 1000)
  const letters = Array.from({ length: count }, (_, i) => sampleLetter(i))
  const { pages } = await renderBatch(letters.slice(0, 1), new PassThrough().resume(), {
    title: 'bench',
    createdAt,
  })
  const [naive, naiveLatin, merged, single, limit] = [
    contender('naive', count),
    contender('naiveLatin', count),
    contender('merged', count),
    contender('single', count),
    contender('limit', count),
  ]
  const all = [naive, naiveLatin, merged, single, limit]
  // By turns, each by its best: on a machine that others use, too, all have had their quiet moments.
  for (let i = 0; i < Number(values.runs); i++) for (const one of all) await one.turn()
  for (const one of all) await one.end()
  const measured = (name: string, { best }: (typeof all)[number]) => ({
    name,
    perSecond: 1 / best.secondsALetter,
    bytes: best.bytesALetter,
  })
  const rows = [
    measured('naive pdfkit, a document a letter', naive),
    measured('naive pdfkit, Western European letters alone', naiveLatin),
    measured('merged batch', merged),
    measured('single, tagged', single),
    measured('hand-made limit (no wrapping, shaping, checks)', limit),
    ...(await others(letters, values.tools)),
  ]
  const times = (one: typeof merged, other: typeof naive) =>
    other.best.secondsALetter / one.best.secondsALetter
  const typst = rows.find((row) => row.name.startsWith('Typst'))?.perSecond
  const aims = [
    {
      aim: 'merged ≥ 500 × naive pdfkit',
      reached: times(merged, naive),
      met: times(merged, naive) >= 500,
    },
    {
      aim: 'single tagged ≥ 200 × naive pdfkit',
      reached: times(single, naive),
      met: times(single, naive) >= 200,
    },
    {
      aim: 'merged ≥ 20 × Typst merged',
      reached: typst && 1 / merged.best.secondsALetter / typst,
      met: typst ? 1 / merged.best.secondsALetter / typst >= 20 : undefined,
    },
    {
      aim: 'bytes a letter ≤ 1500',
      reached: merged.best.bytesALetter,
      met: merged.best.bytesALetter <= 1500,
    },
    { aim: 'share of the hand-made limit', reached: times(merged, limit), met: undefined },
  ]
  const words = wordsOf(letters[0]!).reduce((sum, { text }) => sum + text.split(/\s+/).length, 0)
  if (values.json)
    process.stdout.write(`${JSON.stringify({ letters: count, pages, words, rows, aims })}\n`)
  else {
    process.stdout.write(`${count} letters of ${pages} page and ${words} words\n`)
    for (const { name, perSecond, bytes } of rows)
      process.stdout.write(
        `${name.padEnd(50)}${
          perSecond === undefined
            ? '   not installed'
            : `${Math.round(perSecond).toString().padStart(8)}/s ${Math.round(bytes ?? 0)
                .toString()
                .padStart(8)} bytes`
        }\n`,
      )
    for (const { aim, reached, met } of aims)
      process.stdout.write(
        `${aim.padEnd(50)}${reached === undefined ? '   not measured' : reached.toFixed(reached < 10 ? 2 : 0).padStart(8)} ${met === undefined ? '' : met ? 'met' : 'missed'}\n`,
      )
  }
}

if (values.help) process.stdout.write(help)
else if (values.database)
  await (await import('./database.ts')).fromDatabase(Number(values.letters ?? 100_000), values.json)
else await engine()
