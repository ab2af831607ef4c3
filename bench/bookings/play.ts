import type pg from 'pg'
import { assignTimes } from '../../src/allocation/assign.ts'
import { bookByCode } from '../../src/bookings/book.ts'
import { cancelByCode, recordFailedSearch } from '../../src/bookings/cancel.ts'
import { approveReissue, proposeReissue } from '../../src/reissue/reissue.ts'
import type { DoseEvent } from '../../src/clinics/doses/spans.ts'
import { addDoseEvent, recountForToday, sureDoses } from '../../src/clinics/doses/store.ts'
import { addSupply } from '../../src/clinics/supply-store.ts'
import { openGroup, record, stage } from '../../src/cohorts/groups/store.ts'
import { subjectByCode } from '../../src/bookings/booking-subject.ts'
import { moveAppointment } from '../../src/bookings/move.ts'
import { dayOf } from '../../src/people/dates.ts'
import { upsertSlots } from '../../src/clinics/store.ts'
import { row, rows, run, transaction } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import type { Jobs } from '../../src/jobs/boss.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { daysOfSlots, firstDay, type World } from './world.ts'

type Kind =
  | 'book'
  | 'move'
  | 'shift'
  | 'cancel'
  | 'search'
  | 'cut'
  | 'supply'
  | 'doses'
  | 'relocate'
  | 'group'
  | 'reissue'
  | 'assign'

/** How many of each kind in a thousand events. */
const shares: [Kind, number][] = [
  ['book', 490],
  ['cancel', 210],
  ['move', 100],
  ['shift', 80],
  ['search', 20],
  ['cut', 40],
  ['supply', 20],
  ['doses', 10],
  ['relocate', 10],
  ['group', 5],
  ['reissue', 10],
  ['assign', 5],
]

export interface Played {
  events: number
  /** kind and outcome (done, or the code of a refusal) → how often */
  outcomes: Record<string, number>
}

export interface PlayOptions {
  events: number
  seed: number
  connections: number
  /** stop after this many milliseconds even if events are left */
  until?: number
  onProgress?: (done: number) => void
}

/**
 * Plays random events against the store from several connections at once, through the product's own actions. What
 * each connection does follows from the seed; how they interleave does not. Refusals are outcomes; what is not a
 * refusal, and not a deadlock that the database broke, ends the play.
 */
export async function play(
  pool: pg.Pool,
  jobs: Jobs,
  world: World,
  options: PlayOptions,
): Promise<Played> {
  const outcomes: Record<string, number> = {}
  let [taken, done] = [0, 0]
  const started = performance.now()
  const connection = async (number: number) => {
    const random = mulberry32(options.seed * 1000 + number)
    const pick = (n: number) => Math.floor(random() * n)
    const actions = actionsOf(pool, jobs, world, pick)
    while (
      taken < options.events &&
      !(options.until && performance.now() - started > options.until)
    ) {
      taken++
      world.clock.moveTo(
        new Date(
          Math.max(
            world.clock.now().getTime(),
            Date.UTC(2021, 2, 8, 6) + Math.floor((taken * 60) / options.events) * 86_400_000,
          ),
        ),
      )
      let at = pick(1000)
      const kind = shares.find(([, share]) => (at -= share) < 0)![0]
      await recountForToday(pool, world.clock.now())
      const key = `${kind}: ${await actions[kind]().then(() => 'done', outcomeOf)}`
      outcomes[key] = (outcomes[key] ?? 0) + 1
      if (++done % 10_000 === 0) options.onProgress?.(done)
    }
  }
  await Promise.all(Array.from({ length: options.connections }, (_, i) => connection(i)))
  return { events: done, outcomes: Object.fromEntries(Object.entries(outcomes).sort()) }
}

