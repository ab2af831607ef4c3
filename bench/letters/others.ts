import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Letter } from '../../src/letters/letter.ts'
import { wordsOf } from './sample.ts'

const run = promisify(execFile)
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const page = (letter: Letter) => `<section>${wordsOf(letter).map(({ text, size, bold }) => `<p style="font-size:${size}pt;font-weight:${bold ? 700 : 400}">${escaped(text)}</p>`).join('')}</section>`
const html = (letters: Letter[]) => `<!doctype html><meta charset="utf-8"><style>@page{size:A4;margin:25mm}section{page-break-after:always}p{margin:2pt 0}body{font-family:"Noto Sans",sans-serif}</style>${letters.map(page).join('')}`
const typst = (letters: Letter[]) => `#set page(paper: "a4", margin: 25mm)\n${letters.map((letter) => wordsOf(letter).map(({ text, size, bold }) => `#text(size: ${size}pt, weight: ${bold ? '"bold"' : '"regular"'}, ${JSON.stringify(text)})`).join('\n\n')).join('\n#pagebreak()\n')}`

export interface Other {
  name: string
  /** letters a second, wall clock, starting the program included; undefined when it isn't installed */
  perSecond: number | undefined
  bytes: number | undefined
}

async function timed(name: string, letters: number, work: (folder: string) => Promise<number>): Promise<Other> {
  const folder = await mkdtemp(join(tmpdir(), 'kallelse-bench-'))
  try {
    const start = performance.now()
    const bytes = await work(folder)
    return { name, perSecond: (1000 * letters) / (performance.now() - start), bytes: bytes / letters }
  } catch (error) {
    if (['ENOENT', 'ERR_MODULE_NOT_FOUND'].includes((error as NodeJS.ErrnoException).code ?? '')) return { name, perSecond: undefined, bytes: undefined }
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What other programs reach with the same words, merged into one file, where they are installed. The 2D code is left out: none draws it by itself. */
export async function others(letters: Letter[]): Promise<Other[]> {
  const some = letters.slice(0, 100)
  const { stat } = await import('node:fs/promises')
  const made: Other[] = []
  made.push(await timed('Typst, merged', some.length, async (folder) => {
    await writeFile(join(folder, 'in.typ'), typst(some))
    await run('typst', ['compile', join(folder, 'in.typ'), join(folder, 'out.pdf')])
    return (await stat(join(folder, 'out.pdf'))).size
  }))
  made.push(await timed('WeasyPrint, merged', some.length, async (folder) => {
    await writeFile(join(folder, 'in.html'), html(some))
    await run('weasyprint', [join(folder, 'in.html'), join(folder, 'out.pdf')])
    return (await stat(join(folder, 'out.pdf'))).size
  }))
  made.push(await timed('Chromium, merged', some.length, async (folder) => {
    await writeFile(join(folder, 'in.html'), html(some))
    await run('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--no-pdf-header-footer', `--print-to-pdf=${join(folder, 'out.pdf')}`, `file://${join(folder, 'in.html')}`])
    return (await stat(join(folder, 'out.pdf'))).size
  }))
  made.push(await timed('pdf-lib, merged', some.length, async () => {
    const name: string = 'pdf-lib'
    const { PDFDocument, StandardFonts } = (await import(name)) as { PDFDocument: { create(): Promise<PdfLib> }; StandardFonts: { Helvetica: string } }
    const document = await PDFDocument.create()
    const font = await document.embedFont(StandardFonts.Helvetica)
    for (const letter of some) {
      const sheet = document.addPage([595, 842])
      wordsOf(letter).forEach(({ text, size }, i) => sheet.drawText(text, { x: 71, y: 800 - 22 * i, size, font, maxWidth: 453, lineHeight: 16 }))
    }
    return (await document.save()).length
  }))
  return made
}

interface PdfLib {
  embedFont(name: string): Promise<unknown>
  addPage(size: [number, number]): { drawText(text: string, options: object): void }
  save(): Promise<Uint8Array>
}
