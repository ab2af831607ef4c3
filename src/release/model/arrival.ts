import { DateTime } from 'luxon'
import { zone } from '../../clock.ts'
import {
  addWorkingDays,
  formatDay,
  isWorkingDay,
  parseDay,
  workingDaysBefore,
  type Day,
} from './calendar.ts'

export type Channel = 'letter' | 'sms' | 'email'

/** What a campaign says of its post and of how long before a time its people must know of it. */
export interface Terms {
  /** working days from hand-over to the letterbox */
  postDays: number
  /** working days from arrival to the time; none in campaigns that were approved before there was such a rule */
  leastNotice?: Readonly<Record<Channel, number>> | undefined
}

/** HH:MM: a letter that is handed over later is printed the next working day. */
export const endOfDay = '23:59'

/** What somebody has time for who reads an SMS or e-mail about a time the same day. */
const hour = 3_600_000

const localDay = (time: Date): Day => parseDay(DateTime.fromJSDate(time, { zone }).toISODate()!)
const startOf = (day: Day): Date => DateTime.fromISO(formatDay(day), { zone }).toJSDate()

/** The working day on which letters that are handed over now are printed. */
export function printDayOf(now: Date, cutOff = endOfDay): Day {
  const today = localDay(now)
  const inTime = DateTime.fromJSDate(now, { zone }).toFormat('HH:mm') <= cutOff
  return isWorkingDay(today) && inTime ? today : addWorkingDays(today, 1)
}

/**
 * The day on which what is sent now is with its person. Post is neither printed nor delivered on Saturdays, Sundays
 * and holidays; an SMS or e-mail is there the same day.
 */
export const arrivalDay = (
  sent: Date,
  channel: Channel,
  { postDays }: Terms,
  cutOff?: string,
): Day =>
  channel === 'letter' ? addWorkingDays(printDayOf(sent, cutOff), postDays) : localDay(sent)

/** The first moment at which something can be that a message sent now tells of, however short the notice is. */
export const toldBy = (sent: Date, channel: Channel, terms: Terms, cutOff?: string): Date =>
  channel === 'letter'
    ? startOf(arrivalDay(sent, channel, terms, cutOff) + 1)
    : new Date(sent.getTime() + hour)

/**
 * The first moment at which a time may be given that a message sent now tells of: so many working days after it has
 * arrived as the campaign's least notice says, and never before the person can know of it.
 */
export function firstTimeAllowed(
  sent: Date,
  channel: Channel,
  terms: Terms,
  cutOff?: string,
): Date {
  const notice = terms.leastNotice?.[channel] ?? 0
  const known = toldBy(sent, channel, terms, cutOff)
  if (notice === 0) return known
  const allowed = startOf(addWorkingDays(arrivalDay(sent, channel, terms, cutOff), notice))
  return allowed > known ? allowed : known
}

/**
 * The day on which a letter must be with the printer that tells of a time on this day (YYYY-MM-DD) and keeps the least
 * notice: what the queue for print is ordered by.
 */
export const leaveBy = (day: string, { postDays, leastNotice }: Terms): string => {
  const arrival = workingDaysBefore(parseDay(day), Math.max(1, leastNotice?.letter ?? 0))
  return formatDay(workingDaysBefore(arrival, postDays))
}

/** A line of a channel plan, as far as it matters for when its people know. */
interface Line {
  route: string
  steps: readonly { step: string; channel: Channel; after: number }[]
}

/** For each line of a channel plan the first time that its people may get when they are invited now. */
export function firstTimes(
  spec: Terms & { channels: readonly Line[] },
  now: Date,
  cutOff?: string,
): { route: string; earliest: Date }[] {
  return spec.channels.flatMap(({ route, steps }) => {
    const first = steps
      .filter(({ step }) => step === 'invitation')
      .map(({ channel, after }) => {
        const sent = DateTime.fromJSDate(now, { zone }).plus({ days: after }).toJSDate()
        return firstTimeAllowed(sent, channel, spec, cutOff).getTime()
      })
    return first.length > 0 ? [{ route, earliest: new Date(Math.min(...first)) }] : []
  })
}
