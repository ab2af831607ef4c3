import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Letter } from '../../src/letters/letter.ts'
import { unpackWoff } from '../../src/letters/text/woff.ts'
import { wordsOf } from './sample.ts'

const run = promisify(execFile)
const font = (weight: number) =>
  unpackWoff(
    readFileSync(
      createRequire(import.meta.url).resolve(
        `@fontsource/noto-sans/files/noto-sans-latin-${weight}-normal.woff`,
      ),
    ),
  )
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const page = (letter: Letter) =>
  `<section>${wordsOf(letter)
    .map(
      ({ text, size, bold }) =>
        `<p style="font-size:${size}pt;font-weight:${bold ? 700 : 400}">${escaped(text)}</p>`,
    )
    .join('')}</section>`
const html = (letters: Letter[]) =>
  `<!doctype html><meta charset="utf-8"><style>@page{size:A4;margin:25mm}section{page-break-after:always}p{margin:2pt 0}body{font-family:"Noto Sans",sans-serif}</style>${letters.map(page).join('')}`
const typst = (letters: Letter[]) =>
  `#set page(paper: "a4", margin: 25mm)\n#set text(font: "Noto Sans")\n${letters
    .map((letter) =>
      wordsOf(letter)
        .map(
          ({ text, size, bold }) =>
            `#text(size: ${size}pt, weight: ${bold ? '"bold"' : '"regular"'}, ${JSON.stringify(text)})`,
        )
        .join('\n\n'),
    )
    .join('\n#pagebreak()\n')}`

export interface Other {
  name: string
  /**
   * letters a second: processor time in this program, else by the clock with the program's start; undefined
   * when it isn't installed
   */
  perSecond: number | undefined
  bytes: number | undefined
}

const notInstalled = (): never => {
  throw Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' })
}

/** @param inside it runs in this program: processor time of the best of seven, as for our own rows */
async function timed(
  name: string,
  letters: number,
  work: (folder: string, run: number) => Promise<number>,
  inside = false,
): Promise<Other> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  try {
    let [bytes, least] = [0, Infinity]
    for (let i = 0; i < (inside ? 7 : 1); i++) {
      const [start, before] = [performance.now(), process.cpuUsage()]
      bytes = await work(folder, i)
      const { user, system } = process.cpuUsage(before)
      least = Math.min(least, inside ? (user + system) / 1000 : performance.now() - start)
    }
    return { name, perSecond: (1000 * letters) / least, bytes: bytes / letters }
  } catch (error) {
    if (
      ['ENOENT', 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(
        (error as NodeJS.ErrnoException).code ?? '',
      )
    )
      return { name, perSecond: undefined, bytes: undefined }
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * What other programs reach with the same words, merged into one file, where they are installed. The 2D code
 * is left out: none draws it by itself.
 * @param tools a folder with node_modules of its own, for those that come by npm
 */
export async function others(letters: Letter[], tools: string): Promise<Other[]> {
  const resolved = (name: string) => {
    try {
      return createRequire(join(resolve(tools), 'package.json')).resolve(name)
    } catch {
      return undefined
    }
  }
  const some = letters.slice(0, 100)
  const { stat } = await import('node:fs/promises')
  const made: Other[] = []
  made.push(
    await timed(
      'Typst, merged',
      some.length,
      async (folder, turn) => {
        const found = resolved('@myriaddreamin/typst-ts-node-compiler')
        if (found) {
          const { NodeCompiler } = (await import(found)) as {
            NodeCompiler: { create(options: object): { pdf(options: object): Uint8Array } }
          }
          return NodeCompiler.create({
            workspace: folder,
            fontArgs: [{ fontBlobs: [font(400), font(700)] }],
            // Others each time: what it has set before it remembers.
          }).pdf({ mainFileContent: typst(letters.slice(100 * turn, 100 * turn + 100)) }).length
        }
        await writeFile(join(folder, 'in.typ'), typst(some))
        await run('typst', ['compile', join(folder, 'in.typ'), join(folder, 'out.pdf')])
        return (await stat(join(folder, 'out.pdf'))).size
      },
      resolved('@myriaddreamin/typst-ts-node-compiler') !== undefined,
    ),
  )
  made.push(
    await timed('WeasyPrint, merged', some.length, async (folder) => {
      await writeFile(join(folder, 'in.html'), html(some))
      await run('weasyprint', [join(folder, 'in.html'), join(folder, 'out.pdf')])
      return (await stat(join(folder, 'out.pdf'))).size
    }),
  )
  made.push(
    await timed('Chromium, merged', some.length, async (folder) => {
      await writeFile(join(folder, 'in.html'), html(some))
      await run('chromium', [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--no-pdf-header-footer',
        `--print-to-pdf=${join(folder, 'out.pdf')}`,
        `file://${join(folder, 'in.html')}`,
      ])
      return (await stat(join(folder, 'out.pdf'))).size
    }),
  )
  made.push(
    await timed(
      'pdf-lib, merged',
      some.length,
      async () => {
        const { PDFDocument, StandardFonts } = (await import(
          resolved('pdf-lib') ?? notInstalled()
        )) as { PDFDocument: { create(): Promise<PdfLib> }; StandardFonts: { Helvetica: string } }
        const document = await PDFDocument.create()
        const font = await document.embedFont(StandardFonts.Helvetica)
        for (const letter of some) {
          const sheet = document.addPage([595, 842])
          wordsOf(letter).forEach(({ text, size }, i) =>
            sheet.drawText(text, {
              x: 71,
              y: 800 - 22 * i,
              size,
              font,
              maxWidth: 453,
              lineHeight: 16,
            }),
          )
        }
        return (await document.save()).length
      },
      true,
    ),
  )
  return made
}

interface PdfLib {
  embedFont(name: string): Promise<unknown>
  addPage(size: [number, number]): { drawText(text: string, options: object): void }
  save(): Promise<Uint8Array>
}
