import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { bookForCall } from '../../src/visits/call-list-book.ts'
import { callsToMake, makeCallList, markForCall, recordTry } from '../../src/visits/call-list.ts'
import { callFacts } from '../../src/visits/call-list-facts.ts'
import { cancelCampaign } from '../../src/campaigns/actions.ts'
import { exportWorklist, worklist } from '../../src/visits/municipal.ts'
import { makeWorklist, setOrdination } from '../../src/visits/need-routes.ts'
import { readConfig } from '../../src/config.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { Refused } from '../../src/errors.ts'
import { callScript } from '../../src/texts/call-script.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

const clinic = 'SE2321000180-PROV'
let s: Sending
let deps: { pool: Sending['db']['pool']; clock: Sending['clock'] }
beforeEach(async () => {
  s = await sending({ people: 8, places: 1 })
  deps = { pool: s.db.pool, clock: s.clock }
  await run(s.db.pool, `update person set needs = '{home-care}' where id <= 4`)
  await run(
    s.db.pool,
    `update person set registered_address = null, phone = null, email = null where id in (7, 8)`,
  )
  await run(s.db.pool, `update person set family_name = '=HYPERLINK("x")' where id = 1`)
  await s.started(openSpec())
})
afterEach(() => s.close())
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'done',
    (error: unknown) => (error instanceof Refused ? error.code : Promise.reject(error as Error)),
  )

describe('the municipal worklist', () => {
  const make = (visitFrom = '2021-03-22') => makeWorklist(deps, 'open-campaign', visitFrom, 'anna')

  it('holds those left to another route, at least 14 days ahead, each once', async () => {
    expect(await codeOf(make('2021-03-21'))).toBe('too-soon')
    await run(s.db.pool, 'update person set municipality = null where id = 4')
    expect([await make(), await make()]).toEqual([
      { added: 3, toDoctor: 0, withoutMunicipality: 1 },
      { added: 0, toDoctor: 0, withoutMunicipality: 1 },
    ])
    await expect(run(s.db.pool, `update ordination set visit_from = '2021-03-20'`)).rejects.toThrow(
      'ordination_two_weeks_ahead',
    )
  })

  it('is exported without the protected and the dead, with formulas defused, and noted person by person', async () => {
    await make()
    await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 2`)
    await run(s.db.pool, `update person set deceased_on = '2021-03-09' where id = 3`)
    const { csv, people } = await exportWorklist(deps, '2080', 'anna')
    expect(people).toBe(2)
    const lines = csv.replace('\ufeff', '').trim().split('\n')
    expect(lines[0]).toMatch(/^row;identity_number;name;/)
    expect(lines.slice(1).some((line) => /(^|;)"?[=+@-]/.test(line.replace(/;\+46\d+/, '')))).toBe(
      false,
    )
    expect(csv).toContain('Namn1 =HYPERLINK')
    expect(csv).not.toMatch(/Namn2|Namn3/)
    expect(
      await rows(
        s.db.pool,
        `select person_id as person from access_log where action = 'municipal worklist' and actor = 'anna' order by 1`,
      ),
    ).toEqual([{ person: 1 }, { person: 4 }])
  })

  it('goes from asked to ordinated to done, with the dose, and no other way', async () => {
    await make()
    expect(await codeOf(setOrdination(deps, 1, 'done', 'anna', { givenOn: '2021-03-08' }))).toBe(
      'illegal-transition',
    )
    expect(await codeOf(setOrdination(deps, 1, 'ordinated', 'anna'))).toBe('ordinator-missing')
    await setOrdination(deps, 1, 'ordinated', 'anna', { ordinatedBy: 'Dr Exempel' })
    s.clock.moveTo(new Date('2021-03-23T10:00:00+01:00'))
    expect(await codeOf(setOrdination(deps, 1, 'done', 'anna', { givenOn: '2021-03-24' }))).toBe(
      'bad-date',
    )
    await setOrdination(deps, 1, 'done', 'anna', { givenOn: '2021-03-22', vaccine: 'comirnaty' })
    const { person } = (await row<{ person: number }>(
      s.db.pool,
      'select person_id as person from ordination where id = 1',
    ))!
    expect(
      await rows(s.db.pool, 'select person_id as person, given_on as "givenOn", vaccine from dose'),
    ).toEqual([{ person, givenOn: '2021-03-22', vaccine: 'comirnaty' }])
    expect(await codeOf(setOrdination(deps, 1, 'asked', 'anna'))).toBe('illegal-transition')
  })

  it('who wants a clinic is invited by the next campaign for the purpose, the others still are not', async () => {
    await make()
    const { id, person } = (await row<{ id: number; person: number }>(
      s.db.pool,
      'select id, person_id as person from ordination order by id limit 1',
    ))!
    await setOrdination(deps, id, 'wants-clinic', 'anna')
    const next = await s.started(openSpec({ name: 'those-who-chose-a-clinic' }))
    expect(
      await rows(
        s.db.pool,
        `select person_id as person from invitation where campaign_id = $1 and state = 'planned'`,
        [next],
      ),
    ).toEqual([{ person }])
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from invitation where campaign_id = $1 and reason = 'needs-other-route'`,
        [next],
      ),
    ).toEqual({ n: 3 })
  })
})

