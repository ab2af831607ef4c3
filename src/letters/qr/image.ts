import { PNG } from 'pngjs'
import { Refused } from '../../errors.ts'
import { withPages } from '../page-pictures.ts'
import type { Picture } from './find.ts'

/**
 * A picture file in grey: PNG, or a PDF's first page at 216 dots an inch.
 * @throws Refused `bad-picture`
 */
export async function readPicture(bytes: Buffer, name: string): Promise<Picture> {
  try {
    if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return await firstPage(bytes)
    if (bytes.subarray(1, 4).toString('latin1') === 'PNG') return greyOf(PNG.sync.read(bytes))
  } catch {
    // said below
  }
  throw new Refused(
    'bad-picture',
    `${name} can't be read as a picture. Give a PNG (a photograph in another format: save it as PNG) or a PDF.`,
  )
}

const firstPage = (bytes: Buffer): Promise<Picture> =>
  withPages(bytes, async ([page]) => greyOf(await page!.render({ scale: 3 })))

/** Four bytes a pixel; whether red or blue comes first makes no difference to black and white. Transparent is paper. */
function greyOf({
  width,
  height,
  data,
}: {
  width: number
  height: number
  data: Uint8Array
}): Picture {
  const grey = new Uint8Array(width * height)
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) {
    const light = ((data[at] ?? 0) + 2 * (data[at + 1] ?? 0) + (data[at + 2] ?? 0)) / 4
    grey[i] = 255 - ((255 - light) * (data[at + 3] ?? 0)) / 255
  }
  return { width, height, grey }
}
