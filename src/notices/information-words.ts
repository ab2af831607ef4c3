import { z } from 'zod'
import { Refused } from '../errors.ts'

const said = z
  .record(z.string(), z.string().trim().min(3).max(200))
  .refine((w) => 'sv' in w, 'the Swedish words (sv) are missing')
const schema = z
  .strictObject({ what: said, news: said, others: said.optional(), todo: said.optional() })
  .refine(
    (words) =>
      Object.values(words).every((w) => Object.keys(words.what).every((language) => language in w)),
    { message: 'give what, news and (if there are any) others and todo in the same languages' },
  )

/**
 * What a notice of information says, by language: what it is about, what is new, what applies to other groups, and what
 * to do; without `todo` the text says that there is nothing to do.
 */
export interface InformationWords {
  what: Record<string, string>
  news: Record<string, string>
  others?: Record<string, string>
  todo?: Record<string, string>
}

/** @throws Refused `bad-words` naming what is wrong */
export function readInformation(given: unknown): InformationWords {
  const result = schema.safeParse(given)
  if (result.success) {
    const { others, todo, ...words } = result.data
    return { ...words, ...(others ? { others } : {}), ...(todo ? { todo } : {}) }
  }
  const faults = result.error.issues.map(
    (issue) => `${issue.path.join('.') || '(the words)'}: ${issue.message}`,
  )
  throw new Refused(
    'bad-words',
    `The words of the information can't be used:\n  ${faults.join('\n  ')}\n` +
      'samples/notices/information.yaml shows what they look like.',
    { faults },
  )
}
