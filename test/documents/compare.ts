import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { pagesInGrey, type GreyPage } from '../../src/letters/page-pictures.ts'
import { fromPng } from '../letters/pages/compare.ts'

export const folder = fileURLToPath(new URL('pages/', import.meta.url))

/** Enough to see a word that moved or a rule that is gone, and small files. */
const dotsPerInch = 50
const shades = Array.from({ length: 256 }, (_, grey) =>
  Math.round((Math.round((grey * 7) / 255) * 255) / 7),
)

/** A paper's pages as PDFium sees them, in eight greys. */
export const pagesOf = async (pdf: Buffer): Promise<GreyPage[]> =>
  (await pagesInGrey(pdf, dotsPerInch)).map((page) => ({
    ...page,
    data: page.data.map((grey) => shades[grey] ?? 255),
  }))

export async function storedPages(name: string): Promise<GreyPage[]> {
  const files = (await readdir(folder)).filter((file) => file.replace(/-\d+\.png$/, '') === name)
  const inOrder = files.toSorted(new Intl.Collator('en', { numeric: true }).compare)
  return Promise.all(inOrder.map(async (file) => fromPng(await readFile(`${folder}${file}`))))
}
