import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PNG } from 'pngjs'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { Refused } from '../../errors.ts'
import { onPaper, withPages } from '../page-pictures.ts'
import { readSignedCode } from '../signed-code.ts'

/** Red, green, blue and opacity of each dot, row by row from the top. */
export interface Picture {
  width: number
  height: number
  data: Uint8Array
}

/**
 * A picture file on white paper: PNG, or a PDF's first page at 216 dots an inch.
 * @throws Refused `bad-picture`
 */
export async function readPicture(bytes: Buffer, name: string): Promise<Picture> {
  try {
    if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return await firstPage(bytes)
    if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return flattened(PNG.sync.read(bytes))
  } catch {
    // refused below
  }
  throw new Refused(
    'bad-picture',
    `${name} can't be read as a picture. Give a PNG (a photograph in another format: save it as PNG) or a PDF.`,
  )
}

/** PDFium gives blue before red, which makes no difference to a code in black and white. */
const firstPage = (bytes: Buffer): Promise<Picture> =>
  withPages(bytes, async ([page]) => flattened(await page!.render({ scale: 3 })))

const flattened = ({ width, height, data }: Picture): Picture => ({
  width,
  height,
  data: onPaper(data),
})

/** The package would fetch its WebAssembly over the network; codes are checked without one. */
let prepared = false
function prepare(): void {
  if (prepared) return
  prepared = true
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')
  const wasm = readFileSync(file)
  prepareZXingModule({
    overrides: {
      wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength),
    },
  })
}

/**
 * Reads a letter's 2D code from a picture: a page, a scan or a photograph, turned any way. Of several
 * codes it takes the first that has the form of our letters'.
 * @returns the text, or undefined when there is no code
 */
export async function readQr({ width, height, data }: Picture): Promise<string | undefined> {
  prepare()
  const found = await readBarcodes(
    { width, height, data: new Uint8ClampedArray(data), colorSpace: 'srgb' },
    { formats: ['QRCode'], textMode: 'Plain', characterSet: 'UTF8' },
  )
  const texts = found.map(({ text }) => text)
  return texts.find((text) => readSignedCode(text) !== undefined) ?? texts[0]
}
