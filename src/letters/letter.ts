import { z } from 'zod'
import { Refused } from '../errors.ts'
import { renderedLetterSchema } from '../texts/rendered.ts'

/**
 * Everything on one letter's pages, as plain JSON: these are the bytes kept for the message, and the same
 * pages can be drawn from them at any time. It holds no identity number, but for what Skatteverket sends on
 * (messages/protected/protected-letters.ts); the id is the message's.
 */
export const letterSchema = z.strictObject({
  id: z.string().min(1).max(40), // it stands on one line at the foot
  /**
   * name, c/o, street, postcode and town, country: as they are printed, top to bottom; one line where only
   * the identity number may be seen
   */
  addressLines: z.array(z.string().min(1)).min(1).max(7),
  /** where the post returns what it can't deliver, on one line */
  returnAddress: z.string().min(1).max(120),
  /** what the 2D code holds: the page where anybody can check the letter, without personal data */
  checkUrl: z.url().max(200),
  largePrint: z.boolean().default(false),
  /** millimetres; left out where the envelope is the standard one */
  sheet: z
    .strictObject({
      window: z.strictObject({
        left: z.number(),
        right: z.number(),
        top: z.number(),
        bottom: z.number(),
      }),
      margin: z.number(),
    })
    .optional(),
  rendered: renderedLetterSchema,
})

export type Letter = z.input<typeof letterSchema>
export type CheckedLetter = z.output<typeof letterSchema>

/** Reads a kept letter back. @throws Refused `bad-letter` naming the field */
export function checkedLetter(data: unknown): CheckedLetter {
  const checked = letterSchema.safeParse(data)
  if (checked.success) return checked.data
  const id =
    typeof data === 'object' && data !== null && 'id' in data ? String(data.id) : 'without id'
  throw new Refused(
    'bad-letter',
    `The letter ${id} can't be drawn: ` +
      `${checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
  )
}
