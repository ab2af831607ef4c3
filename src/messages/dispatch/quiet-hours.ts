import { DateTime } from 'luxon'
import { zone } from '../../clock.ts'

/** Whole hours in Swedish time: quiet from `from` until `to`; the same hour twice means never. */
export interface QuietHours {
  from: number
  to: number
}

export const quietHours = (config: {
  SMS_QUIET_FROM: number
  SMS_QUIET_TO: number
}): QuietHours => ({ from: config.SMS_QUIET_FROM, to: config.SMS_QUIET_TO })

/** Whether people should be left in peace now. The hours may go over midnight. */
export function isQuiet(now: Date, { from, to }: QuietHours): boolean {
  const { hour } = DateTime.fromJSDate(now, { zone })
  return from <= to ? hour >= from && hour < to : hour >= from || hour < to
}
