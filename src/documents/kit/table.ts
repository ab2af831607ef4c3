import { ink } from './ink.ts'
import { styles, type Element, type Sheet, type Style, type TagOptions } from './sheet.ts'

/** A part of a cell; parts stand one below the other. */
export interface Part {
  text: string
  size?: number
  weight?: Style['weight']
  colour?: string
}

/** Words, or a place to fill in by pen: boxes to tick with what each stands for, or a line to write on. */
export type Cell = string | Part[] | { tick: string[] } | { write: true }

export interface Column<Row> {
  label: string
  /** points; a column without takes its share of what is left */
  width?: number
  /** its share of what is left; 1 if not said */
  grow?: number
  align?: 'right'
  /** names the row when the table is read aloud */
  header?: true
  cell: (row: Row) => Cell
}

interface Options<Row> {
  /** points that a row is high at least: room to write */
  minHeight?: number
  /** points above and below what is in a row */
  pad?: number
  /** the size of plain words */
  size?: number
  /** rows that begin a group have a heavier rule above them */
  beginsGroup?: (row: Row, before: Row) => boolean
  /** totals, cell by cell */
  foot?: string[]
  /** above the table */
  caption?: string
  /** points; the whole width if not said */
  width?: number
}

interface Laid {
  parts: { lines: string[]; style: Style }[]
  fill?: { tick: string[] } | { write: true }
  height: number
}

const gap = 10
const captionStyle: Style = { ...styles.body, size: 10.5, weight: 'semibold' }
const headStyle: Style = { ...styles.note, weight: 'semibold', leading: 1.3 }

/**
 * Draws a table over as many pages as it takes, its head at the top of each. In the structure the head is there once:
 * those of later pages are decoration.
 */
export function drawTable<Row>(
  sheet: Sheet,
  columns: Column<Row>[],
  rows: readonly Row[],
  options: Options<Row> = {},
): void {
  const width = options.width ?? sheet.width
  const places = placesOf(columns, sheet.left, width)
  const table = sheet.doc.struct('Table')
  sheet.root.add(table)
  const draw: Drawing = {
    sheet,
    columns: columns as Column<unknown>[],
    places,
    width,
    size: options.size ?? 10,
    pad: options.pad ?? 5,
  }
  sheet.ensure(headHeight(draw) + 40 + (options.caption === undefined ? 0 : 22))
  if (options.caption !== undefined) drawCaption(draw, table, options.caption)
  drawHead(draw, section(sheet, table, 'THead'))
  const body = section(sheet, table, 'TBody')
  rows.forEach((row, i) => {
    const cells = columns.map((column, k) => laid(draw, column.cell(row), places[k]!.width))
    const height = Math.max(
      options.minHeight ?? 0,
      ...cells.map((cell) => cell.height + 2 * draw.pad),
    )
    // The last row stands with the totals.
    const more = options.foot && i === rows.length - 1 ? 24 : 0
    if (sheet.ensure(height + more)) drawHead(draw)
    const before = rows[i - 1]
    const strong = before !== undefined && options.beginsGroup?.(row, before) === true
    if (strong) rule(draw, sheet.y, 0.9, ink.soft)
    drawRow(draw, body, cells, height)
    rule(draw, sheet.y, 0.5, ink.rule)
  })
  body.end()
  if (options.foot) drawFoot(draw, section(sheet, table, 'TFoot'), options.foot)
  table.end()
  sheet.space(8)
}

interface Drawing {
  sheet: Sheet
  columns: Column<unknown>[]
  places: { x: number; width: number }[]
  /** of all columns together */
  width: number
  size: number
  pad: number
}

function section(sheet: Sheet, table: Element, type: string): Element {
  const element = sheet.doc.struct(type)
  table.add(element)
  return element
}

function drawCaption({ sheet, width }: Drawing, table: Element, caption: string): void {
  const lines = sheet.lines(caption, captionStyle, width)
  sheet.tag(table, 'Caption', () => sheet.drawLines(lines, captionStyle, sheet.left, sheet.y))
  sheet.y += lines.length * captionStyle.size * captionStyle.leading + 2
}

function placesOf<Row>(columns: Column<Row>[], left: number, width: number): Drawing['places'] {
  const fixed = columns.reduce((sum, column) => sum + (column.width ?? 0), 0)
  const free = width - fixed - gap * (columns.length - 1)
  const share = ({ width, grow }: Column<Row>) => (width === undefined ? (grow ?? 1) : 0)
  const shares = columns.reduce((sum, column) => sum + share(column), 0)
  let x = left
  return columns.map((column) => {
    const own = column.width ?? (free * share(column)) / shares
    const place = { x, width: own }
    x += own + gap
    return place
  })
}

const headLines = ({ sheet, columns, places }: Drawing): string[][] =>
  columns.map((column, k) => sheet.lines(column.label, headStyle, places[k]!.width))
const headHeight = (draw: Drawing): number =>
  Math.max(...headLines(draw).map((lines) => lines.length)) * headStyle.size * headStyle.leading + 8

