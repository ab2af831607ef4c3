import { stringify } from 'csv-stringify/sync'
import type { GoalCoverage, Shown } from './coverage.ts'
import { dimensions, type Dimension } from './read.ts'
import { colourWord, dimensionWord, partWord } from './words.ts'

const head = [
  ...['Mål', 'Ärende', 'Vilka', 'Mål %', 'Senast', 'Räknat', 'Indelning', 'Del'],
  ...['Personer', 'Täckta', 'Täckning %', 'Behövs', 'Fattas', 'Om dagen', 'Behövs om dagen'],
  ...['Nås i dagens takt', 'Läge'],
]

/** What isn't said because it is of too few: as in official statistics. */
const hidden = '..'

const inPercent = (share: number): string =>
  (Math.round(share * 1000) / 10).toString().replace('.', ',')
const aDay = (pace: number | null): string =>
  pace === null ? '' : (Math.round(pace * 10) / 10).toString().replace('.', ',')

/**
 * The coverage for a spreadsheet: Swedish, semicolons, decimal commas, UTF-8 with BOM; a row for each goal and each part
 * of it. Pure. @param by only split by this; not given: by everything
 */
export function coverageCsv(goals: readonly GoalCoverage[], by?: Dimension): string {
  const lines = goals.flatMap((goal) => [
    [...about(goal), 'alla', '', ...figures(goal.total)],
    ...dimensions
      .filter((dimension) => !by || by === dimension)
      .flatMap((dimension) =>
        goal.parts[dimension].map((part) => [
          ...about(goal),
          dimensionWord[dimension].toLowerCase(),
          partWord(dimension, part.key),
          ...figures(part.shown),
        ]),
      ),
  ])
  return stringify([head, ...lines], { delimiter: ';', bom: true, escape_formulas: true })
}

const about = ({ name, purpose, who, target, by, on }: GoalCoverage): string[] => [
  ...[name, purpose, who, inPercent(target), by, on],
]

function figures(part: Shown | null): (string | number)[] {
  if (!part) return Array.from({ length: 9 }, () => hidden)
  return [
    ...[part.members, part.covered, part.share === null ? '' : inPercent(part.share)],
    ...[part.needed, part.missing, part.paceHidden ? hidden : aDay(part.pace)],
    ...[part.neededPace === null ? '' : Math.ceil(part.neededPace - 1e-9)],
    ...[
      part.paceHidden ? hidden : (part.reachesOn ?? ''),
      part.colour ? colourWord[part.colour] : '',
    ],
  ]
}
