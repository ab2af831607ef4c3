import { z } from 'zod'
import type { Happened } from '../campaigns/spec.ts'
import { Refused } from '../errors.ts'

const said = z
  .record(z.string(), z.string().trim().min(3).max(200))
  .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing')
const inSameLanguages = {
  test: (words: CorrectionWords) => {
    const given = Object.values(words).map((w) =>
      Object.keys(w as object)
        .sort()
        .join(),
    )
    return new Set(given).size <= 1
  },
  message: 'give all the words in the same languages',
}
const more = { todo: said.optional(), times: said.optional() }
const wrongContent = z
  .strictObject({ wrong: said, right: said, ...more })
  .refine(inSameLanguages.test, inSameLanguages.message)
const otherwise = z
  .strictObject({ wrong: said.optional(), right: said.optional(), ...more })
  .refine(inSameLanguages.test, inSameLanguages.message)

/**
 * What was wrong, what is right and what to do, by language; without `todo` the text says that there is nothing to do.
 * `times` is said of the times that people have, where it isn't true that they are valid. What was sent twice or to the
 * wrong people has texts of its own: there the words say more, and none is needed.
 */
export interface CorrectionWords {
  wrong?: Record<string, string>
  right?: Record<string, string>
  todo?: Record<string, string>
  times?: Record<string, string>
}

/** @throws Refused `bad-words` naming what is wrong */
export function readWords(given: unknown, happened: Happened): CorrectionWords {
  const result = (happened === 'wrong-content' ? wrongContent : otherwise).safeParse(given)
  if (result.success) return result.data
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the words)'}: ${issue.message}`,
  )
  throw new Refused(
    'bad-words',
    "The words of the correction can't be used:\n  " +
      `${faults.join('\n  ')}\nsamples/corrections/clinic-moved.yaml shows what they look like.`,
    { faults },
  )
}

/** The languages that the words are in; undefined: there are no words. */
export const languagesOf = (words: CorrectionWords): string[] | undefined => {
  const [first] = Object.values(words) as (Record<string, string> | undefined)[]
  return first && Object.keys(first)
}
