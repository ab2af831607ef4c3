import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { buffer } from 'node:stream/consumers'
import PDFDocument from 'pdfkit'
import qrcode from 'qrcode'
import type { Letter } from '../../src/letters/letter.ts'
import { unpackWoff } from '../../src/letters/text/woff.ts'
import { wordsOf } from './sample.ts'

const require = createRequire(import.meta.url)
interface Fonts {
  regular: Buffer
  bold: Buffer
}

/** Noto Sans as it is downloaded: Latin, Cyrillic and Greek in one file, so that every name can be written. */
export const wholeFonts: Fonts = {
  regular: readFileSync(
    require.resolve('@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'),
  ),
  bold: readFileSync(require.resolve('@expo-google-fonts/noto-sans/700Bold/NotoSans_700Bold.ttf')),
}

const latin = (weight: number) =>
  unpackWoff(
    readFileSync(
      require.resolve(`@fontsource/noto-sans/files/noto-sans-latin-${weight}-normal.woff`),
    ),
  )
/** The first of the files that we draw with: Western European letters alone. */
export const latinFonts: Fonts = { regular: latin(400), bold: latin(700) }

/**
 * A letter as anybody would write it with pdfkit: a document of its own, fonts from the file, text that
 * pdfkit wraps, a code of squares.
 */
export async function naiveLetter(letter: Letter, fonts: Fonts): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', margin: 71, font: '' })
  const bytes = buffer(document)
  document.registerFont('regular', fonts.regular).registerFont('bold', fonts.bold)
  for (const { text, size, bold } of wordsOf(letter))
    document.font(bold ? 'bold' : 'regular', size).text(text, { width: 453, lineGap: 0 })
  const { modules } = qrcode.create(letter.checkUrl, { errorCorrectionLevel: 'M' })
  for (let i = 0; i < modules.data.length; i++)
    if (modules.data[i])
      document.rect(
        460 + (i % modules.size) * 1.7,
        740 + Math.floor(i / modules.size) * 1.7,
        1.7,
        1.7,
      )
  document.fill('black')
  document.end()
  return bytes
}
