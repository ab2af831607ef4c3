import { InvalidArgumentError } from 'commander'
import { DateTime } from 'luxon'
import { zone } from '../clock.ts'

/** A time of day in Sweden, or with its own offset. */
export function moment(text: string): Date {
  const at = DateTime.fromISO(text, { zone })
  if (!at.isValid) throw new InvalidArgumentError('it is not a time such as 2021-03-08T09:00.')
  return at.toJSDate()
}
