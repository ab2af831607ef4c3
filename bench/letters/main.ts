import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { renderBatch, renderLetter } from '../../src/letters/render.ts'
import { handMade } from './limit.ts'
import { latinFonts, naiveLetter, wholeFonts } from './naive.ts'
import { others } from './others.ts'
import { sampleLetter, wordsOf } from './sample.ts'

const help = `Letters a second: one A4 page, some 200 words, wrapped variable text, a 2D code, fonts embedded; one core.

  node bench/letters/main.ts [--letters 1000] [--runs 25] [--json]
  node bench/letters/main.ts --database [--letters 10000] [--json]   from planned invitations to sealed batches on disk
  node bench/letters/main.ts --tools FOLDER    measures also what is installed there: npm install --prefix FOLDER pdf-lib @myriaddreamin/typst-ts-node-compiler
                                                (Debian: apt install weasyprint chromium)

Times of our own rows, naive pdfkit and what npm installs are processor time (user and system) of the best of the runs, which take turns,
so that a busy machine counts for less; other programs are timed by the clock, their start included.
`
const { values } = parseArgs({ options: { letters: { type: 'string' }, runs: { type: 'string', default: '25' }, json: { type: 'boolean', default: false }, database: { type: 'boolean', default: false }, tools: { type: 'string', default: '.' }, help: { type: 'boolean', default: false } } })

/** Seconds of processor time. */
async function cpu(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
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
  const { pages } = await renderBatch(letters.slice(0, 1), sink(), { title: 'bench', createdAt })
  const part = letters.slice(0, 300)
  let [mergedBytes, singleBytes, limitBytes] = [0, 0, 0]
  let [naive, naiveLatin, merged, single, limit] = [Infinity, Infinity, Infinity, Infinity, Infinity] // seconds a letter
  // By turns, each by its best: on a machine that others use, too, all have had their quiet moments.
  for (let i = 0; i < runs; i++) {
    naive = Math.min(naive, await cpu(() => naiveLetter(letters[i % count]!, wholeFonts)))
    naiveLatin = Math.min(naiveLatin, await cpu(() => naiveLetter(letters[i % count]!, latinFonts)))
    merged = Math.min(merged, (await cpu(() => renderBatch(letters, sink(), { title: 'bench', createdAt }))) / count)
    mergedBytes = size / count
    single = Math.min(single, (await cpu(async () => {
      for (const letter of part) singleBytes = (await renderLetter(letter, createdAt)).length
    })) / part.length)
    limit = Math.min(limit, (await cpu(() => (limitBytes = handMade(letters).reduce((sum, chunk) => sum + chunk.length, 0) / count))) / count)
  }
  const rows = [
    { name: 'naive pdfkit, a document a letter', perSecond: 1 / naive, bytes: (await naiveLetter(letters[0]!, wholeFonts)).length },
    { name: 'naive pdfkit, Western European letters alone', perSecond: 1 / naiveLatin, bytes: (await naiveLetter(letters[0]!, latinFonts)).length },
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
