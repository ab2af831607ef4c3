import type { OverdueDelivery, Shortage } from '../clinics/supply-store.ts'
import type { LateLetters } from '../messages/print/late-letters.ts'
import type { Trouble } from '../messages/dispatch/trouble.ts'
import { longDay, moment, number } from './format.ts'
import { pauseWord } from './words.ts'

/** The alarm about letters that should have left, for the staff's pages and the report. */
export const lateWords = ({ campaign, letters, since, why }: LateLetters): string =>
  `${number(letters)} brev i ${campaign} är inte lämnade till tryckeriet. Det äldsta skulle ha lämnats ${moment(since)}. ` +
  (why === null
    ? 'Inget gick fel vid det senaste försöket: tryckeriets dagar är fulla, eller så är inget program i gång ' +
      'som gör arbetet (kallelse work).'
    : `Det senaste försöket gav: ${why}`)

/** The alarm about a provider that takes no messages. */
export const troubleWords = ({ provider, code, since, probeAt, paused }: Trouble): string =>
  `${pauseWord(`${provider}: ${code}`)}, sedan ${moment(since)}. Inget är förlorat: meddelandena väntar. ` +
  `Nästa försök görs ${moment(probeAt)}. ` +
  (paused ? 'Utskicken är pausade och fortsätter av sig själva.' : 'Utskicken fortsätter så länge.')

/** The alarms about doses: who has a time without one, and deliveries that nobody has confirmed. */
export const dosesWords = (
  short: readonly Shortage[],
  overdue: readonly OverdueDelivery[],
): string[] => [
  ...short.map(
    ({ clinic, by, booked, doses, day }) =>
      `${clinic}: ${number(by)} har en tid men ingen dos (${number(booked)} bokade till och med ${longDay(day)}, ` +
      `${number(doses)} doser). Ge dem nya tider med en omkallelse.`,
  ),
  ...overdue.map(
    ({ clinic, day, vials, confirmedBy }) =>
      `${clinic}: leveransen ${longDay(day)} (${number(vials)} flaskor) skulle ha bekräftats senast ${longDay(confirmedBy)}. Den ` +
      'räknas inte längre. Fråga, och läs in leveransen igen.',
  ),
]
