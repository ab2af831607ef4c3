import type { OverdueDelivery, Shortage } from '../clinics/supply-store.ts'
import { backupIsLate, type DatabaseState } from '../messages/restored.ts'
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

/**
 * The alarms about the database itself: that it is one that was put back, and that no back-up is fresh enough while a
 * campaign runs.
 * @param within hours; 0: not watched
 */
export const databaseWords = (
  { restored, last, sends }: DatabaseState,
  within: number,
  now: Date,
): string[] => [
  ...(restored
    ? [
        `Databasen är återläst till ${moment(restored.point)}. Leverantörerna tillfrågas om varje meddelande innan det går, ` +
          'och brev väntar. När allt som gått ut är jämfört: kallelse backup compared.',
      ]
    : []),
  ...(backupIsLate({ last, sends }, within, now)
    ? [
        last
          ? `Den senaste säkerhetskopian är från ${moment(last)}. Gör en ny: kallelse backup create.`
          : 'Ingen säkerhetskopia är gjord. Gör en: kallelse backup create.',
      ]
    : []),
]

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
