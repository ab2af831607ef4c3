import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { rows } from '../../src/db/pool.ts'
import { readJournal } from '../../src/demo/stand-ins/journal.ts'
import { readManifest } from '../../src/letters/manifest.ts'
import { createHash } from 'node:crypto'
import type { Arrived, Invited, Said, Way, World } from './checker.ts'
import { filesIn, type Ground, type Person } from './ground.ts'
import type { Kept } from './programs.ts'
import type { Providers } from './providers.ts'
import { fateOf, type Schedule } from './schedule.ts'

// Reads what the checker looks at: the journals of relay and SMS provider, the printer's folder, and what the program
// says of itself (whose each reference is, who is on a list for staff).

interface Ended {
  ground: Ground
  schedule: Schedule
  pool: pg.Pool
  providers: Providers
  hosts: readonly Kept[]
  serve: Kept
}

export async function worldOf(run: Ended): Promise<World> {
  const { ground, schedule, providers } = run
  const { seed } = schedule
  return {
    invited: ground.people.map((person) => invited(seed, person)),
    arrived: [
      ...mails(providers.journals.mail),
      ...texts(seed, providers.journals.sms),
      ...letters(providers.print),
    ],
    ownersOf: owners(ground.people),
    said: await said(run.pool),
    logs: new Map([
      ...run.hosts.map((host, n) => [`host ${n}`, host.log()] as const),
      ['serve', run.serve.log()] as const,
      ['postgres', ground.log()] as const,
    ]),
    personal: personalWords(ground.people),
  }
}

/** Which of a person's ways are spoiled for good, as providers.ts plays it. */
function invited(seed: number, { id, number, phone, ways }: Person): Invited {
  const byPhone = fateOf(seed, Number(phone?.slice(-4) ?? 0))
  const spoiled: Way[] = []
  if (fateOf(seed, number).mailbox) spoiled.push('email')
  if (byPhone.number || byPhone.phone) spoiled.push('sms')
  return { person: id, ways, spoiled }
}

const mails = (journal: string): Arrived[] =>
  readJournal<{ reference: string; to: string }>(journal).map(({ reference, to }) => ({
    way: 'email',
    reference,
    to,
  }))

const texts = (seed: number, journal: string): Arrived[] =>
  readJournal<{ reference: string; to: string }>(journal).map(({ reference, to }) => ({
    way: 'sms',
    reference,
    to: `+${to}`,
    undelivered: fateOf(seed, Number(to.slice(-4))).phone,
  }))

/** A letter has been handed over when its manifest is there and its file is the one that the manifest means. */
function letters(folder: string): Arrived[] {
  return filesIn(folder, '.ndjson').flatMap((name) => {
    const { head, letters } = readManifest(readFileSync(join(folder, name), 'utf8'))
    const file = readFileSync(join(folder, head.file))
    const whole = createHash('sha256').update(file).digest('hex') === head.fileSha256
    return whole
      ? letters.map(({ id }): Arrived => ({ way: 'letter', reference: id, to: null }))
      : []
  })
}

async function said(pool: pg.Pool): Promise<Said> {
  const messages = await rows<{ id: string; person: string }>(
    pool,
    'select id, person_id::text as person from message',
  )
  const listed = await rows<{ person: string; reason: string }>(
    pool,
    `select person_id::text as person, reason
       from invitation
      where state in ('withdrawn', 'suppressed')`,
  )
  return {
    personOf: new Map(messages.map(({ id, person }) => [id, person])),
    worklist: new Map(listed.map(({ person, reason }) => [person, reason])),
  }
}

function owners(people: readonly Person[]): Map<string, string[]> {
  const owners = new Map<string, string[]>()
  for (const { id, email, phone } of people)
    for (const address of [email, phone])
      if (address) owners.set(address, [...(owners.get(address) ?? []), id])
  return owners
}

/** What must be in no log. */
const personalWords = (people: readonly Person[]): Set<string> =>
  new Set(
    people.flatMap(({ identityNumber, name, email, phone }) =>
      [identityNumber, name, email, phone?.slice(1)].filter((word) => word != null),
    ),
  )
