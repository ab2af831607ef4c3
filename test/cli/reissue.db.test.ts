import { textGate } from '../../src/texts/gate.ts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { assignTimes } from '../../src/allocation/assign.ts'
import type { App } from '../../src/app.ts'
import type { Cli } from '../../src/cli/command.ts'
import { register } from '../../src/cli/reissue.ts'
import { campaignNamed } from '../../src/campaigns/store.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

let s: Sending
beforeAll(async () => {
  s = await sending({ people: 4, places: 1 })
  const fixed = await s.started(
    openSpec({
      name: 'fixed',
      way: 'timed',
      channels: [
        {
          route: 'post',
          needs: ['address'],
          steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-timed' }],
        },
      ],
    }),
  )
  await assignTimes({ pool: s.db.pool, clock: s.clock }, fixed)
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, fixed)
  await printLetters(s.printDeps(), fixed)
})
afterAll(() => s.close())

async function reissue(
  ...args: string[]
): Promise<{ text: string; json: Record<string, unknown> }> {
  let result: { text: string; json: Record<string, unknown> } | undefined
  const program = new Command()
    .option('--json')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  const app: App = {
    config: s.config,
    clock: s.clock,
    pool: s.db.pool,
    log: s.printDeps().log,
    jobs: () => Promise.resolve(s.jobs),
    textGate: textGate(s.config),
    close: () => Promise.resolve(),
  }
  const cli = {
    withApp: (work: (app: App) => unknown) => work(app),
    answer: (_: Command, text: string, json: Record<string, unknown>) =>
      void (result = { text, json }),
  } as unknown as Cli
  register(program.command('reissue'), cli)
  for (const command of program.commands)
    for (const c of [command, ...command.commands])
      c.exitOverride().configureOutput({ writeErr: () => undefined })
  await program.parseAsync(['reissue', ...args], { from: 'user' })
  return result!
}
const clinic = ['--clinic', 'SE2321000180-PROV', '--from', '2021-03-15', '--to', '2021-03-19']

describe('reissue', () => {
  it('says so when everybody fits', async () => {
    expect(await reissue(...clinic, '--by', 'anna')).toMatchObject({
      text: 'Everybody fits, and there is a dose for each: nobody has to move.',
      json: { id: null, overflow: 0, kept: 4 },
    })
  })

  it('shows the changeset without names, stores it, and does it when another person approves', async () => {
    const file = join(s.folder, 'cut.csv')
    await writeFile(
      file,
      'clinic,starts_at,capacity\nSE2321000180-PROV,2021-03-15 09:00,0\nSE2321000180-PROV,2021-03-16 09:00,0\n',
    )
    const shown = await reissue(...clinic, '--slots', file, '--by', 'anna')
    expect(shown.text).toContain(
      '2 people too many for the places. 2 keep their time, 1 move, 1 get a place in the queue.',
    )
    expect(shown.text).toMatch(/p\d+ +2021-03-15 09:00 → 2021-03-19 09:00 Provkliniken/)
    expect(shown.text).toMatch(/p\d+ +2021-03-16 09:00 → queue/)
    expect(shown.text).not.toContain('Efternamn')
    await expect(reissue('approve', '1', '--by', 'anna')).rejects.toMatchObject({
      code: 'same-person',
    })
    expect(await reissue('approve', '1', '--by', 'bertil')).toMatchObject({
      text: expect.stringContaining('fixed-reissue-1 tells 2 of 2;') as unknown,
      json: { moved: 1, queued: 1, campaigns: ['fixed-reissue-1'] },
    })
    expect(await campaignNamed(s.db.pool, 'fixed-reissue-1')).toMatchObject({
      state: 'running',
      cohortSize: 2,
    })
  })

  it('writes the campaign file of a reissue to fixed times, or makes the draft', async () => {
    await s.started(openSpec({ purpose: 'covid-19/dose-2' }))
    const shown = await reissue('--campaign', 'open-campaign', '--dry-run', '--by', 'anna')
    expect(shown.text).toContain('who: not-booked')
    const made = await reissue(
      '--campaign',
      'open-campaign',
      '--who',
      'no-free-time',
      '--name',
      'second',
      '--by',
      'anna',
    )
    expect(made.json).toMatchObject({ name: 'second', state: 'draft', way: 'timed' })
  })

  it.each([
    [['--by', 'anna']],
    [clinic],
    [[...clinic, '--campaign', 'fixed', '--by', 'anna']],
    [['--clinic', 'X', '--from', '15 mars', '--to', '2021-03-19', '--by', 'anna']],
    [[...clinic, '--within', '0', '--by', 'anna']],
    [['approve', '1']],
  ])('is wrong usage with %j', async (args) => {
    await expect(reissue(...args)).rejects.toThrow(CommanderError)
  })

  it('refuses a number that is none', async () => {
    await expect(reissue('approve', 'one', '--by', 'bertil')).rejects.toMatchObject({
      code: 'unknown-proposal',
    })
  })
})
