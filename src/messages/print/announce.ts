import Handlebars from 'handlebars'
import type pg from 'pg'
import type { Channel } from '../../channels/channel.ts'
import type { Clock } from '../../clock.ts'
import { row, run } from '../../db/pool.ts'
import { sends } from '../../ledger/campaigns.ts'
import type { Log } from '../../log.ts'
import { printDayAfter, printDayAt, toAnnounce, type PrintSchedule } from './print-day.ts'
import { printDayRow } from './print-days.ts'

export interface AnnounceDeps {
  pool: pg.Pool
  clock: Clock
  log: Log
  email: Channel
  schedule: PrintSchedule
  /** the supplier's address; without it nobody is told, and no day is limited by what was told */
  to: string | undefined
  region: string
}

/**
 * Tells the print supplier by e-mail how many letters come the next working day, when they are more than they take
 * unannounced. The letters wait until that day. A program that is killed between the mail and its record sends the
 * same mail again, with the same Message-ID: it does no harm.
 */
export async function announcePrint({
  pool,
  clock,
  log,
  email,
  schedule,
  to,
  region,
}: AnnounceDeps): Promise<void> {
  if (!to) return
  const today = printDayAt(clock.now(), schedule)
  const day = printDayAfter(today)
  const waiting = (await row<{ n: number }>(
    pool,
    `select count(*)::int as n
       from outgoing o
       join campaign c on c.id = o.campaign_id
        and ${sends('c')}
      where o.channel = 'letter'
        and o.state = 'queued'
        and o.due_at <= $1`,
    [clock.now()],
  ))!.n
  const expected = toAnnounce(await printDayRow(pool, today), waiting, schedule)
  if (expected !== undefined) {
    await run(
      pool,
      `insert into print_day (day, expected_letters) values ($1, $2)
       on conflict (day) do update
      set expected_letters = greatest(print_day.expected_letters, excluded.expected_letters)
    where print_day.announced_at is null`,
      [day, expected],
    )
  }
  const next = await printDayRow(pool, day)
  if (next.expectedLetters === null || next.announcedAt !== null) return
  const words =
    `${region} lämnar ${next.expectedLetters} brev till tryck den ${day}. Det är fler än ni tar emot oanmält. ` +
    'Svara på detta om ni inte kan ta emot dem.'
  const content = await email.compose({
    reference: `print-${day}`,
    recipient: to,
    date: clock.now(),
    rendered: {
      kind: 'email',
      subject: `Förvarning: ${next.expectedLetters} brev till tryck ${day}`,
      text: `${words}\n`,
      html: `<p>${Handlebars.escapeExpression(words)}</p>`,
    },
  })
  const sent = await email.send({ reference: `print-${day}`, recipient: to, content })
  if (sent.kind === 'accepted' || sent.kind === 'duplicate')
    await run(
      pool,
      'update print_day set announced_at = $2 where day = $1 and announced_at is null',
      [day, clock.now()],
    )
  else
    log.warn(
      { day, code: sent.code },
      'the print supplier could not be told of a big day: it is tried again',
    )
}