function actionsOf(
  pool: pg.Pool,
  jobs: Jobs,
  world: World,
  pick: (n: number) => number,
): Record<Kind, () => Promise<unknown>> {
  const { clock } = world
  /** What is said of doses; from then on people without a dose may only become fewer. */
  const atDosed = (say: (tx: pg.PoolClient, clinic: World['clinics'][number]) => Promise<void>) => {
    const clinic = world.clinics[pick(2)]!
    return transaction(pool, async (tx) => {
      const short = async () => (await sureDoses(tx, clinic.id)).short
      // one after the other, and before the doses are held
      const before = await row<{ people: number }>(
        tx,
        'select people from short_when_said where clinic_id = $1 for update',
        [clinic.id],
      )
      await run(tx, 'update short_when_said set worst = greatest(worst, $2) where clinic_id = $1', [
        clinic.id,
        (await short()) - (before?.people ?? 0),
      ])
      await say(tx, clinic)
      await run(tx, 'update short_when_said set people = $2 where clinic_id = $1', [
        clinic.id,
        await short(),
      ])
    })
  }
  const slot = () => world.slots[pick(world.slots.length)]!
  /** Mostly the code of the latest letter, now and then of an earlier one. */
  const code = async () => {
    const text = 'select code from invitation where person_id = $1 order by generation desc limit 2'
    const codes = (
      await pool.query<{ code: string }>({ name: 'code', text, values: [1 + pick(world.people)] })
    ).rows
    return codes[pick(10) === 0 ? codes.length - 1 : 0]!.code
  }
  const release = async (campaign: number) => {
    await assignTimes({ pool, clock }, campaign)
    await releaseWave({ pool, clock, jobs }, campaign)
  }
  return {
    book: async () => bookByCode(pool, clock, await code(), slot(), 'person'),
    move: async () => {
      const own = await code()
      await cancelByCode(pool, clock, own)
      await bookByCode(pool, clock, own, slot(), 'person')
    },
    shift: async () => {
      const subject = await subjectByCode(pool, await code(), null)
      if (!subject) throw new Refused('unknown-code', 'Nothing can be booked with the code.')
      await transaction(pool, (tx) =>
        moveAppointment(tx, clock.now(), subject, slot(), pick(4) ? 'person' : 'clinic'),
      )
    },
    cancel: async () => cancelByCode(pool, clock, await code()),
    search: async () => recordFailedSearch(pool, clock, await code()),
    // A clinic states some of its slots anew: what is there, more or less of it, or nothing.
    cut: async () => {
      const first = slot()
      const stated = await rows<{
        hsaId: string
        startsAt: Date
        minutes: number
        overbooking: number
      }>(
        pool,
        `select c.hsa_id as "hsaId", s.starts_at as "startsAt", s.minutes, s.overbooking
           from slot s
           join clinic c on c.id = s.clinic_id
          where s.id between $1 and $1 + 3`,
        [first],
      )
      await transaction(pool, (tx) =>
        upsertSlots(
          tx,
          stated.map((s) => ({
            ...s,
            capacity: pick(13),
            taken: 0,
            bookingUrl: null,
            bookingPhone: null,
          })),
        ),
      )
    },
    // A delivery to one of the first two clinics is new, halved, late or lost; the other two are limited by places.
    supply: () =>
      atDosed(async (tx, { hsaId }) => {
        const day = pick(daysOfSlots)
        const delivery = {
          hsaId,
          day: dayFrom(day),
          vials: pick(10),
          doses: { min: 5, expected: 6, max: 6 },
          state: pick(5) ? ('confirmed' as const) : ('planned' as const),
          publishedOn: null,
          useBy: pick(3) ? null : dayFrom(day + pick(15)),
          note: '',
        }
        await addSupply(tx, [delivery], clock.now())
      }),
    doses: () =>
      atDosed(async (tx, { id }) => {
        const day = dayOf(clock.now())
        const said: (DoseEvent & { reason: string | null })[] = [
          { kind: 'discarded', doses: pick(20), reason: 'cold-chain', vials: null, day },
          { kind: 'counted', doses: pick(60), reason: null, vials: null, day },
          { kind: 'drawn', vials: 1 + pick(5), doses: pick(20), reason: null, day },
        ]
        await addDoseEvent(tx, id, said[pick(said.length)]!, 'anna', clock.now())
      }),
    relocate: () =>
      run(pool, 'update person set municipality = $2, listed_clinic = $3 where id = $1', [
        1 + pick(world.people),
        pick(2) ? '2080' : '2062',
        world.clinics[pick(world.clinics.length)]!.hsaId,
      ]),
    group: async () => {
      const from = 1 + pick(world.people)
      const members = await rows<{ identityNumber: string }>(
        pool,
        'select identity_number as "identityNumber" from person where id between $1 and $1 + 20',
        [from],
      )
      await transaction(pool, async (tx) => {
        const today = dayOf(clock.now())
        const id = await openGroup(tx, {
          name: `staff-${pick(3)}`,
          answers: 'A B',
          now: clock.now(),
        })
        await stage(
          tx,
          members.map((m, row) => ({ ...m, row, validFrom: null, validUntil: null })),
        )
        await record(tx, id, today, true)
      })
    },
    reissue: async () => {
      const day = pick(daysOfSlots)
      const scope = {
        hsaId: world.clinics[pick(world.clinics.length)]!.hsaId,
        from: dayFrom(day),
        to: dayFrom(day + pick(3)),
      }
      const chains = pick(2) === 0
      // The others go on booking in between: a proposal that has gone stale is made again, as a coordinator would.
      const campaigns = await persist(5, async () => {
        const { id } = await proposeReissue(
          { pool, clock },
          { ...scope, slots: null, chains, withinDays: 28, by: 'anna', dryRun: false },
        )
        if (id === null) throw new EverybodyFits()
        return (await approveReissue({ pool, clock, jobs }, id, 'bertil')).campaigns
      })
      for (const name of campaigns)
        await release(
          (await row<{ id: number }>(pool, 'select id from campaign where name = $1', [name]))!.id,
        )
    },
    assign: async () => {
      const waiting = await rows<{ id: number }>(
        pool,
        `select distinct campaign_id as id from invitation where state in ('waiting', 'planned') limit 50`,
      )
      if (waiting.length) await release(waiting[pick(waiting.length)]!.id)
    },
  }
}

/** The n-th day of the slots, YYYY-MM-DD. */
const dayFrom = (n: number): string =>
  new Date(Date.parse(firstDay) + n * 86_400_000).toISOString().slice(0, 10)

/** The reissue has nobody to move. */
class EverybodyFits extends Error {}

async function persist<T>(tries: number, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    if (tries > 1 && error instanceof Refused && error.code === 'stale-proposal')
      return persist(tries - 1, attempt)
    throw error
  }
}

/** A refusal's code; a race that the database settled. Anything else is a fault in the program and ends the play. */
function outcomeOf(error: unknown): string {
  if (error instanceof Refused) return error.code
  if (error instanceof EverybodyFits) return 'everybody-fits'
  const { code, constraint } = error as { code?: string; constraint?: string }
  if (code === '40P01') return 'deadlock broken by the database'
  if (constraint === 'appointment_one_live' || constraint === 'slot_never_more_than_fits')
    return `subject by ${constraint}`
  throw error
}

/** A small seeded generator: the same seed gives the same numbers. */
function mulberry32(seed: number): () => number {
  let a = seed | 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Lets the planner know how big the tables are: a play begins with what a running service has long known. */
export const analyze = (pool: pg.Pool): Promise<number> => run(pool, 'analyze')