/** @param parent of the row; none: the head is repeated, as decoration */
function drawHead(draw: Drawing, parent?: Element): void {
  const { sheet, columns, places } = draw
  const height = headHeight(draw)
  const row = parent && sheet.doc.struct('TR')
  if (parent && row) parent.add(row)
  headLines(draw).forEach((lines, k) => {
    const { x, width } = places[k]!
    const top = sheet.y + height - 5 - lines.length * headStyle.size * headStyle.leading
    const right = columns[k]!.align === 'right' ? x + width : undefined
    const words = () => sheet.drawLines(lines, headStyle, x, top, right)
    if (row) sheet.tag(row, 'TH', words, { scope: 'Column' })
    else sheet.artifact(words, 'Pagination')
  })
  row?.end()
  parent?.end()
  sheet.y += height
  rule(draw, sheet.y, 1.1, ink.text)
}

function laid({ sheet, size }: Drawing, cell: Cell, width: number): Laid {
  if (typeof cell === 'object' && !Array.isArray(cell)) {
    const rows = 'tick' in cell ? cell.tick.length : 1
    return { parts: [], fill: cell, height: rows * 17 }
  }
  const parts = (typeof cell === 'string' ? [{ text: cell }] : cell)
    .filter((part) => part.text !== '')
    .map((part) => {
      const style: Style = {
        size: part.size ?? size,
        weight: part.weight ?? 'regular',
        colour: part.colour ?? ink.text,
        leading: 1.36,
      }
      return { lines: sheet.lines(part.text, style, width), style }
    })
  const height = parts.reduce(
    (sum, { lines, style }) => sum + lines.length * style.size * style.leading,
    0,
  )
  return cutToPage({ parts, height }, sheet)
}

/** A cell that no page can hold is cut, and says so. */
function cutToPage(cell: Laid, sheet: Sheet): Laid {
  const most = sheet.bottom - 140
  if (cell.height <= most) return cell
  const [first] = cell.parts
  const high = first!.style.size * first!.style.leading
  const lines = first!.lines.slice(0, Math.floor(most / high) - 1)
  return { parts: [{ lines: [...lines, '…'], style: first!.style }], height: most }
}

function drawRow(draw: Drawing, parent: Element, cells: Laid[], height: number): void {
  const { sheet, columns, places } = draw
  const row = sheet.doc.struct('TR')
  parent.add(row)
  cells.forEach((cell, k) => {
    const { x, width } = places[k]!
    const column = columns[k]!
    const right = column.align === 'right' ? x + width : undefined
    const type = column.header ? 'TH' : 'TD'
    const scope: TagOptions = column.header ? { scope: 'Row' } : {}
    if (cell.fill) {
      row.add(sheet.doc.struct(type, scope, []))
      drawFill(draw, cell.fill, x, width, height)
      return
    }
    if (cell.parts.length === 0) return void row.add(sheet.doc.struct(type, scope, []))
    const words = () => {
      let y = sheet.y + draw.pad
      for (const { lines, style } of cell.parts) {
        sheet.drawLines(lines, style, x, y, right)
        y += lines.length * style.size * style.leading
      }
    }
    sheet.tag(row, type, words, scope)
  })
  row.end()
  sheet.y += height
}

function drawFill(
  { sheet, pad }: Drawing,
  fill: { tick: string[] } | { write: true },
  x: number,
  width: number,
  height: number,
): void {
  const { doc } = sheet
  sheet.artifact(() => {
    if ('write' in fill) {
      const y = sheet.y + height - pad - 4
      doc
        .moveTo(x, y)
        .lineTo(x + width, y)
        .lineWidth(0.6)
        .dash(1.5, { space: 2 })
        .stroke(ink.soft)
        .undash()
      return
    }
    const side = 11
    const first = sheet.y + (fill.tick.length === 1 ? (height - side) / 2 : pad + 1)
    fill.tick.forEach((words, i) => {
      const y = first + i * 17
      doc
        .rect(x + 0.5, y, side, side)
        .lineWidth(0.8)
        .stroke(ink.text)
      sheet.drawLines([words], { ...styles.note, leading: 1.3 }, x + side + 5, y - 0.5)
    })
  })
}

function drawFoot(draw: Drawing, parent: Element, texts: string[]): void {
  const { sheet, places } = draw
  const cells = texts.map((text, k) =>
    laid(draw, [{ text, weight: 'semibold' }], places[k]?.width ?? 0),
  )
  const height = Math.max(...cells.map((cell) => cell.height)) + 2 * draw.pad
  if (sheet.ensure(height)) drawHead(draw)
  rule(draw, sheet.y, 1.1, ink.text)
  drawRow(draw, parent, cells, height)
  parent.end()
}

function rule({ sheet, width }: Drawing, y: number, thick: number, colour: string): void {
  const right = sheet.left + width
  sheet.artifact(
    () => void sheet.doc.moveTo(sheet.left, y).lineTo(right, y).lineWidth(thick).stroke(colour),
  )
}
