import type { Db } from '../db/pool.ts'
import { freeAssignedSql } from './appointments.ts'
import { withdrawSql } from './invitations.ts'
import { recallSql } from './messages.ts'
import { change, type Selection } from './selection.ts'

/**
 * An invitation that was made and that nothing has left of. What must stop, and why, is for the caller to say; a
 * message that is being sent counts as left.
 * @param i alias of invitation
 */
export const untold = (i: string): string => `
  ${i}.state in ('planned', 'waiting', 'released')
  and not exists (
    select from message m
     where m.invitation_id = ${i}.id
       and m.state not in ('queued', 'suppressed', 'recalled'))`

/**
 * Takes invitations back in one statement: times assigned to them go back to the clinics, what is queued of their
 * messages is recalled, and the people are free to be invited by another campaign.
 * @param which yields id, reason
 * @param messageReason why the messages were recalled, when it is not the invitation's reason
 * @returns how many were withdrawn
 */
export const withdrawInvitations = (
  db: Db,
  which: Selection,
  now: Date,
  messageReason: string | null = null,
): Promise<number> =>
  change(
    db,
    which,
    (at, reason) => `
     , freed as (${freeAssignedSql('chosen', at)})
     , recalled as (${recallSql('chosen', `coalesce(${reason}, chosen.reason)`)})
     ${withdrawSql('chosen', at)}`,
    now,
    messageReason,
  )
