import { DateTime } from 'luxon'
import { colours, shareChart } from '../charts.ts'
import { everyDay, longDay, number, percent, shortDay } from '../format.ts'
import { table } from '../table.ts'
import type { GoalView, Plot } from '../view.ts'
import type { GoalCoverage } from './coverage.ts'
import { coverageTables } from './tables.ts'
import { goalLine, targetWord } from './words.ts'

/** A goal as words, plot and tables. Pure. */
export const goalView = (goal: GoalCoverage): GoalView => ({
  ...goalLine(goal),
  plots: goal.total && goal.days.length > 0 ? [coveragePlot(goal, goal.total.members)] : [],
  tables: goal.total ? coverageTables(goal) : [],
})

/** How many had been covered day by day, against the target. */
function coveragePlot(goal: GoalCoverage, members: number): Plot {
  const first = goal.days[0]!.day
  const days = everyDay([first, goal.on, goal.by])
  const shown = new Map(goal.days.map(({ day, covered }) => [day, covered / members]))
  // Nothing new since the last day with anybody: the line goes on until today.
  const last = goal.days.at(-1)!
  shown.set(goal.on, last.covered / members)
  const target = targetWord(goal.target)
  return {
    caption: 'Täckning dag för dag, mot målet',
    svg: shareChart(
      days.map(shortDay),
      [
        {
          label: 'andel som har fått dosen',
          colour: colours.blue,
          values: days.map((day) => shown.get(day) ?? null),
        },
        {
          label: `målet, ${target}`,
          colour: colours.orange,
          values: days.map(() => goal.target),
        },
      ],
      `En linje från ${longDay(first)} till ${longDay(goal.on)}: den slutar på ${percent(last.covered, members)}. ` +
        `Målet är ${target}, ${longDay(goal.by)}.`,
    ),
    note:
      'Linjen slutar i dag, och målet vid dagen då det ska vara nått. En dag har en punkt när minst fem personer har ' +
      'kommit till sedan punkten före.',
    table: table(
      'Täckning vecka för vecka',
      ['Senast räknat', '#Har fått', '#Täckning'],
      weekly(goal.days).map(({ day, covered }) => [
        longDay(day),
        number(covered),
        percent(covered, members),
      ]),
    ),
  }
}

/** The last day of each week. */
const weekly = (days: GoalCoverage['days']): GoalCoverage['days'] => {
  const week = (day: string) => DateTime.fromISO(day).toFormat('kkkk-WW')
  return days.filter(
    (line, i) => days[i + 1] === undefined || week(days[i + 1]!.day) !== week(line.day),
  )
}
