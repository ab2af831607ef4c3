import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { number, percent } from './format.ts'

use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer])

const width = 1000
const font = {
  fontFamily: 'system-ui, Segoe UI, DejaVu Sans, sans-serif', // echarts writes quotes into the attribute as they are
  fontSize: 15,
  color: '#1c2733',
}
const ink = '#1c2733'
const lines = '#d5dbe1'

/** Told apart by people who see colours differently, and in grey; the last is for what is merely left over. */
export const colours = {
  blue: '#00579c',
  lightBlue: '#6fa8d6',
  green: '#2a7d4f',
  orange: '#c4611a',
  purple: '#6b4c9a',
  yellow: '#d9a514',
  grey: '#8b95a1',
  pale: '#e3e8ed',
} as const

/** One chart as the text of an SVG element. `alt` says in words what it shows. */
function draw(option: EChartsCoreOption, height: number, alt: string): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ animation: false, textStyle: font, ...option })
    const svg = chart.renderToSVGString()
    return svg.replace('<svg ', `<svg role="img" aria-label="${attribute(alt)}" `)
  } finally {
    chart.dispose()
  }
}

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')

const axisText = { color: ink, fontSize: 14 }
const valueAxis = (name: string) => ({
  type: 'value',
  name,
  minInterval: 1,
  nameTextStyle: { ...axisText, align: 'left' as const },
  axisLabel: { ...axisText, formatter: number },
  splitLine: { lineStyle: { color: lines } },
})
const legend = { top: 0, left: 0, itemGap: 40, itemWidth: 18, textStyle: { ...font, fontSize: 15 } }

export interface Part {
  label: string
  number: number
  colour: string
}

/**
 * The parts of a whole, one below the other, each beginning where the one before ended: seen at once that they fill
 * it.
 */
export function partsChart(whole: Part, parts: Part[], alt: string): string {
  let at = 0
  const before = [0, ...parts.map((part) => (at += part.number) - part.number)]
  const all = [whole, ...parts]
  // The figure stands to the right of its bar, or to the left where the bar ends near the edge.
  const place = all.map((part, i) =>
    (before[i]! + part.number) / whole.number > 0.8 ? ('left' as const) : ('right' as const),
  )
  const label = (part: Part) => `${number(part.number)}  (${percent(part.number, whole.number)})`
  return draw(
    {
      grid: { left: 330, right: 24, top: 8, bottom: 32 },
      yAxis: {
        type: 'category',
        inverse: true,
        data: all.map((part) => part.label),
        axisTick: { show: false },
        axisLine: { lineStyle: { color: lines } },
        axisLabel: { ...axisText, width: 270, overflow: 'break', lineHeight: 16 },
      },
      xAxis: { ...valueAxis(''), max: whole.number },
      series: [
        {
          type: 'bar',
          stack: 'all',
          silent: true,
          itemStyle: { color: 'transparent' },
          data: before.map((value, i) => ({
            value,
            label: {
              show: place[i] === 'left' && value > 0,
              position: 'insideRight' as const,
              formatter: label(all[i]!),
              color: ink,
              fontSize: 14,
            },
          })),
        },
        {
          type: 'bar',
          stack: 'all',
          barWidth: 20,
          data: all.map((part, i) => ({
            value: part.number,
            itemStyle: { color: part.colour },
            label:
              i === 0 || (place[i] === 'left' && before[i] === 0)
                ? {
                    show: true,
                    position: 'insideRight' as const,
                    formatter: label(part),
                    color: '#ffffff',
                    fontSize: 14,
                  }
                : {
                    show: place[i] === 'right',
                    position: 'right' as const,
                    formatter: label(part),
                    color: ink,
                    fontSize: 14,
                  },
          })),
        },
      ],
    },
    48 + all.length * 32,
    alt,
  )
}

export interface Series {
  label: string
  colour: string
  values: number[]
  /** bars with the same stack stand on each other; a line has none */
  kind: 'bar' | 'line' | 'step'
}

/** Counts by day: stacked bars, and lines to hold them against. @param unit what is counted, above the axis */
export function daysChart(days: string[], series: Series[], unit: string, alt: string): string {
  return draw(
    {
      legend: {
        ...legend,
        data: series.map((s) => ({
          name: s.label,
          icon: s.kind === 'bar' ? 'rect' : 'path://M0,4 L20,4 L20,7 L0,7 Z',
        })),
      },
      grid: { left: 72, right: 24, top: 76, bottom: 40 },
      xAxis: {
        type: 'category',
        data: days,
        axisLabel: { ...axisText, hideOverlap: true },
        axisLine: { lineStyle: { color: ink } },
        axisTick: { alignWithLabel: true },
      },
      yAxis: valueAxis(unit),
      series: series.map((s) =>
        s.kind === 'bar'
          ? {
              name: s.label,
              type: 'bar',
              stack: 'bars',
              barMaxWidth: 56,
              itemStyle: { color: s.colour },
              data: s.values,
            }
          : {
              name: s.label,
              type: 'line',
              step: s.kind === 'step' ? 'middle' : false,
              symbol: 'circle',
              symbolSize: 9,
              data: s.values,
              lineStyle: { color: s.colour, width: 3 },
              itemStyle: { color: s.colour },
            },
      ),
    },
    380,
    alt,
  )
}

/** Shares day by day as lines, from nothing to all; a day without a value is passed over. */
export function shareChart(
  days: string[],
  series: { label: string; colour: string; values: (number | null)[] }[],
  alt: string,
): string {
  return draw(
    {
      legend: {
        ...legend,
        data: series.map((s) => ({ name: s.label, icon: 'path://M0,4 L20,4 L20,7 L0,7 Z' })),
      },
      grid: { left: 72, right: 24, top: 52, bottom: 40 },
      xAxis: {
        type: 'category',
        boundaryGap: false,
        data: days,
        axisLabel: { ...axisText, hideOverlap: true },
        axisLine: { lineStyle: { color: ink } },
      },
      yAxis: {
        ...valueAxis(''),
        min: 0,
        max: 1,
        minInterval: 0,
        axisLabel: { ...axisText, formatter: (share: number) => `${Math.round(share * 100)} %` },
      },
      series: series.map((s) => ({
        name: s.label,
        type: 'line',
        connectNulls: true,
        showSymbol: false,
        data: s.values,
        lineStyle: { color: s.colour, width: 3 },
        itemStyle: { color: s.colour },
      })),
    },
    340,
    alt,
  )
}

/** One bar a row, made of parts; for many rows (clinics). */
export function rowsChart(
  labels: string[],
  series: Omit<Series, 'kind'>[],
  unit: string,
  alt: string,
): string {
  return draw(
    {
      legend: { ...legend, data: series.map((s) => s.label) },
      grid: { left: 330, right: 24, top: 48, bottom: 56 },
      yAxis: {
        type: 'category',
        inverse: true,
        data: labels,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: lines } },
        axisLabel: { ...axisText, interval: 0, width: 270, overflow: 'break', lineHeight: 16 },
      },
      xAxis: { ...valueAxis(unit), nameLocation: 'middle', nameGap: 34 },
      series: series.map((s) => ({
        name: s.label,
        type: 'bar',
        stack: 'all',
        barWidth: 18,
        data: s.values,
        itemStyle: {
          color: s.colour,
          borderColor: s.colour === colours.pale ? colours.grey : s.colour,
          borderWidth: s.colour === colours.pale ? 1 : 0,
        },
      })),
    },
    110 + labels.length * 27,
    alt,
  )
}
