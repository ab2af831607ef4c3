import type { Finding, Rule } from './finding.ts'

const months: Record<string, string[]> = {
  sv: [
    'januari',
    'februari',
    'mars',
    'april',
    'maj',
    'juni',
    'juli',
    'augusti',
    'september',
    'oktober',
    'november',
    'december',
  ],
  en: [
    'january',
    'february',
    'march',
    'april',
    'may',
    'june',
    'july',
    'august',
    'september',
    'october',
    'november',
    'december',
  ],
}
// Sunday first, as Date counts.
const weekdays: Record<string, string[]> = {
  sv: ['söndag', 'måndag', 'tisdag', 'onsdag', 'torsdag', 'fredag', 'lördag'],
  en: ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
}

// Each name, or its beginning of three letters or more ("mån", "tors", "sept").
const either = (names: string[]) =>
  names
    .map((name) =>
      name
        .split('')
        .reduceRight((rest, letter, i) => (i < 3 ? letter + rest : `(?:${letter}${rest})?`), ''),
    )
    .join('|')

interface Written {
  weekday: string | undefined
  day: number
  month: number
  year: number | undefined
}

function datesIn(text: string, language: 'sv' | 'en'): { written: Written; all: string }[] {
  const [day, month] = [either(weekdays[language]!), either(months[language]!)]
  const ended = '(?![\\p{L}])'
  // The weekday, day, month and year; the year may stand at the end of a span ("15–19 mars 2021", "15 mars–2
  // april 2021").
  const words = new RegExp(
    `(?<![\\p{L}\\d])(?:(${day})(?:en)?${ended}\\.?,?\\s+(?:den\\s+|the\\s+)?)?(?<![.:])(\\d{1,2})(?:st|nd|rd|th|:?e)?\\s+(?:of\\s+)?(${month})${ended}\\.?(?:,?\\s+(\\d{4})(?!\\d)|\\s*[–-]\\s*\\d{1,2}\\s+(?:${month})${ended}\\s+(\\d{4}))?`,
    'giu',
  )
  const american = new RegExp(
    `(?<![\\p{L}])(?:(${day})${ended},?\\s+)?(${month})${ended}\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?![\\d.:])(?:,?\\s+(\\d{4})(?!\\d))?`,
    'giu',
  )
  const digits = new RegExp(
    `(?<![\\p{L}])(?:(${day})(?:en)?${ended}\\.?,?\\s+(?:den\\s+)?)?(?<!\\d)(\\d{4})-(\\d{2})-(\\d{2})(?!\\d)`,
    'giu',
  )
  // 15/3, where what stands before says that it is a day.
  const slashed = new RegExp(
    `(?<![\\p{L}])(?:(${day})(?:en)?${ended}\\.?,?\\s+(?:den\\s+|the\\s+)?|(?:den|till|från|on|until|from)\\s+)(\\d{1,2})\\/(\\d{1,2})(?![\\d/])(?:[ -]+(\\d{4})(?!\\d))?`,
    'giu',
  )
  const monthOf = (name: string) =>
    months[language]!.findIndex((full) => full.startsWith(name.toLowerCase())) + 1
  const number = (digits: string | undefined) => (digits ? Number(digits) : undefined)
  return [
    ...[...text.matchAll(words)].map((m) => ({
      all: m[0],
      written: {
        weekday: m[1],
        day: Number(m[2]),
        month: monthOf(m[3] ?? ''),
        year: number(m[4] ?? m[5]),
      },
    })),
    ...(language === 'en'
      ? [...text.matchAll(american)].map((m) => ({
          all: m[0],
          written: {
            weekday: m[1],
            day: Number(m[3]),
            month: monthOf(m[2] ?? ''),
            year: number(m[4]),
          },
        }))
      : []),
    ...(language === 'sv'
      ? [...text.matchAll(slashed)].map((m) => ({
          all: m[0],
          written: { weekday: m[1], day: Number(m[2]), month: Number(m[3]), year: number(m[4]) },
        }))
      : []),
    ...[...text.matchAll(digits)].map((m) => ({
      all: m[0],
      written: { weekday: m[1], day: Number(m[4]), month: Number(m[3]), year: Number(m[2]) },
    })),
  ]
}

/** Whether each date exists, has its year, and falls on the weekday that is said. */
export const dates: Rule = ({ language, lines }) => {
  const own = language.startsWith('sv') ? 'sv' : language.startsWith('en') ? 'en' : undefined
  if (!own) return []
  return lines.flatMap(({ text, line }) =>
    datesIn(text, own).flatMap(({ written: { weekday, day, month, year }, all }): Finding[] => {
      const said = all.trim()
      if (
        day < 1 ||
        month < 1 ||
        month > 12 ||
        day > new Date(Date.UTC(year ?? 2024, month, 0)).getUTCDate()
      )
        return [
          { rule: 'impossible-date', severity: 'error', line, message: `There is no "${said}".` },
        ]
      if (year === undefined)
        return [
          {
            rule: 'year-missing',
            severity: 'warning',
            line,
            message: `Say the year: "${said} …".`,
          },
        ]
      const names = weekdays[own]!
      const right = names[new Date(Date.UTC(year, month - 1, day)).getUTCDay()] ?? ''
      if (!weekday || right.startsWith(weekday.toLowerCase())) return []
      return [
        {
          rule: 'weekday-date',
          severity: 'error',
          line,
          message: `"${said}" is a ${right}: correct the weekday or the date.`,
        },
      ]
    }),
  )
}
