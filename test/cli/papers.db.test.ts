import { textGate } from '../../src/texts/gate.ts'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import type { App } from '../../src/app.ts'
import type { Cli, Register } from '../../src/cli/command.ts'
import { register as attendance } from '../../src/cli/attendance.ts'
import { register as callList } from '../../src/cli/call-list.ts'
import { register as evidence } from '../../src/cli/evidence.ts'
import { register as messages } from '../../src/cli/messages.ts'
import { register as notice } from '../../src/cli/notice.ts'
import { register as report } from '../../src/cli/report.ts'
import { register as worklist } from '../../src/cli/worklist.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { pageTexts } from '../../src/letters/page-pictures.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { makeCallList } from '../../src/visits/call-list.ts'
import { makeWorklist } from '../../src/visits/need-routes.ts'
import { createNotice } from '../../src/notices/notice.ts'
import { noticesIn, warningOrder } from '../support/notices.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

const clinic = 'SE2321000180-PROV'
let s: Sending
beforeAll(async () => {
  s = await sending({ people: 8, places: 10 })
  const { pool } = s.db
  await run(pool, `update person set needs = '{home-care}' where id <= 2`)
  await run(pool, `update person set protection = 'sekretessmarkering' where id = 3`)
  await run(
    pool,
    `update person set registered_address = null, phone = null, email = null where id = 4`,
  )
  const letters = [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }]
  const id = await s.started(
    openSpec({ channels: [{ route: 'post', needs: ['address'], steps: letters }] }),
  )
  await makeCallList({ pool, clock: s.clock }, 'open-campaign')
  await makeWorklist({ pool, clock: s.clock }, 'open-campaign', '2021-03-29', 'anna')
  await releaseWave({ pool, clock: s.clock, jobs: s.jobs }, id)
  await printLetters(s.printDeps(), id)
})
afterAll(() => s.close())

/** Runs a command as main.ts does, and reads the paper it wrote. */
async function paper(name: string, register: Register, ...args: string[]) {
  let text = ''
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
    answer: (_: Command, said: string) => void (text = said),
  } as unknown as Cli
  const command = new Command(name).exitOverride()
  register(command, cli)
  const file = join(s.folder, `${name}.pdf`)
  await command.parseAsync([...args, '--out', file], { from: 'user' })
  return {
    text,
    pdf: (await pageTexts(await readFile(file))).join('\n'),
    mode: (await stat(file)).mode,
  }
}
const looks = (action: string) =>
  rows(s.db.pool, 'select person_id as person from access_log where action = $1 order by 1', [
    action,
  ])

describe('the papers of the command line', () => {
  it("has a clinic's day list, for its owner's eyes only and noted in the access log", async () => {
    const slot = await row<{ id: number; day: string }>(
      s.db.pool,
      `select id, (starts_at at time zone 'Europe/Stockholm')::date::text as day from slot order by id limit 1`,
    )
    await run(
      s.db.pool,
      `insert into appointment (person_id, purpose, slot_id, made_by, made_at)
       values (5, 'covid-19/dose-1', $1, 'person', now())`,
      [slot!.id],
    )
    const args = ['day', '--clinic', clinic, '--day', slot!.day, '--by', 'anna', '--format', 'pdf']
    const made = await paper('attendance', attendance, ...args)
    expect(made.text).toMatch(/^1 people in .*attendance\.pdf\.$/)
    expect(made.pdf).toContain('1 person är bokad')
    expect(made.mode & 0o777).toBe(0o600)
    expect(await looks('day list')).toEqual([{ person: 5 }])
  })

  it("has a clinic's call list", async () => {
    const args = ['next', '--clinic', clinic, '--by', 'anna', '--format', 'pdf']
    const made = await paper('call-list', callList, ...args)
    expect(made.pdf).toContain('Vilka ska vi ringa nu?')
    expect(made.pdf).toContain('sök numret')
    expect(await looks('call list')).toEqual([{ person: 4 }])
  })

  it("has a municipality's worklist, and as CSV unless told otherwise", async () => {
    const made = await paper(
      'worklist',
      worklist,
      'export',
      '2080',
      '--by',
      'anna',
      '--format',
      'pdf',
    )
    expect(made.text).toMatch(/^2 people/)
    expect(made.pdf).toContain('hemsjukvård')
    expect(await looks('municipal worklist')).toEqual([{ person: 1 }, { person: 2 }])
  })

  it('has the list of people with protected identity, without their names', async () => {
    const args = ['protected', 'open-campaign', '--by', 'anna', '--format', 'pdf']
    const made = await paper('worklist', worklist, ...args)
    expect(made.pdf).toContain('sekretessmarkering')
    expect(made.pdf).not.toContain('Namn3')
    expect(await looks('protected worklist')).toEqual([{ person: 3 }])
  })

  it("has a batch's delivery note, and refuses one that is not there", async () => {
    const batch = await row<{ name: string; letters: number }>(
      s.db.pool,
      'select name, letters from batch order by id limit 1',
    )
    const made = await paper('messages', messages, 'delivery-note', batch!.name)
    expect(made.pdf).toContain(`${batch!.name}: ${batch!.letters} brev`)
    await expect(paper('messages', messages, 'delivery-note', 'none')).rejects.toMatchObject({
      code: 'unknown-batch',
    })
  })

  it('has the report with its figures', async () => {
    const made = await paper('report', report, '--format', 'pdf')
    expect(made.text).toContain('open-campaign: running')
    expect(made.pdf).toContain('Tratten')
  })

  it('has the extract for a person, noted in the access log', async () => {
    await run(s.db.pool, `update person set identity_number = '194402299806' where id = 6`)
    const who = ['19440229-9806', '--by', 'anna', '--unit', 'Registraturen']
    const made = await paper('evidence', evidence, 'extract', ...who, '--format', 'pdf')
    expect(made.pdf).toContain('Namn6')
    expect(made.mode & 0o777).toBe(0o600)
    expect(
      await rows(s.db.pool, `select actor from access_log where person_id = 6 and actor = 'anna'`),
    ).not.toEqual([])
  })

  it('has a poster of a warning, whose address is the region’s site until its page is there', async () => {
    await createNotice({ pool: s.db.pool, clock: s.clock }, warningOrder({ public: true }), 'anna')
    const draft = await paper('notice', notice, 'poster', 'bluffsamtal')
    expect(draft.pdf).toContain('Varning för bedragare')
    expect(draft.pdf).not.toContain('/meddelanden/')
    await noticesIn(s).send('bluffsamtal')
    const made = await paper('notice', notice, 'poster', 'bluffsamtal', '--paper', 'a3')
    expect(made.pdf).toContain('/meddelanden/sv/bluffsamtal')
  })
})

describe('a paper without a place', () => {
  it('is refused before anything is looked up', async () => {
    const command = new Command('call-list').exitOverride()
    callList(command, {
      withApp: (work: (app: App) => unknown) => work({} as App),
    } as unknown as Cli)
    const args = ['next', '--clinic', clinic, '--by', 'anna', '--format', 'pdf']
    await expect(command.parseAsync(args, { from: 'user' })).rejects.toMatchObject({
      code: 'no-out-file',
    })
  })
})
