import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { rows, run } from '../../src/db/pool.ts'
import { addMember, members, removeMember, setRoles } from '../../src/staff/members.ts'
import { readGrants } from '../../src/staff/rights.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const now = new Date('2026-03-02T09:00:00Z')
const later = new Date('2026-03-03T09:00:00Z')
const email = 'anna.ek@region.example'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  await run(
    db.pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone)
     select 'SE2321000180-' || upper(left(area, 4)), area || ' vårdcentral', '2080', area, 'Storgatan 1', '12345', area, '010-10'
       from unnest(array['Falun', 'Mora']) area`,
  )
})
afterAll(() => db.drop())
beforeEach(() => run(db.pool, 'truncate member cascade'))

const add = (roles: string, who = email) =>
  addMember(
    db.pool,
    { email: who, name: 'Anna Ek', grants: readGrants(roles) },
    { now, by: 'os:op' },
  )
const set = (roles: string) =>
  setRoles(db.pool, email, readGrants(roles), { now: later, by: 'os:op' })
const history = () =>
  rows<{ said: string }>(
    db.pool,
    `select concat_ws(' ', role, clinic, given_at::date, ended_at::date, ended_by) as said
       from member_role order by id`,
  ).then((all) => all.map(({ said }) => said))

describe('a member', () => {
  it('has the roles they were given, with their clinics', async () => {
    await add('coordinator,clinic:SE2321000180-FALU', '  Anna.Ek@Region.example ')
    expect(await members(db.pool)).toEqual([
      {
        id: expect.any(Number),
        email,
        name: 'Anna Ek',
        grants: [{ role: 'clinic', clinic: 'SE2321000180-FALU' }, { role: 'coordinator' }],
      },
    ])
  })

  it('is added once, also by two at the same time', async () => {
    const tries = await Promise.allSettled([add('auditor'), add('approver')])
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(tries.find((one) => one.status === 'rejected')).toMatchObject({
      reason: { code: 'member-exists' },
    })
  })

  it('is not added at a clinic that there is not, or without address or name', async () => {
    await expect(add('clinic:SE2321000180-NONE')).rejects.toMatchObject({ code: 'unknown-clinic' })
    expect(await members(db.pool)).toEqual([])
    const nameless = { email, name: ' ', grants: [] }
    await expect(add('auditor', 'anna')).rejects.toMatchObject({ code: 'bad-email' })
    await expect(addMember(db.pool, nameless, { now, by: 'os:op' })).rejects.toMatchObject({
      code: 'no-member-name',
    })
  })
})

describe('the roles of a member', () => {
  it('become exactly those given, and which they had before is kept', async () => {
    await add('coordinator,clinic:SE2321000180-FALU')
    await set('coordinator,clinic:SE2321000180-MORA')
    expect(await history()).toEqual([
      'coordinator 2026-03-02',
      'clinic SE2321000180-FALU 2026-03-02 2026-03-03 os:op',
      'clinic SE2321000180-MORA 2026-03-03',
    ])
  })

  it('end with the member, and who comes back begins without them', async () => {
    await add('approver')
    await removeMember(db.pool, email, { now: later, by: 'os:op' })
    expect(await members(db.pool)).toEqual([])
    expect(await history()).toEqual(['approver 2026-03-02 2026-03-03 os:op'])
    await expect(set('approver')).rejects.toMatchObject({ code: 'member-not-found' })
    await add('auditor')
    expect((await members(db.pool)).map(({ grants }) => grants)).toEqual([[{ role: 'auditor' }]])
  })
})

describe('the database', () => {
  const give = (role: string, clinic: string | null, member: number) =>
    run(
      db.pool,
      `insert into member_role (member, role, clinic, given_at, given_by) values ($1, $2, $3, $4, 'os:op')`,
      [member, role, clinic, now],
    )

  it('holds that a clinic role is at a clinic, and no other role is', async () => {
    const { id } = await add('auditor')
    await expect(give('clinic', null, id)).rejects.toThrow('member_role_at_a_clinic')
    await expect(give('approver', 'SE2321000180-FALU', id)).rejects.toThrow(
      'member_role_at_a_clinic',
    )
    await expect(give('auditor', null, id)).rejects.toThrow('member_role_once')
  })

  it('holds that nobody who has left is given a role', async () => {
    const { id } = await add('auditor')
    await removeMember(db.pool, email, { now: later, by: 'os:op' })
    await expect(give('approver', null, id)).rejects.toThrow('has left')
  })
})
