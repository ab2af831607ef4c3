import { z } from 'zod'
import { Refused } from '../errors.ts'

const said = z
  .record(z.string(), z.string().trim().min(3).max(200))
  .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing')
const schema = z
  .strictObject({ wrong: said, right: said, todo: said.optional() })
  .refine(
    ({ wrong, right, todo }) =>
      Object.keys(wrong).every((language) => language in right && (!todo || language in todo)) &&
      Object.keys(right).every((language) => language in wrong),
    {
      message: 'give wrong, right and (if there is one) todo in the same languages',
    },
  )

/**
 * What was wrong, what is right and what to do, by language; without `todo` the text says that there is nothing to do.
 */
export interface CorrectionWords {
  wrong: Record<string, string>
  right: Record<string, string>
  todo?: Record<string, string>
}

/** @throws Refused `bad-words` naming what is wrong */
export function readWords(given: unknown): CorrectionWords {
  const result = schema.safeParse(given)
  if (result.success)
    return {
      wrong: result.data.wrong,
      right: result.data.right,
      ...(result.data.todo ? { todo: result.data.todo } : {}),
    }
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the words)'}: ${issue.message}`,
  )
  throw new Refused(
    'bad-words',
    "The words of the correction can't be used:\n  " +
      `${faults.join('\n  ')}\nsamples/corrections/printed-twice.yaml shows what they look like.`,
    { faults },
  )
}
