/**
 * When a person can come: times of day as the clock shows them (HH:MM), weekdays 1 Monday to 7 Sunday. What is
 * absent means no limit.
 */
export interface CanCome {
  from?: string
  until?: string
  weekdays?: number[]
}

const days = ['mån', 'tis', 'ons', 'tor', 'fre', 'lör', 'sön']
const english = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** @returns HH:MM of `9`, `9.30`, `09:30` or `kl. 9`; null for what is not a time of day */
function readTime(value: string): string | null {
  const [, hour = '', minute = '00'] = /^(?:kl\.?\s*)?(\d{1,2})(?:[.:](\d{2}))?$/i.exec(value) ?? []
  return hour !== '' && Number(hour) < 24 && Number(minute) < 60
    ? `${hour.padStart(2, '0')}:${minute}`
    : null
}

/** @returns 1–7 of `1`, `mån`, `måndag`, `mon` or `Monday`; null for what is not a weekday */
function readWeekday(value: string): number | null {
  if (/^[1-7]$/.test(value)) return Number(value)
  const start = value.toLowerCase().slice(0, 3)
  const at = Math.max(days.indexOf(start), english.indexOf(start))
  return at < 0 ? null : at + 1
}

type Part = 'from' | 'until' | 'weekdays'

/**
 * Reads what a file says of when a person can come.
 * @param said the texts; '' where nothing is said
 * @returns null when nothing is said; faults by part
 */
export function readCanCome(said: Record<Part, string>): {
  canCome: CanCome | null
  faults: [Part, string, string][]
} {
  const faults: [Part, string, string][] = []
  const time = (part: 'from' | 'until') => {
    const read = said[part] === '' ? null : readTime(said[part])
    if (said[part] !== '' && read === null)
      faults.push([part, 'bad-time', 'Not a time of day. Write HH:MM.'])
    return read
  }
  const [from, until] = [time('from'), time('until')]
  if (from && until && from >= until)
    faults.push([
      'until',
      'bad-hours',
      'The person could not come at any time: write a time after the first.',
    ])
  const weekdays = said.weekdays
    .split(/[|,;\s]+/)
    .filter(Boolean)
    .map(readWeekday)
  if (weekdays.includes(null))
    faults.push([
      'weekdays',
      'bad-weekday',
      'Write weekdays as mån, tis, … or 1 to 7 (1 is Monday). Separate several with |.',
    ])
  const canCome: CanCome = {
    ...(from && { from }),
    ...(until && { until }),
    ...(weekdays.length && {
      weekdays: [...new Set(weekdays.filter((day) => day !== null))].sort(),
    }),
  }
  return { canCome: Object.keys(canCome).length ? canCome : null, faults }
}
