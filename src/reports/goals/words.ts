import { DateTime } from 'luxon'
import { languageWord } from '../../texts/language-word.ts'
import { number, percent, plainDay } from '../format.ts'
import type { GoalView } from '../view.ts'
import type { GoalCoverage, Shown } from './coverage.ts'
import { ageBands, type Dimension } from './read.ts'
import { paceDays, type Colour, type Why } from './status.ts'

export const colourWord: Record<Colour, string> = { green: 'grönt', yellow: 'gult', red: 'rött' }

export const dimensionWord: Record<Dimension, string> = {
  area: 'Område',
  age: 'Ålder',
  sex: 'Kön',
  language: 'Språk',
  group: 'Grupp',
}

/** Why in a few words, for a table. */
export const shortReason: Record<Why, string> = {
  nobody: 'ingen i gruppen',
  reached: 'målet är nått',
  passed: 'dagen har varit',
  'not-begun': 'har inte börjat',
  stopped: 'ingen de senaste dagarna',
  'in-time': 'takten räcker',
  late: 'takten räcker nästan',
  'far-too-late': 'takten räcker inte',
}

/** How a part is named on screen. @param key as of Cell */
export function partWord(dimension: Dimension, key: string | null): string {
  if (key === null) return dimension === 'area' ? 'utan område' : 'inte känt'
  if (dimension === 'sex') return key === 'female' ? 'kvinnor' : 'män'
  if (dimension === 'language') return languageWord(key)
  if (dimension !== 'age') return key
  const next = ageBands.find((age) => age > Number(key))
  return next === undefined ? `${key} år och äldre` : `${key}–${next - 1} år`
}

/** 120; below ten 4,5 */
export const paceWord = (pace: number): string =>
  pace.toLocaleString('sv-SE', { maximumFractionDigits: pace < 10 ? 1 : 0 })

/** So many a day are needed: never rounded down. */
const neededWord = (pace: number): string => number(Math.ceil(pace - 1e-9))

/** 70 % */
export const targetWord = (share: number): string =>
  share.toLocaleString('sv-SE', { style: 'percent', maximumFractionDigits: 2 })

/** The goal in a line: minst 70 % senast den 15 augusti 2021 */
export const aimWord = ({ target, by }: Pick<GoalCoverage, 'target' | 'by'>): string =>
  `minst ${targetWord(target)} senast den ${plainDay(by)}`

export const hiddenWord = 'För få personer för att visa siffror'

/** When the goal is reached at this pace: the day, or why there is none. */
export function reachesWord(part: Shown): string {
  if (part.why === 'reached') return 'nått'
  if (part.why === 'nobody' || part.why === 'passed') return '–'
  if (part.paceHidden) return 'visas inte'
  return part.reachesOn ? plainDay(part.reachesOn) : 'inte i den här takten'
}

/** Why it is green, yellow or red. */
export function reasonWord(
  part: Shown,
  { by, daysOfPace }: Pick<GoalCoverage, 'by' | 'daysOfPace'>,
): string {
  const last =
    daysOfPace >= paceDays
      ? `de senaste ${paceDays} dagarna`
      : daysOfPace === 1
        ? 'i går'
        : `de senaste ${daysOfPace} dagarna`
  const needs =
    part.neededPace === null ? '' : `Det behövs ${neededWord(part.neededPace)} om dagen.`
  switch (part.why) {
    case 'nobody':
      return 'Ingen i registret hör till gruppen.'
    case 'reached':
      return 'Målet är nått.'
    case 'passed':
      return `Den ${plainDay(by)} har varit, och ${people(part.missing)} fattas.`
    case 'not-begun':
      return `Det finns ingen takt att räkna med: ingen hade fått dosen i går. ${needs}`
    case 'stopped':
      return `Ingen har fått dosen ${last}, så målet nås inte i den här takten. ${needs}`
    case 'in-time':
    case 'late':
    case 'far-too-late':
      return [
        pace(part, last),
        outcome(part, by),
        ...(part.why === 'in-time' ? [] : [needs]),
        ...(part.why === 'far-too-late' ? ['Det är mer än en halv gång till.'] : []),
      ].join(' ')
  }
}

const people = (n: number): string => (n === 1 ? '1 person' : `${number(n)} personer`)
const pace = (part: Shown, last: string): string =>
  part.pace === null
    ? 'I den här takten'
    : `I samma takt som ${last} (${paceWord(part.pace)} om dagen)`

function outcome(part: Shown, by: string): string {
  if (part.why === 'in-time')
    return part.reachesOn
      ? `nås målet den ${plainDay(part.reachesOn)}, ${early(part.reachesOn, by)}.`
      : 'nås målet i tid.'
  if (part.paceHidden) return 'nås målet inte i tid.'
  return part.reachesOn
    ? `nås målet först den ${plainDay(part.reachesOn)}, ${days(by, part.reachesOn)} för sent.`
    : 'nås målet inte på två år.'
}

const days = (from: string, to: string): string => {
  const n = Math.round(DateTime.fromISO(to).diff(DateTime.fromISO(from), 'days').days)
  return n === 1 ? '1 dag' : `${number(n)} dagar`
}
const early = (reaches: string, by: string): string =>
  reaches === by ? 'samma dag som det ska vara nått' : `${days(reaches, by)} i förväg`

/** The first line of a goal: how many of how many. */
export const stateWord = (part: Shown | null): string =>
  part
    ? `${number(part.covered)} av ${number(part.members)} (${percent(part.covered, part.members)})`
    : hiddenWord

export const goalsNote =
  'Räknat på dem som hör till gruppen i dag. Takten är medeltalet för de senaste 14 hela dagarna. Grönt: målet är nått, ' +
  'eller nås i tid i samma takt. Gult: takten behöver öka, men med högst hälften. Rött: den behöver öka mer än så, eller ' +
  'dagen har varit. Siffror om färre än fem personer visas inte (..). Då visas inte heller den näst minsta delen, för ' +
  'annars gick det att räkna ut dem.'

/** A goal, and how it is doing, in words. */
export function goalLine(goal: GoalCoverage): Omit<GoalView, 'plots' | 'tables'> {
  const colour = goal.total?.colour ?? null
  return {
    heading: goal.who,
    aim: `${goal.purposeName}: ${aimWord(goal)}`,
    colour,
    colourWord: colour ? colourWord[colour].replace(/^./, (first) => first.toUpperCase()) : '',
    state: stateWord(goal.total),
    reason: goal.total ? reasonWord(goal.total, goal) : '',
  }
}
