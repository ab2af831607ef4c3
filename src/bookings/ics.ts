import ical, { ICalCalendarMethod, ICalEventStatus } from 'ical-generator'

export interface Visit {
  appointmentId: number
  startsAt: Date
  minutes: number
  clinic: { name: string; street: string; postcode: string; town: string; phone: string }
}

/** Neutral in every language: a calendar is read by more eyes than a letter. */
const summaries: Record<string, string> = {
  sv: 'Besök',
  'sv-simple': 'Besök',
  en: 'Visit',
  ar: 'زيارة',
}

/**
 * A calendar file (RFC 5545) with one visit: when and where, not what for. Times are in UTC, so that no time-zone table
 * is needed to read it. The same input gives the same bytes.
 * @param about region's name, the site's address (its host names the file's ids), BCP 47 language, when the file is
 *   made
 */
export function calendarOf(
  visit: Visit,
  about: { region: string; site: string; language: string; made: Date },
): string {
  const { clinic, startsAt } = visit
  const postcode = clinic.postcode.replace(/^(\d{3})(\d{2})$/, '$1 $2')
  const calendar = ical({
    prodId: {
      company: about.region,
      product: 'Kallelse',
      language: about.language.slice(0, 2).toUpperCase(),
    },
    method: ICalCalendarMethod.PUBLISH,
  })
  calendar.createEvent({
    id: `appointment-${visit.appointmentId}@${new URL(about.site).hostname}`,
    stamp: about.made,
    start: startsAt,
    end: new Date(startsAt.getTime() + visit.minutes * 60_000),
    summary: `${summaries[about.language] ?? summaries['sv']!} – ${about.region}`,
    location: `${clinic.name}, ${clinic.street}, ${postcode} ${clinic.town}`,
    description: clinic.phone,
    status: ICalEventStatus.CONFIRMED,
  })
  return `${calendar.toString()}\r\n`
}