describe('where a need leads', () => {
  const make = (campaign = 'open-campaign') => makeWorklist(deps, campaign, '2021-03-22', 'anna')
  const names = async (municipality: string | null) =>
    (await worklist(deps, municipality, 'anna')).map((line) => line.name.split(' ')[0])
  const rowOf = async (person: number) =>
    (await row<{ id: number }>(s.db.pool, 'select id from ordination where person_id = $1', [
      person,
    ]))!.id
  /** Another campaign that leaves out home care and strong reactions: persons 1–4, and 5. */
  const other = async (routes: object, over: object = {}) => {
    await cancelCampaign(deps, 'open-campaign', 'anna')
    await run(s.db.pool, `update person set needs = '{anaphylaxis}' where id = 5`)
    await run(s.db.pool, `update purpose set routes = $1 where code = 'covid-19/dose-1'`, [routes])
    await s.started(openSpec({ name: 'second', ...over }))
    return make('second')
  }

  it('is the doctors for a strong reaction, and never a municipality', async () => {
    expect(await other({ 'home-care': 'municipality', anaphylaxis: 'doctor' })).toEqual({
      added: 4,
      toDoctor: 1,
      withoutMunicipality: 0,
    })
    expect(await names('2080')).toEqual(['Namn1', 'Namn2', 'Namn3', 'Namn4'])
    expect(await names(null)).toEqual(['Namn5'])
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from access_log where action = 'doctors worklist' and person_id = 5`,
      ),
    ).toEqual({ n: 1 })
  })

  it('goes by the purpose, and without a word of it a strong reaction is the doctors still', async () => {
    const all = { otherRouteFor: ['home-care', 'anaphylaxis'] }
    expect(await other({ 'home-care': 'doctor' }, all)).toMatchObject({ added: 0, toDoctor: 5 })
  })

  it('is not asked about those whom a campaign invites all the same', async () => {
    expect(await other({ 'home-care': 'municipality' })).toMatchObject({ added: 4, toDoctor: 0 })
  })

  it('a doctor decides; only then does a clinic do', async () => {
    await other({ anaphylaxis: 'doctor' })
    const id = await rowOf(5)
    expect(await codeOf(setOrdination(deps, id, 'wants-clinic', 'anna'))).toBe('ordinator-missing')
    await setOrdination(deps, id, 'ordinated', 'anna', { ordinatedBy: 'Dr Exempel' })
    expect((await worklist(deps, null, 'anna'))[0]).toMatchObject({ ordinated_by: 'Dr Exempel' })
    await setOrdination(deps, id, 'done', 'anna', { givenOn: '2021-03-08' })
    expect(await names(null)).toEqual([])
  })

  it('names purpose and campaign on the list, and follows when the campaign is cancelled', async () => {
    await make()
    expect((await worklist(deps, '2080', 'anna'))[0]).toMatchObject({
      purpose: 'covid-19/dose-1',
      campaign: 'open-campaign',
    })
    await cancelCampaign(deps, 'open-campaign', 'anna')
    expect(await names('2080')).toEqual([])
    expect(await codeOf(make())).toBe('illegal-transition')
  })

  it('has one row a person and purpose: the next campaign goes on with what a doctor has said', async () => {
    await make()
    await setOrdination(deps, await rowOf(2), 'ordinated', 'anna', { ordinatedBy: 'Dr Exempel' })
    await other({ 'home-care': 'municipality' })
    const list = await worklist(deps, '2080', 'anna')
    expect(list.map((line) => [line.name.split(' ')[0], line.state, line.campaign])).toEqual([
      ['Namn1', 'asked', 'second'],
      ['Namn2', 'ordinated', 'second'],
      ['Namn3', 'asked', 'second'],
      ['Namn4', 'asked', 'second'],
    ])
    expect(await row(s.db.pool, 'select count(*)::int as n from ordination')).toEqual({ n: 4 })
  })

  it('shows two records of one person once, and nobody who has had the dose', async () => {
    await make()
    await run(s.db.pool, 'update person set same_as = 1 where id = 2')
    await run(s.db.pool, `insert into dose values (3, 'covid-19/dose-1', '2021-03-01')`)
    expect(await names('2080')).toEqual(['Namn1', 'Namn4'])
  })

  it('is a health centre of their choice, which then calls them', async () => {
    await make()
    await run(
      s.db.pool,
      `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
       values ('SE2321000180-VALD', 'Vald hälsocentral', '2062', 'mora', 'Gatan 1', '79230', 'Mora', '+46846500402')`,
    )
    const wants = (hsaId: string) =>
      rowOf(4).then((id) => setOrdination(deps, id, 'wants-clinic', 'anna', { clinic: hsaId }))
    expect(await codeOf(wants('SE2321000180-INGEN'))).toBe('unknown-clinic')
    await wants('SE2321000180-VALD')
    expect(await names('2080')).toEqual(['Namn1', 'Namn2', 'Namn3'])
    expect(await callsToMake(deps, 'SE2321000180-VALD', 'anna')).toMatchObject([{ personId: 4 }])
  })
})

describe('the call list', () => {
  beforeEach(async () => {
    expect([
      await makeCallList(deps, 'open-campaign'),
      await makeCallList(deps, 'open-campaign'),
    ]).toEqual([2, 0])
  })
  const calls = () => callsToMake(deps, clinic, 'anna')

  it('gives the clinic those whom no channel reaches, without the protected, and notes who looked', async () => {
    await run(s.db.pool, `update person set protection = 'sekretessmarkering' where id = 8`)
    expect((await calls()).map((c) => [c.personId, c.why, c.phone])).toEqual([
      [7, 'no-reachable-channel', null],
    ])
    expect(
      await rows(
        s.db.pool,
        `select person_id as person, unit from access_log where action = 'call list'`,
      ),
    ).toEqual([{ person: 7, unit: clinic }])
    await markForCall(deps, 5, 'covid-19/dose-1')
    expect(await codeOf(markForCall(deps, 5, 'covid-19/dose-1'))).toBe('already-on-list')
    expect(await codeOf(markForCall(deps, 8, 'covid-19/dose-1'))).toBe('protected')
    expect((await calls()).map((c) => c.personId).sort()).toEqual([5, 7])
  })

  it('tries again later, and ends after five calls in vain', async () => {
    const [call] = await calls()
    expect((await recordTry(deps, call!.id, 'no-answer', 'anna')).nextTry).toEqual(
      new Date('2021-03-08T11:00:00+01:00'),
    )
    expect((await calls()).map((c) => c.id)).not.toContain(call!.id)
    expect((await recordTry(deps, call!.id, 'no-answer', 'anna')).nextTry).toEqual(
      new Date('2021-03-09T09:00:00+01:00'),
    )
    const named = new Date('2021-03-10T14:00:00+01:00')
    expect(await recordTry(deps, call!.id, 'call-back', 'anna', named)).toEqual({
      nextTry: named,
      outcome: null,
    })
    await recordTry(deps, call!.id, 'no-answer', 'anna')
    expect(await recordTry(deps, call!.id, 'no-answer', 'anna')).toEqual({
      nextTry: null,
      outcome: 'not-reachable',
    })
    expect(await codeOf(recordTry(deps, call!.id, 'no-answer', 'anna'))).toBe('call-finished')
    expect(await row(s.db.pool, 'select count(*)::int as n from call_try')).toEqual({ n: 5 })
  })

  it('books for who has no invitation with the same checks, and for who has one with its code', async () => {
    const [a, b] = await calls()
    expect(await codeOf(bookForCall(deps, a!.id, 999, 'anna'))).toBe('slot-unknown')
    const said = await Promise.all(
      [a!, b!].map((call) => codeOf(bookForCall(deps, call.id, 1, 'anna'))),
    )
    expect(said.sort()).toEqual(['done', 'slot-full'])
    expect(await rows(s.db.pool, 'select made_by as by, state from appointment')).toEqual([
      { by: 'clinic', state: 'booked' },
    ])
    expect(
      await row(
        s.db.pool,
        `select count(*)::int as n from invitation where reason = 'no-reachable-channel'`,
      ),
    ).toEqual({ n: 2 }) // the funnel still adds up
    expect(await calls()).toHaveLength(1)
    await run(
      s.db.pool,
      `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values (1, 'falun', '2021-03-08', 1, 'x', '{}', now())`,
    )
    await run(
      s.db.pool,
      `update invitation set state = 'released', wave_id = 1, released_at = now() where person_id = 5`,
    )
    await markForCall(deps, 5, 'covid-19/dose-1')
    const marked = (await calls()).find((c) => c.personId === 5)!
    await bookForCall(deps, marked.id, 2, 'anna')
    expect(await row(s.db.pool, 'select state from invitation where person_id = 5')).toEqual({
      state: 'answered',
    })
  })

  it("has a script from the campaign's facts that asks for no BankID and says what it is about last", async () => {
    const [call] = await calls()
    const { facts } = await callFacts(deps, call!.id, readConfig({}), 'anna')
    const script = callScript(facts)
    expect(script).toContain('Provkliniken')
    expect(script).toContain('08-465 004 01')
    expect(script).not.toMatch(/saknas|undefined/)
    expect(script.indexOf('vaccination mot covid-19')).toBeGreaterThan(script.indexOf('BankID'))
  })
})
