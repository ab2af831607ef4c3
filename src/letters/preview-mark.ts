import { num } from './pdf/ops.ts'
import { outlined } from './pdf/outlines.ts'
import { overPages } from './pdf/over-pages.ts'
import { paper, placesOn, points, standardSheet, type Sheet } from './paper.ts'

const mark = 'FÖRHANDSVISNING'
const warning = 'Förhandsvisning – inget brev. Får inte skickas.'

/** Words along the baseline from a place in millimetres from the top left. @param turned degrees, counter-clockwise; paint: f fills, S strokes */
function words(
  text: string,
  at: { x: number; y: number; size: number; turned?: number; bold?: boolean },
  paint: string,
): string {
  const { ops } = outlined(text, at.bold ?? false)
  const scale = at.size / 1000
  const angle = ((at.turned ?? 0) * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle) * scale, Math.sin(angle) * scale].map((n) => n.toFixed(5))
  return `q ${cos} ${sin} ${-Number(sin)} ${cos} ${num(points(at.x))} ${num(points(paper.height - at.y))} cm\n${ops}${paint}\nQ\n`
}

/** The mark from corner to corner: light beneath the text, its edge above it, so that both can be read and neither can be missed. */
function diagonal(): { under: string; over: string } {
  const size = 78
  const wide = ((outlined(mark, true).width / 1000) * size * 25.4) / 72
  const turned = 56
  const angle = (turned * Math.PI) / 180
  const high = (0.71 * size * 25.4) / 72 // capitals
  const x = paper.width / 2 - (wide / 2) * Math.cos(angle) + (high / 2) * Math.sin(angle)
  const y = paper.height / 2 + (wide / 2) * Math.sin(angle) + (high / 2) * Math.cos(angle)
  const at = { x, y, size, turned, bold: true }
  return {
    under: `1 0.88 0.86 rg\n${words(mark, at, 'f')}`,
    over: `0.8 0.1 0.1 RG ${num(900 / size)} w\n${words(mark, at, 'S')}0.8 0.1 0.1 rg\n${words(warning, { x: standardSheet.margin, y: 8, size: 10, bold: true }, 'f')}`,
  }
}

const line = (x1: number, y1: number, x2: number, y2: number) =>
  `${num(points(x1))} ${num(points(paper.height - y1))} m ${num(points(x2))} ${num(points(paper.height - y2))} l S\n`
const box = (left: number, top: number, right: number, bottom: number) =>
  `${num(points(left))} ${num(points(paper.height - bottom))} ${num(points(right - left))} ${num(points(bottom - top))} re`

/** Window, margins, the supplier's barcode and folds, as the tables of measures have them. */
function guides(page: number, sheet: Sheet): { under: string; over: string } {
  const { window, margin, title, nextTop, nextBottom, check } = placesOn(sheet)
  const { width, height, barcode, folds } = paper
  const [top, bottom] = page === 0 ? [title.top, check.bottom] : [nextTop, nextBottom]
  const small = 7
  const windowed =
    page > 0
      ? ''
      : `0 0.35 0.8 RG 1 w [] 0 d ${box(window.left, window.top, window.right, window.bottom)} S\n0 0.35 0.8 rg\n${words(`Fönster ${window.left}–${window.right} × ${window.top}–${window.bottom} mm`, { x: window.left, y: window.top - 1.5, size: small }, 'f')}`
  return {
    under: `1 0.93 0.75 rg ${box(0, 0, barcode, height)} f\n${page > 0 ? '' : `0.88 0.94 1 rg ${box(window.left, window.top, window.right, window.bottom)} f\n`}`,
    over: `${windowed}0.1 0.5 0.2 RG 0.7 w [4 3] 0 d ${box(margin, top, width - margin, bottom)} S\n0.1 0.5 0.2 rg\n${words(`Text ${margin}–${width - margin} × ${top}–${bottom} mm`, { x: margin + 1, y: top - 1, size: small }, 'f')}
0.45 0.45 0.45 RG 0.7 w [8 4] 0 d\n${folds.map((y) => line(0, y, width, y)).join('')}0.35 0.35 0.35 rg\n${folds.map((y) => words(`Vik ${y} mm`, { x: width - 18, y: y - 1, size: small }, 'f')).join('')}
0.65 0.4 0 rg\n${words(`Fritt för tryckeriets streckkod, ${barcode} mm`, { x: barcode - 6, y: 180, size: small, turned: 90 }, 'f')}`,
  }
}

/**
 * A letter's PDF with "Förhandsvisning" across each page, and the guides where they are asked for. Real letters never come through here.
 * @param pdf as `renderLetter` makes it
 */
export function asPreview(
  pdf: Buffer,
  options: { guides: boolean; sheet?: Sheet | undefined },
): Buffer {
  const marked = diagonal()
  return overPages(pdf, (page) => {
    const drawn = options.guides
      ? guides(page, options.sheet ?? standardSheet)
      : { under: '', over: '' }
    return { under: `${drawn.under}${marked.under}`, over: `${marked.over}${drawn.over}` }
  })
}
