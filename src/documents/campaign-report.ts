import { Sheet, styles, type Imprint } from './kit/sheet.ts'
import { readSvg } from './kit/svg.ts'
import { drawTable, type Cell, type Column } from './kit/table.ts'

// The report's words, plots and tables, as reports/page.ts makes them for the web page.

interface ReportCell {
  text: string
  numeric: boolean
  /** a checksum */
  code?: boolean
}

interface ReportTable {
  caption: string
  head: { label: string; numeric: boolean }[]
  rows: ReportCell[][]
  foot: ReportCell[] | null
}

interface ReportSection {
  heading: string
  text: string | null
  plots: { caption: string; svg: string; note: string; table: ReportTable }[]
  tables: ReportTable[]
}

interface ReportGoal extends Pick<ReportSection, 'plots' | 'tables'> {
  heading: string
  aim: string
  colour: 'green' | 'yellow' | 'red' | null
  colourWord: string
  state: string
  reason: string
}

export interface CampaignReport extends Imprint {
  title: string
  alarms: string[]
  key: { label: string; value: string; more: string }[]
  goals: ReportGoal[]
  goalsNote: string | null
  campaigns: {
    name: string
    what: string
    facts: { label: string; value: string }[]
    sections: ReportSection[]
  }[]
  /** what is of the whole region */
  clinics: ReportSection[]
}

/** The figures of all campaigns with their plots: the same as the web page, to send on and to keep. Counts only. */
export async function campaignReportPaper(report: CampaignReport): Promise<Buffer> {
  const sheet = new Sheet({
    ...report,
    kind: 'Rapport',
    landscape: true,
    handling: 'Rapporten innehåller bara antal. Ingen enskild person går att se i den.',
  })
  sheet.heading(1, report.title)
  for (const alarm of report.alarms) sheet.box(`Sena brev: ${alarm}`, 'alarm')
  sheet.space(6)
  sheet.figures(report.key)
  drawGoals(sheet, report)
  if (report.campaigns.length === 0) sheet.paragraph('Det finns inga utskick.', styles.lead)
  report.campaigns.forEach((campaign, i) => {
    if (i > 0 || report.goals.length > 0) sheet.newPage()
    sheet.heading(2, campaign.what)
    sheet.paragraph(`Utskick ${campaign.name}`, styles.note)
    sheet.facts(campaign.facts)
    if (campaign.sections.length === 0)
      sheet.paragraph('Planen är inte gjord än: det finns inget att räkna.')
    for (const section of campaign.sections) drawSection(sheet, section, 3)
  })
  for (const section of report.clinics) {
    sheet.newPage()
    drawSection(sheet, section, 2)
  }
  return sheet.finish()
}

/** All goals at a glance, then a page for each. */
function drawGoals(sheet: Sheet, { goals, goalsNote }: CampaignReport): void {
  if (goals.length === 0) return
  sheet.heading(2, 'Mål och täckning')
  if (goalsNote !== null) sheet.paragraph(goalsNote, styles.note)
  for (const goal of goals)
    sheet.box(`${goal.heading}. ${doing(goal)}`, goal.colour === 'red' ? 'alarm' : 'calm')
  for (const goal of goals) {
    sheet.newPage()
    sheet.heading(2, goal.heading)
    sheet.paragraph(`${goal.aim}. ${doing(goal)}`)
    drawFigures(sheet, goal)
  }
}

const doing = ({ colourWord, state, reason }: ReportGoal): string =>
  `${colourWord ? `${colourWord}: ` : ''}${state}. ${reason}`.trim()

function drawSection(sheet: Sheet, section: ReportSection, level: 2 | 3): void {
  const [plot] = section.plots
  const drawing = plot && readSvg(plot.svg)
  // The heading stands on the page that its plot is on.
  if (drawing) sheet.ensure(90 + sheet.heightOf(drawing))
  sheet.heading(level, section.heading)
  if (section.text !== null) sheet.paragraph(section.text)
  drawFigures(sheet, section)
}

function drawFigures(
  sheet: Sheet,
  { plots, tables }: Pick<ReportSection, 'plots' | 'tables'>,
): void {
  for (const { caption, svg, note, table } of plots) {
    sheet.paragraph(caption, { ...styles.body, weight: 'semibold' })
    sheet.figure(readSvg(svg))
    sheet.paragraph(note, styles.note)
    drawReportTable(sheet, table)
  }
  for (const table of tables) drawReportTable(sheet, table)
}

const size = 9.5

function drawReportTable(sheet: Sheet, table: ReportTable): void {
  const { widths, total } = widthsOf(sheet, table)
  const columns = table.head.map(({ label, numeric }, k): Column<ReportCell[]> => ({
    label,
    width: widths[k]!,
    ...(numeric ? { align: 'right' } : {}),
    ...(k === 0 ? { header: true } : {}),
    cell: (row): Cell => [{ text: row[k]?.text ?? '', size: row[k]?.code ? 8 : size }],
  }))
  drawTable(sheet, columns, table.rows, {
    caption: table.caption,
    size,
    pad: 3,
    width: total,
    ...(table.foot ? { foot: table.foot.map((cell) => cell.text) } : {}),
  })
}

/** Figures get the room they need, words as much as they need of what is left. */
function widthsOf(sheet: Sheet, table: ReportTable): { widths: number[]; total: number } {
  const style = { ...styles.body, size }
  const measured = (text: string, weight: 'regular' | 'semibold') => {
    sheet.doc.font(weight).fontSize(style.size)
    return sheet.doc.widthOfString(sheet.clean(text)) + 1
  }
  const wanted = table.head.map(({ label, numeric }, k) => {
    const words = label.split(' ').map((word) => measured(word, 'semibold'))
    const cells = table.rows.map((row) => measured(row[k]?.text ?? '', 'regular'))
    const foot = measured(table.foot?.[k]?.text ?? '', 'semibold')
    return { numeric, width: Math.max(numeric ? 44 : 60, foot, ...words, ...cells) }
  })
  const gaps = 10 * (wanted.length - 1)
  const sum = (numeric: boolean) =>
    wanted.reduce((total, column) => total + (column.numeric === numeric ? column.width : 0), 0)
  const room = sheet.width - gaps - sum(true)
  const share = Math.min(1, room / sum(false))
  const widths = wanted.map(({ numeric, width }) => (numeric ? width : width * share))
  return { widths, total: widths.reduce((a, b) => a + b, gaps) }
}
