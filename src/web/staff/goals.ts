import type { RequestHandler } from 'express'
import type { App } from '../../app.ts'
import { knownGoal } from '../../goals/set.ts'
import { goalsInForce } from '../../goals/store.ts'
import { dayOf } from '../../people/dates.ts'
import { goalCoverage, type GoalCoverage } from '../../reports/goals/coverage.ts'
import { coverageCsv } from '../../reports/goals/csv.ts'
import { coverageTables } from '../../reports/goals/tables.ts'
import { goalLine, goalsNote } from '../../reports/goals/words.ts'
import { page } from '../view/page.ts'
import { regionOf } from '../region.ts'

/** How each goal is doing, for the overview: counts only, and none that is small. */
export async function goalLines(app: App) {
  const goals = await goalsInForce(app.pool)
  const today = dayOf(app.clock.now())
  const found = await Promise.all(goals.map((goal) => goalCoverage(app.pool, goal, today, 'total')))
  return found.map(shownGoal)
}

/** A goal in words, with its share and target as a bar in per cent. */
const shownGoal = (goal: GoalCoverage) => ({
  name: goal.name,
  ...goalLine(goal),
  width: Math.round((goal.total?.share ?? 0) * 1000) / 10,
  target: Math.round(goal.target * 1000) / 10,
})

export function goalPages(app: App): Record<'goal' | 'csv', RequestHandler> {
  const render = page('staff/goal.hbs')
  return {
    /** GET /admin/mal/<name>: one goal by area, age, sex, language and group */
    goal: async (request, response) => {
      const goal = await knownGoal(app.pool, String(request.params['name']))
      const coverage = await goalCoverage(app.pool, goal, dayOf(app.clock.now()))
      const html = render({
        ...regionOf(app.config),
        title: `${goal.who}, täckning – Kallelse`,
        goal: shownGoal(coverage),
        tables: coverage.total ? coverageTables(coverage) : [],
        goalsNote,
      })
      response.set('Cache-Control', 'no-store').type('html').send(html)
    },
    /** GET /admin/mal.csv: all goals, for a spreadsheet */
    csv: async (_request, response) => {
      const today = dayOf(app.clock.now())
      const goals = await goalsInForce(app.pool)
      const found = await Promise.all(goals.map((goal) => goalCoverage(app.pool, goal, today)))
      response
        .set('Cache-Control', 'no-store')
        .attachment(`tackning-${today}.csv`)
        .type('text/csv; charset=utf-8')
        .send(coverageCsv(found))
    },
  }
}
