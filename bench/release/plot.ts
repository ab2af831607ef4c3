import { formatDay } from '../../src/release/model/calendar.ts'
import type { Result } from './play.ts'
import type { Scenario } from './scenarios.ts'

const WIDTH = 860
const PANEL = 110
const LEFT = 64

/** An SVG with four panels one above the other: invitations, bookings, free places and calls by day. */
export function plot(result: Result, scenario: Scenario): string {
  const { history } = result
  const last =
    Math.max(
      ...[history.invited, history.booked, history.calls, history.used].map((days) =>
        days.findLastIndex((n) => n > 0),
      ),
    ) + 1
  const panels: [string, number[], string, number?][] = [
    ['invitations sent', history.invited, '#1f5fa8'],
    ['times booked', history.booked, '#2a7f4f'],
    ['free times at the end of the day', history.free, '#8a6d1f'],
    ['calls', history.calls, '#a8323e', scenario.phones],
  ]
  const height = panels.length * (PANEL + 34) + 56
  const drawn = panels.map(([name, days, colour, limit], i) =>
    panel(name, days.slice(0, last), colour, 44 + i * (PANEL + 34), limit),
  )
  const title = `${scenario.name}, ${result.policy}: ${(100 * result.metNone).toFixed(2)} % met no free time, ${(100 * result.slotsUsed).toFixed(0)} % of places used, 95 % served on day ${result.day95}`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<title>${title}</title><rect width="100%" height="100%" fill="white"/><text x="12" y="22" font-size="14">${title}</text>
${drawn.join('\n')}
<text x="${LEFT}" y="${height - 8}">${formatDay(scenario.start)}</text><text x="${WIDTH - 90}" y="${height - 8}">${formatDay(scenario.start + last - 1)}</text>
</svg>
`
}

function panel(name: string, days: number[], colour: string, top: number, limit?: number): string {
  const most = Math.max(1, ...days, limit ?? 0)
  const step = (WIDTH - LEFT - 12) / days.length
  const y = (n: number): number => top + 16 + PANEL * (1 - n / most)
  const bars = days.map((n, d) =>
    n > 0
      ? `<rect x="${(LEFT + d * step).toFixed(1)}" y="${y(n).toFixed(1)}" width="${Math.max(1, step - 1).toFixed(1)}" height="${(top + 16 + PANEL - y(n)).toFixed(1)}" fill="${colour}"/>`
      : '',
  )
  const line =
    limit === undefined
      ? ''
      : `<line x1="${LEFT}" x2="${WIDTH - 12}" y1="${y(limit)}" y2="${y(limit)}" stroke="#333" stroke-dasharray="4 3"/><text x="${LEFT + 4}" y="${y(limit) - 3}">phone capacity ${limit}</text>`
  return `<text x="${LEFT}" y="${top + 8}">${name}</text><text x="${LEFT - 6}" y="${top + 24}" text-anchor="end">${most}</text><line x1="${LEFT}" x2="${WIDTH - 12}" y1="${top + 16 + PANEL}" y2="${top + 16 + PANEL}" stroke="#999"/>${bars.join('')}${line}`
}
