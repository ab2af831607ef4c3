import type { LateLetters } from '../messages/print/late-letters.ts'
import { moment, number } from './format.ts'

/** The alarm about letters that should have left, for the staff's pages and the report. */
export const lateWords = ({ campaign, letters, since, why }: LateLetters): string =>
  `${number(letters)} brev i ${campaign} är inte lämnade till tryckeriet. Det äldsta skulle ha lämnats ${moment(since)}. ` +
  (why === null
    ? 'Inget gick fel vid det senaste försöket: tryckeriets dagar är fulla, eller så är inget program i gång ' +
      'som gör arbetet (kallelse work).'
    : `Det senaste försöket gav: ${why}`)
