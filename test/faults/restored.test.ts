import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { resumeCampaign } from '../../src/campaigns/actions.ts'
import { openChannels } from '../../src/channels/open.ts'
import { systemClock } from '../../src/clock.ts'
import { noteBackup } from '../../src/db/backups.ts'
import { openPool, row, rows, run } from '../../src/db/pool.ts'
import { readManifest } from '../../src/letters/manifest.ts'
import { openLog } from '../../src/log.ts'
import { settleDoubts } from '../../src/messages/dispatch/settle.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { endRestore, markRestored } from '../../src/messages/restored.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { openSpec } from '../support/region.ts'
import { anyText } from '../support/started.ts'
import { sending, type Sending } from '../support/sending.ts'

// A third each by e-mail, SMS and letter, in waves. The database is put back to a moment in the middle of it.
const people = 90
let s: Sending
let campaign: number
beforeAll(async () => {
  s = await sending({ people, places: 8 })
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  await run(
    s.db.pool,
    `update person
        set email = case when id % 3 = 0 then 'p' || id || '@post.example' end,
            phone = case when id % 3 = 1 then '+4670174' || lpad((600 + id)::text, 4, '0') end`,
  )
  const step = (channel: string) => ({ step: 'invitation', channel, template: 'invitation-open' })
  campaign = await s.started(
    openSpec({
      channels: [
        { route: 'email', needs: ['email'], steps: [step('email')] },
        { route: 'sms', needs: ['mobile'], steps: [step('sms')] },
        { route: 'post', needs: ['address'], steps: [step('letter')] },
      ],
      inDoubt: 'resend',
    }),
  )
}, 60_000)
afterAll(() => s.close())

const deps = () => ({ pool: s.db.pool, clock: s.clock, jobs: s.jobs })
const release = () => releaseWave(deps(), campaign)
const print = () => printLetters(s.printDeps({ batchSize: 5 }), campaign)
async function sendAll(): Promise<void> {
  await s.send('email')
  await s.send('sms')
  await print()
}
const morePlaces = () =>
  run(
    s.db.pool,
    `insert into slot (clinic_id, starts_at, capacity) values (1, '2021-03-24 09:00+01', $1)`,
    [people],
  )
const nextDay = () => s.clock.moveTo(new Date(s.clock.now().getTime() + 86_400_000))

/** Another database of the server, put in place of one: nobody is connected meanwhile. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const admin = openPool(process.env['KALLELSE_TEST_SERVER']!, 1)
  await run(admin, `drop database if exists ${to} with (force)`)
  await run(
    admin,
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
    [from],
  )
  await run(admin, `create database ${to} template ${from}`)
  await admin.end()
}

const folders = () => [join(s.folder, 'print'), join(s.folder, 'taken')]

/** The supplier takes files from the folder, or puts them back. */
function moveFiles(prefix: string, from: string, to: string): void {
  mkdirSync(to, { recursive: true })
  for (const name of readdirSync(from).filter((file) => file.startsWith(prefix)))
    renameSync(join(from, name), join(to, name))
}

/** Whom the world got a message for, once for each that came. */
function got(): string[] {
  const letters = folders()
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => /\/[^./][^/]*\.ndjson$/.test(path))
    .flatMap((path) => readManifest(readFileSync(path, 'utf8')).letters)
  return [
    ...s.mails().map(({ to }) => to),
    ...s.texts().map(({ to }) => to),
    ...letters.map(({ person }) => person),
  ].map(String)
}
const twice = () => got().filter((one, i, all) => all.indexOf(one) !== i)

it('a database put back in mid-campaign sends nobody anything twice, and loses nobody', async () => {
  const name = new URL(s.db.url).pathname.slice(1)
  const saved = `${name}_saved`
  await release()
  await s.send('email')
  await print()
  nextDay()
  await noteBackup(s.db.pool, systemClock.now(), 'test') // as the providers' clocks go
  await copyDatabase(name, saved)
  mkdirSync(join(s.folder, 'taken'))
  const before = got().length

  // What the back-up does not know of: the rest of this wave, and the whole of the next.
  await sendAll()
  nextDay()
  await morePlaces()
  expect(await release()).toBeGreaterThan(30)
  await sendAll()
  const [place, taken] = folders() as [string, string]
  moveFiles('open-campaign-0000007', place, taken)
  const lost = got().length - before
  expect(before).toBeGreaterThan(10)
  expect(lost).toBeGreaterThan(40)

  await copyDatabase(saved, name)
  expect(await markRestored({ ...deps(), clock: systemClock }, null, 'karin')).toEqual([
    'open-campaign',
  ])
  await sendAll()
  expect(got()).toHaveLength(before + lost) // paused
  await resumeCampaign({ ...deps(), textGate: anyText }, 'open-campaign', 'karin')
  await morePlaces()
  expect(await release()).toBeGreaterThan(30)
  const channels = openChannels(s.config)
  const settle = async () => {
    for (const channel of [channels.email, channels.sms])
      await settleDoubts(s.db.pool, channel, 0, openLog('silent'))
  }
  for (let i = 0; i < 3; i++) {
    await sendAll()
    await settle()
  }
  await sendAll()
  expect(twice()).toEqual([])
  // The letters of the batch that the supplier has taken wait; asked, they put its manifest back.
  expect(await rows(s.db.pool, `select channel from message where state = 'queued'`)).toEqual([
    { channel: 'letter' },
    { channel: 'letter' },
  ])
  moveFiles('open-campaign-0000007', taken, place)
  await sendAll()
  // Known here again: all that left.
  const known = (await row<{ n: number }>(
    s.db.pool,
    `select count(*)::int as n from message where state in ('sent', 'delivered')`,
  ))!.n
  expect(known).toBe(got().length)

  await endRestore(deps(), 'karin')
  for (let day = 0; day < 8; day++) {
    await sendAll()
    nextDay()
    await release()
  }
  await sendAll()
  expect(twice()).toEqual([])
  expect(got()).toHaveLength(people)
  expect(
    await rows(s.db.pool, `select state from message where state not in ('sent', 'delivered')`),
  ).toEqual([])
  await channels.email.close()
  await channels.sms.close()
}, 120_000)
