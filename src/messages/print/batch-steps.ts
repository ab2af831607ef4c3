import { rm } from 'node:fs/promises'
import { handOver, type SealedBatch } from '../../channels/print.ts'
import { visit } from '../../channels/print-place.ts'
import { transaction } from '../../db/pool.ts'
import { beginHandOver, endHandOver, mayLeaveNow, type Batch } from '../../ledger/batches.ts'
import { isAtSupplier } from './at-supplier.ts'
import { lettersOf, lookUpByKey, type BatchLetter } from './batch-letters.ts'
import type { Limit } from './concurrency.ts'
import { drawAndSeal } from './draw-batch.ts'
import { mayGoOn, voidIfStopped } from './give-up.ts'
import { printDayAt } from './print-day.ts'
import { moveToDay } from './print-days.ts'
import type { PrintDeps } from './print-deps.ts'

/** Where a batch is: its state, or `at-supplier` when it is there and that has not been recorded yet. */
type Stage = Batch['state'] | 'at-supplier'

/** A batch on its way to the supplier. */
interface Way {
  batch: Batch
  letters: BatchLetter[]
  stage: Stage
  /** once it is drawn */
  sealed?: SealedBatch
}

/** What only so many batches do at once. */
export interface Turns {
  draw: Limit
  handOver: Limit
}

/** @returns where the batch is after the step; where it was: it must wait, and goes on from there another time */
type Take = (deps: PrintDeps, way: Way) => Promise<Stage>

/** A letter's path through its batch, from top to bottom: each stage, whose turn it takes, and the step to the next. */
const steps: Partial<Record<Stage, { turn: keyof Turns; take: Take }>> = {
  open: { turn: 'draw', take: seal }, // → sealed; void when a letter can't be drawn
  sealed: { turn: 'handOver', take: begin }, // → handing-over; void when a letter must not leave after all
  'handing-over': { turn: 'handOver', take: deliver }, // → at-supplier
  'at-supplier': { turn: 'handOver', take: record }, // → handed-over
}

/**
 * Takes a batch that was filled just now to handed over, as far as it can go now.
 * @returns how many letters were handed over
 */
export const finishFilled = (
  deps: PrintDeps,
  batch: Batch,
  letters: BatchLetter[],
  turns: Turns,
): Promise<number> => follow(deps, { batch, letters, stage: batch.state }, turns)

/** The same for a batch that an earlier run left: it goes on with the same letters and the same bytes. */
export async function finishBrokenOff(
  deps: PrintDeps,
  batch: Batch,
  turns: Turns,
): Promise<number> {
  const way = await resume(deps, batch)
  return way ? follow(deps, way, turns) : 0
}

/** @returns where the batch goes on from; undefined when it must wait or was given up */
async function resume(deps: PrintDeps, batch: Batch): Promise<Way | undefined> {
  if (batch.state === 'handing-over' && (await isAtSupplier(deps, batch)))
    return { batch, letters: await lettersOf(deps.pool, batch.id), stage: 'at-supplier' }
  if (!(await mayGoOn(deps, batch))) return undefined
  const letters = await lettersOf(deps.pool, batch.id)
  if (batch.state === 'open') return { batch, letters, stage: 'open' }
  // Its PDF is drawn again, which takes time: somebody may have died meanwhile.
  const sealed = await drawAndSeal(deps, batch, letters)
  if (!sealed || (await voidIfStopped(deps, batch))) return undefined
  return { batch, letters, stage: batch.state, sealed }
}

async function follow(deps: PrintDeps, way: Way, turns: Turns): Promise<number> {
  for (const turn of ['draw', 'handOver'] as const)
    if (steps[way.stage]?.turn === turn) await turns[turn](() => takeSteps(deps, way, turn))
  return way.stage === 'handed-over' ? way.letters.length : 0
}

/** Takes the steps that belong to one turn, until the batch has come to another's or must wait. */
async function takeSteps(deps: PrintDeps, way: Way, turn: keyof Turns): Promise<void> {
  for (let step = steps[way.stage]; step?.turn === turn; step = steps[way.stage]) {
    const next = await step.take(deps, way)
    if (next === way.stage) return
    way.stage = next
  }
}

async function seal(deps: PrintDeps, way: Way): Promise<Stage> {
  const sealed = await drawAndSeal(deps, way.batch, way.letters)
  if (!sealed) return 'void'
  way.sealed = sealed
  return 'sealed'
}

/** Drawing takes time, and somebody may have died meanwhile; a campaign that was paused keeps its batch sealed. */
async function begin(deps: PrintDeps, { batch }: Way): Promise<Stage> {
  if (await voidIfStopped(deps, batch)) return 'void'
  return (await beginHandOver(deps.pool, batch.id)) ? 'handing-over' : 'sealed'
}

/**
 * Puts the files in the supplier's folder. Before the last step it is looked at again whether the batch may leave
 * today.
 */
async function deliver(deps: PrintDeps, { batch, sealed }: Way): Promise<Stage> {
  const mayLeave = () =>
    transaction(deps.pool, async (tx) => {
      const now = deps.clock.now()
      const today = printDayAt(now, deps.schedule)
      return (
        (await moveToDay(tx, batch.id, today, deps.schedule)) === 'counted' &&
        (await mayLeaveNow(tx, batch.id, now))
      )
    })
  const how = await visit(deps.place, (place) => handOver(place, sealed!, mayLeave))
  if (how === 'waiting') return 'handing-over'
  await rm(sealed!.pdf, { force: true })
  return 'at-supplier'
}

async function record(deps: PrintDeps, { batch }: Way): Promise<Stage> {
  await transaction(deps.pool, async (tx) => {
    await lookUpByKey(tx)
    await endHandOver(tx, batch.id, deps.clock.now())
  })
  return 'handed-over'
}
