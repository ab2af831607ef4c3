import { PDFiumLibrary, type PDFiumPage } from '@hyzyla/pdfium'
import { PNG } from 'pngjs'

/** Opens a PDF with PDFium, another program than the one that drew it, and closes it whatever happens. */
export async function withPages<T>(
  pdf: Uint8Array,
  work: (pages: PDFiumPage[]) => Promise<T>,
): Promise<T> {
  const library = await PDFiumLibrary.init()
  try {
    const document = await library.loadDocument(pdf)
    try {
      return await work([...document.pages()])
    } finally {
      document.destroy()
    }
  } finally {
    library.destroy()
  }
}

/** A page in grey: one byte a sample, 0 black and 255 white, row by row from the top. */
export interface GreyPage {
  width: number
  height: number
  data: Uint8Array
}

export const pagesInGrey = (pdf: Uint8Array, dotsPerInch: number): Promise<GreyPage[]> =>
  withPages(pdf, async (pages) => {
    const drawn: GreyPage[] = []
    for (const page of pages)
      drawn.push(
        await page.render({ scale: dotsPerInch / 72, render: 'bitmap', colorSpace: 'Gray' }),
      )
    return drawn
  })

/** Each page, or only one (from 1), as a PNG in colour. */
export const pagesAsPng = (
  pdf: Uint8Array,
  dotsPerInch: number,
  only?: number,
): Promise<Buffer[]> =>
  withPages(pdf, async (pages) => {
    const files: Buffer[] = []
    for (const page of pages.filter((_, i) => only === undefined || i === only - 1)) {
      // On a transparent ground PDFium leaves out the coloured edges that it gives letters on screens.
      const { width, height, data } = await page.render({
        scale: dotsPerInch / 72,
        render: 'bitmap',
        colorSpace: 'BGRA',
        transparent: true,
      })
      const png = new PNG({ width, height })
      png.data = onPaper(data)
      files.push(
        PNG.sync.write(png, { colorType: 2, filterType: 0, deflateStrategy: 0, deflateLevel: 6 }),
      )
    }
    return files
  })

/** Each page's text as PDFium extracts it, lines ended by \n. */
export const pageTexts = (pdf: Uint8Array): Promise<string[]> =>
  withPages(pdf, (pages) =>
    Promise.resolve(pages.map((page) => page.getText().replaceAll('\r\n', '\n'))),
  )

/** Red, green, blue and opacity of each dot → the same on white paper. */
export function onPaper(data: Uint8Array): Buffer {
  const flat = Buffer.alloc(data.length, 255)
  for (let i = 0; i < data.length; i += 4) {
    const opaque = data[i + 3] ?? 0
    for (let k = i; k < i + 3; k++) flat[k] = 255 - ((255 - (data[k] ?? 0)) * opaque) / 255
  }
  return flat
}
