import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Command, CommanderError } from 'commander'
import { pino } from 'pino'
import { bookByCode } from '../../src/bookings/book.ts'
import type { Cli } from '../../src/cli/command.ts'
import { addCommands } from '../../src/cli/commands.ts'
import { row, run } from '../../src/db/pool.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { allRights, createApiKey } from '../../src/staff/api-keys.ts'
import { endpoints } from '../../src/web/api/endpoints.ts'
import { listen, type Listening } from '../../src/web/server.ts'
import { openSpec } from '../support/region.ts'
import { appOf, sending, type Sending } from '../support/sending.ts'

// Everybody got an invitation and booked. Then the register says that person 3 is protected, and that one record of
// person 6 is: an older one that still has the name.
let s: Sending
let web: Listening
let key: string
const hidden = new Map<number, string[]>()
beforeAll(async () => {
  s = await sending({ people: 12, places: 12 })
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  await run(
    s.db.pool,
    `update person
        set given_name = 'Förnamn' || id || 'x', family_name = 'Efternamn' || id || 'x',
            email = case when id % 3 = 0 then 'epost' || id || 'x@post.example' end,
            registered_address = jsonb_build_object('street', 'Hemvägen ' || id || 'x', 'postcode', '79131', 'town', 'Falun')`,
  )
  for (const [id, number] of [
    [3, '194401019809'],
    [6, '194401029808'],
  ])
    await run(
      s.db.pool,
      "update person set identity_number = $2, birth_date = to_date(left($2, 8), 'YYYYMMDD') where id = $1",
      [id, number],
    )
  const campaign = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
  await s.send('email')
  for (const id of [3, 6]) {
    const { code, number } = (await row<{ code: string; number: string }>(
      s.db.pool,
      `select i.code, p.identity_number as number from invitation i join person p on p.id = i.person_id where p.id = $1`,
      [id],
    ))!
    await bookByCode(s.db.pool, s.clock, code, id === 3 ? 1 : 2, 'person')
    const messages = (await row<{ ids: string[] }>(
      s.db.pool,
      `select array_agg(id::text) as ids from message where person_id = $1`,
      [id],
    ))!.ids
    hidden.set(id, [
      `Förnamn${id}x`,
      `Efternamn${id}x`,
      `epost${id}x`,
      `Hemvägen ${id}x`,
      number,
      code,
      ...messages,
    ])
  }
  await run(
    s.db.pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, municipality, protection)
     values ('194408029807', 'personnummer', '1944-08-02', 'Förnamn6y', 'Efternamn6y', '2080', 'sekretessmarkering')`,
  )
  await run(s.db.pool, `update person set same_as = 6 where identity_number = '194408029807'`)
  await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 3`)
  hidden.get(6)!.push('Förnamn6y', '194408029807')
  key = await createApiKey(s.db.pool, 'all', allRights, s.clock.now())
  web = await listen(appOf(s, { PORT: 0 }))
}, 60_000)
afterAll(async () => {
  await web.close()
  await s.close()
})

/** What of them is in a text. */
const found = (text: string): string[] =>
  [...hidden.values()].flat().filter((mark) => text.includes(mark))

