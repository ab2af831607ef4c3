import { row, type Db } from '../db/pool.ts'

/** How many codes of 8 characters there can be: 2^40. */
export const codeSpace = 2 ** 40

export interface SentMessage {
  channel: 'letter' | 'sms' | 'email'
  step: string
  template: string
  sentAt: Date
}

/**
 * What we sent with a check code. A message that may have left counts too: whoever holds an SMS of which the
 * provider has not answered yet has it from us. A letter counts when it is handed over; before that nobody can
 * hold it.
 * @param code 8 characters, as kept
 */
export const sentWithCode = (db: Db, code: string): Promise<SentMessage | undefined> =>
  row<SentMessage>(
    db,
    `select channel, step, template, coalesce(sent_at, due_at) as "sentAt"
       from message
      where check_code = $1
        and (sent_at is not null or (channel <> 'letter' and state in ('sending', 'in-doubt')))
     union all
     select 'letter', 'invitation', template, posted_at
       from protected_letter
      where check_code = $1 and posted_at is not null`,
    [code],
  )

/** How many codes are known at /akta, so that staff can see what a guess is worth. */
export const codesInUse = async (db: Db): Promise<number> =>
  (await row<{ n: number }>(
    db,
    'select count(*)::int as n from message where sent_at is not null',
  ))!.n
