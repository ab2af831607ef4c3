import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { renderBatch, renderLetter } from '../../src/letters/render.ts'
import { handMade } from './limit.ts'
import { naiveLetter } from './naive.ts'
import { others } from './others.ts'
import { sampleLetter, wordsOf } from './sample.ts'

const help = `Letters a second: one A4 page, some 200 words, wrapped variable text, a 2D code, fonts embedded; one core.

  node bench/letters/main.ts [--letters 1000] [--runs 7] [--json]
  node bench/letters/main.ts --database [--letters 10000] [--json]   from planned invitations to sealed batches on disk
  node bench/letters/main.ts --tools FOLDER    measures also what is installed there: npm install --prefix FOLDER pdf-lib @myriaddreamin/typst-ts-node-compiler
                                                (Debian: apt install weasyprint chromium)

Times of our own rows, naive pdfkit and what npm installs are processor time (user and system) of the best run, so that a busy machine
counts for less; other programs are timed by the clock, their start included.
`
const { values } = parseArgs({ options: { letters: { type: 'string' }, runs: { type: 'string', default: '7' }, json: { type: 'boolean', default: false }, database: { type: 'boolean', default: false }, tools: { type: 'string', default: '.' }, help: { type: 'boolean', default: false } } })

/** Seconds of processor time of the best of some runs. */
async function cpu(runs: number, work: () => unknown): Promise<number> {
  let best = Infinity
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, (user + system) / 1e6)
  }
  return best
}

const createdAt = new Date('2021-03-11T12:00:00Z')

async function engine(): Promise<void> {
  const count = Number(values.letters ?? 1000)
  const runs = Number(values.runs)
  const letters = Array.from({ length: count }, (_, i) => sampleLetter(i))
  let size = 0
  const sink = () => {
    size = 0
    return new Writable({ write(chunk: Buffer, _, done) {
      size += chunk.length
      done()
    } })
  }
  const one = letters.slice(0, 1)
  const few = letters.slice(0, 10)
  await naiveLetter(letters[0]!)
  const naive = (await cpu(3, async () => {
    for (const letter of few) await naiveLetter(letter)
  })) / few.length
  const { pages } = await renderBatch(one, sink(), { title: 'bench', createdAt })
  const merged = (await cpu(runs, () => renderBatch(letters, sink(), { title: 'bench', createdAt }))) / count
  const mergedBytes = size / count
  let singleBytes = 0
  const part = letters.slice(0, 300)
  const single = (await cpu(runs, async () => {
    for (const letter of part) singleBytes = (await renderLetter(letter, createdAt)).length
  })) / part.length
  const limit = (await cpu(runs, () => handMade(letters))) / count
  const limitBytes = handMade(letters).reduce((sum, chunk) => sum + chunk.length, 0) / count
  const rows = [
    { name: 'naive pdfkit, a document a letter', perSecond: 1 / naive, bytes: (await naiveLetter(letters[0]!)).length },
    { name: 'merged batch', perSecond: 1 / merged, bytes: mergedBytes },
    { name: 'single, tagged', perSecond: 1 / single, bytes: singleBytes },
    { name: 'hand-made limit (no wrapping, shaping, checks)', perSecond: 1 / limit, bytes: limitBytes },
    ...(await others(letters, values.tools)),
  ]
  const typst = rows.find((row) => row.name.startsWith('Typst'))?.perSecond
  const aims = [
    { aim: 'merged ≥ 500 × naive pdfkit', reached: naive / merged, met: naive / merged >= 500 },
    { aim: 'single tagged ≥ 200 × naive pdfkit', reached: naive / single, met: naive / single >= 200 },
    { aim: 'merged ≥ 20 × Typst merged', reached: typst && 1 / merged / typst, met: typst ? 1 / merged / typst >= 20 : undefined },
    { aim: 'bytes a letter ≤ 1500', reached: mergedBytes, met: mergedBytes <= 1500 },
    { aim: 'share of the hand-made limit', reached: limit / merged, met: undefined },
  ]
  const words = wordsOf(letters[0]!).reduce((sum, { text }) => sum + text.split(/\s+/).length, 0)
  if (values.json) process.stdout.write(`${JSON.stringify({ letters: count, pages, words, rows, aims })}\n`)
  else {
    process.stdout.write(`${count} letters of ${pages} page and ${words} words\n`)
    for (const { name, perSecond, bytes } of rows) process.stdout.write(`${name.padEnd(50)}${perSecond === undefined ? '   not installed' : `${Math.round(perSecond).toString().padStart(8)}/s ${Math.round(bytes ?? 0).toString().padStart(8)} bytes`}\n`)
    for (const { aim, reached, met } of aims) process.stdout.write(`${aim.padEnd(50)}${reached === undefined ? '   not measured' : reached.toFixed(reached < 10 ? 2 : 0).padStart(8)} ${met === undefined ? '' : met ? 'met' : 'missed'}\n`)
  }
}

if (values.help) process.stdout.write(help)
else if (values.database) await (await import('./database.ts')).fromDatabase(Number(values.letters ?? 10_000), values.json)
else await engine()