const ask = async (method: string, path: string, body?: object) => {
  const answer = await fetch(`${web.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      authorization: `Bearer ${key}`,
      ...(body
        ? { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() }
        : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, text: await answer.text() }
}

describe('somebody with a protected identity', () => {
  const purpose = 'covid-19/dose-1'
  /** For each address: a request about them, and the same about somebody who does not exist. */
  const about: Record<string, (number: string, id: number, code: string) => object | undefined> = {
    'post /people/lookup': (identityNumber) => ({ identityNumber }),
    'get /people/{id}/messages': () => undefined,
    'post /bookings/times': (identityNumber) => ({ who: { identityNumber, purpose } }),
    'post /bookings': (identityNumber) => ({ who: { identityNumber, purpose }, slot: 3 }),
    'post /bookings/move': (_, __, code) => ({ who: { code }, slot: 3 }),
    'post /bookings/cancel': (_, __, code) => ({ who: { code } }),
    'post /reserve-list': (_, personId) => ({ personId, purpose }),
  }

  it.each([3, 6])(
    'is not found at any address of the API: the answer is that for nobody (%d)',
    async (id) => {
      const [number, code] = hidden.get(id)!.slice(4, 6) as [string, string]
      for (const [name, body] of Object.entries(about)) {
        const [method, path] = name.split(' ') as [string, string]
        const asked = (theirs: boolean) =>
          ask(
            method.toUpperCase(),
            `/api/v1${path.replace('{id}', String(theirs ? id : 999))}`,
            theirs ? body(number, id, code) : body('194402299806', 999, '23ABCDEF'),
          )
        const [theirs, nobodys] = [await asked(true), await asked(false)]
        expect([name, theirs.status]).toEqual([name, 404])
        expect([name, theirs]).toEqual([name, nobodys])
        expect(found(theirs.text)).toEqual([])
      }
    },
  )

  it('is in no answer of any other address of the API', async () => {
    const campaigns = { '{name}': 'open-campaign' }
    for (const endpoint of endpoints) {
      const name = `${endpoint.method} ${endpoint.path}`
      if (name in about || endpoint.method === 'post') continue
      const path = endpoint.path.replace('{name}', campaigns['{name}'])
      const { status, text } = await ask('GET', `/api/v1${path}`)
      expect([name, status]).toEqual([name, 200])
      expect([name, found(text)]).toEqual([name, []])
    }
  })

  it("is on no page of the staff's that a link leads to, and on none that is asked for by number", async () => {
    const seen = new Set<string>()
    const waiting = ['/admin']
    for (let path = waiting.shift(); path; path = waiting.shift()) {
      if (seen.has(path) || path.endsWith('/brev')) continue // letters to somebody invented
      seen.add(path)
      const { text } = await ask('GET', path)
      expect([path, found(text)]).toEqual([path, []])
      for (const [, href] of text.matchAll(/href="(\/admin[^"#]*)"/g)) waiting.push(href!)
    }
    expect(seen.size).toBeGreaterThanOrEqual(8)
    for (const [id, [given, , , , number]] of hidden) {
      const answer = await fetch(`${web.url}/admin/underlag`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
        },
        body: new URLSearchParams({ number: number!, by: 'anna', unit: 'Smittskydd' }),
      })
      expect([id, (await answer.text()).includes(given!)]).toEqual([id, false])
    }
  })

  it('cannot sign in at /boka with a code from before: it is as if the code were unknown', async () => {
    for (const [id, marks] of hidden) {
      const answer = await fetch(`${web.url}/boka/sv`, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
        },
        body: new URLSearchParams({ kod: marks[5]!, fodd: marks[4]!.slice(0, 8) }),
      })
      expect([id, answer.status]).toEqual([id, 422])
    }
  })

  /** What a command prints, in both of its forms, and logs. */
  async function said(command: string): Promise<string> {
    const words = command.split(' ')
    let said = ''
    const log = pino({ level: 'trace' }, { write: (line) => void (said += line) })
    const cli: Cli = {
      stop: new AbortController().signal,
      withApp: (work) => work({ ...appOf(s), log }),
      answer: (_, text, json) => void (said += text + JSON.stringify(json)),
      failed: () => {},
    }
    const program = new Command('kallelse').exitOverride().configureOutput({
      writeOut: (text) => void (said += text),
      writeErr: (text) => void (said += text),
    })
    await addCommands(program, cli, words)
    await program.parseAsync(words, { from: 'user' }).catch((error: Error) => {
      if (error instanceof CommanderError) throw new Error(`${command}: ${error.message}`)
      said += `${error.message} ${JSON.stringify(error)}`
    })
    return said
  }
  const commands = [
    'campaign status open-campaign',
    'campaign preview open-campaign',
    'campaign check open-campaign',
    'attendance day --clinic SE2321000180-PROV --day 2021-03-15 --by anna',
    'attendance day --clinic SE2321000180-PROV --day 2021-03-16 --by anna',
    'attendance due covid-19/dose-2 --from 2021-03-08 --to 2021-06-01',
    'bookings conflicts',
    'bookings conflicts --by anna',
    'call-list make open-campaign',
    'call-list next --clinic SE2321000180-PROV --by anna',
    'reserve list --purpose covid-19/dose-1 --area falun',
    'worklist make open-campaign --visit-from 2021-04-01 --by anna',
    'report --out FOLDER/report.html',
    'report duplicates',
    'coverage',
    'group list',
    'messages doubts',
    'evidence show NUMBER --by anna --unit Smittskydd',
    'evidence extract NUMBER --out FOLDER/extract.html --by anna --unit Smittskydd',
    'reserve add NUMBER --purpose covid-19/dose-1 --by anna',
    'call-list mark NUMBER --purpose covid-19/dose-1 --by anna',
    'preview open-campaign --person NUMBER --by anna --unit Smittskydd',
  ]
  it('is in nothing that a command prints, logs or writes', async () => {
    const number = hidden.get(3)![4]!
    for (const command of commands) {
      const text = await said(command.replace('NUMBER', number).replace('FOLDER', s.folder))
      expect([command, found(text).filter((mark) => mark !== number)]).toEqual([command, []])
    }
    for (const file of readdirSync(s.folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(s.folder, file)
      if (!statSync(path).isFile() || /ndjson$|vonage-local/.test(file)) continue // what providers took before
      expect([file, found(readFileSync(path, 'utf8'))]).toEqual([file, []])
    }
  }, 120_000)
})
