import { checkedLetter, type CheckedLetter, type Letter } from './letter.ts'
import { paper, placesOn, points, standardSheet, type Sheet } from './paper.ts'
import { writeLetter, type Overlay } from './pdf/letter-file.ts'
import { num } from './pdf/text-operators.ts'
import { outlined } from './pdf/text-outlines.ts'

/**
 * A letter's PDF with "Förhandsvisning" across each page, and with `guides` the envelope's window, margins,
 * barcode and folds. Only this function asks the engine for it, so that it can't come into a real letter.
 * @throws Refused as `renderLetter` does
 */
export const renderPreview = (
  letter: Letter,
  createdAt: Date,
  { guides }: { guides: boolean },
): Promise<Buffer> =>
  Promise.resolve().then(() => {
    const checked = checkedLetter(letter)
    return writeLetter(checked, createdAt, (page) => overlayOf(page, checked, guides))
  })

function overlayOf(page: number, { sheet }: CheckedLetter, guides: boolean): Overlay {
  if (!guides) return mark()
  const { under, over } = guidesOn(page, sheet ?? standardSheet)
  return { under: under + mark().under, over: mark().over + over }
}

interface Place {
  /** millimetres from the paper's top left */
  x: number
  y: number
  /** points */
  size: number
  /** degrees, counter-clockwise */
  turned?: number
  bold?: boolean
}

/** Words along the baseline from a place. @param paint f fills, S strokes */
function words(text: string, { x, y, size, turned = 0, bold = false }: Place, paint: 'f' | 'S') {
  const angle = (turned * Math.PI) / 180
  const scale = size / 1000
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale].map((n) => n.toFixed(5))
  const matrix = `${cos} ${sin} ${-Number(sin)} ${cos} ${place(x, y)}`
  return `q ${matrix} cm\n${outlined(text, bold).ops}${paint}\nQ\n`
}

/** Points from the lower left, as PDF counts, of millimetres from the top left. */
const place = (x: number, y: number) => `${num(points(x))} ${num(points(paper.height - y))}`

const word = 'FÖRHANDSVISNING'
const warning = 'Förhandsvisning – inget brev. Får inte skickas.'

let made: Overlay | undefined
/** Made when it is first asked for: its font is opened then. */
const mark = (): Overlay => (made ??= diagonal())

/**
 * From corner to corner: light beneath the text, its edge above it, so that both can be read and neither can
 * be missed.
 */
function diagonal(): Overlay {
  const size = 78
  const wide = ((outlined(word, true).width / 1000) * size * 25.4) / 72
  const high = (0.71 * size * 25.4) / 72 // capitals
  const turned = 56
  const angle = (turned * Math.PI) / 180
  const x = paper.width / 2 - (wide / 2) * Math.cos(angle) + (high / 2) * Math.sin(angle)
  const y = paper.height / 2 + (wide / 2) * Math.sin(angle) + (high / 2) * Math.cos(angle)
  const at = { x, y, size, turned, bold: true }
  const atTop = { x: standardSheet.margin, y: 8, size: 10, bold: true }
  return {
    under: `1 0.88 0.86 rg\n${words(word, at, 'f')}`,
    over:
      `0.8 0.1 0.1 RG ${num(900 / size)} w\n${words(word, at, 'S')}` +
      `0.8 0.1 0.1 rg\n${words(warning, atTop, 'f')}`,
  }
}

const line = (x1: number, y1: number, x2: number, y2: number) =>
  `${place(x1, y1)} m ${place(x2, y2)} l S\n`
const box = (left: number, top: number, right: number, bottom: number) =>
  `${place(left, bottom)} ${num(points(right - left))} ${num(points(bottom - top))} re`

const small = 7

/** Window, margins, the supplier's barcode and folds, as the tables of measures have them. */
function guidesOn(page: number, sheet: Sheet): Overlay {
  const { barcode, height } = paper
  const { left, top, right, bottom } = sheet.window
  const window = page > 0 ? '' : `0.88 0.94 1 rg ${box(left, top, right, bottom)} f\n`
  return {
    under: `1 0.93 0.75 rg ${box(0, 0, barcode, height)} f\n${window}`,
    over:
      (page > 0 ? '' : windowGuide(sheet)) + textGuide(page, sheet) + foldGuides() + barcodeGuide(),
  }
}

function windowGuide({ window: { left, top, right, bottom } }: Sheet): string {
  const said = `Fönster ${left}–${right} × ${top}–${bottom} mm`
  return (
    `0 0.35 0.8 RG 1 w [] 0 d ${box(left, top, right, bottom)} S\n` +
    `0 0.35 0.8 rg\n${words(said, { x: left, y: top - 1.5, size: small }, 'f')}`
  )
}

function textGuide(page: number, sheet: Sheet): string {
  const { margin, title, nextTop, nextBottom, check } = placesOn(sheet)
  const [top, bottom] = page === 0 ? [title.top, check.bottom] : [nextTop, nextBottom]
  const right = paper.width - margin
  const said = `Text ${margin}–${right} × ${top}–${bottom} mm`
  return (
    `0.1 0.5 0.2 RG 0.7 w [4 3] 0 d ${box(margin, top, right, bottom)} S\n` +
    `0.1 0.5 0.2 rg\n${words(said, { x: margin + 1, y: top - 1, size: small }, 'f')}\n`
  )
}

function foldGuides(): string {
  const { folds, width } = paper
  const named = folds.map((y) =>
    words(`Vik ${y} mm`, { x: width - 18, y: y - 1, size: small }, 'f'),
  )
  return (
    `0.45 0.45 0.45 RG 0.7 w [8 4] 0 d\n${folds.map((y) => line(0, y, width, y)).join('')}` +
    `0.35 0.35 0.35 rg\n${named.join('')}\n`
  )
}

function barcodeGuide(): string {
  const { barcode } = paper
  const said = `Fritt för tryckeriets streckkod, ${barcode} mm`
  const at = { x: barcode - 6, y: 180, size: small, turned: 90 }
  return `0.65 0.4 0 rg\n${words(said, at, 'f')}`
}
