import { number, percent } from '../format.ts'
import { table } from '../table.ts'
import type { Table } from '../view.ts'
import type { GoalCoverage, Shown } from './coverage.ts'
import { dimensions, type Dimension } from './read.ts'
import { colourWord, dimensionWord, paceWord, partWord, reachesWord, shortReason } from './words.ts'

const captions: Record<Dimension, string> = {
  area: 'Täckning efter område',
  age: 'Täckning efter ålder',
  sex: 'Täckning efter kön',
  language: 'Täckning efter språk',
  group: 'Täckning i namngivna grupper',
}

/** A table for each way of splitting the goal's people; of groups only when there are any. */
export const coverageTables = (goal: GoalCoverage): Table[] =>
  dimensions
    .filter((dimension) => goal.parts[dimension].length > 0)
    .map((dimension) =>
      table(
        captions[dimension],
        [
          ...[dimensionWord[dimension], '#Personer', '#Har fått', '#Täckning', '#Fattas'],
          ...['#Om dagen', 'Nås i samma takt', 'Läge'],
        ],
        goal.parts[dimension].map((part) => [
          partWord(dimension, part.key),
          ...figures(part.shown),
        ]),
        dimension === 'group' ? undefined : ['Alla', ...figures(goal.total)],
      ),
    )

function figures(part: Shown | null): string[] {
  if (!part) return [...Array.from({ length: 6 }, () => '..'), 'visas inte']
  return [
    ...[number(part.members), number(part.covered), percent(part.covered, part.members)],
    ...[
      number(part.missing),
      part.paceHidden ? '..' : part.pace === null ? '–' : paceWord(part.pace),
    ],
    reachesWord(part),
    part.colour ? `${colourWord[part.colour]}: ${shortReason[part.why]}` : shortReason[part.why],
  ]
}
