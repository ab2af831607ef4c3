import type pg from 'pg'
import { row, rows, run, transaction, type Db } from '../db/pool.ts'
import { Refused } from '../errors.ts'
import type { Grant } from './rights.ts'

/** Somebody on the staff. */
export interface Member {
  id: number
  /** at work, in lower case: what they sign in with */
  email: string
  name: string
  grants: Grant[]
}

/** A change of members or roles: when, and by whom (a member, or `os:` and the operating system's user). */
export interface Change {
  now: Date
  by: string
}

/**
 * Adds a member with roles.
 * @throws Refused `bad-email`, `no-member-name`, `member-exists`, `unknown-clinic`
 */
export async function addMember(
  pool: pg.Pool,
  who: { email: string; name: string; grants: readonly Grant[] },
  { now, by }: Change,
): Promise<Member> {
  const { email, name } = { email: asEmail(who.email), name: who.name.trim() }
  if (!name) throw new Refused('no-member-name', 'Give the name of the member: --name "Anna Ek".')
  return transaction(pool, async (tx) => {
    const made = await row<{ id: number }>(
      tx,
      `insert into member (email, name, added_at, added_by)
       values ($1, $2, $3, $4)
       on conflict (email) where ended_at is null do nothing
       returning id`,
      [email, name, now, by],
    )
    if (!made)
      throw new Refused(
        'member-exists',
        `${email} is a member already. To change their roles: kallelse staff roles ${email} LIST.`,
      )
    await giveRoles(tx, made.id, who.grants, { now, by })
    return { id: made.id, email, name, grants: [...who.grants] }
  })
}

/**
 * Gives a member exactly these roles: others that they have are taken away.
 * @throws Refused `member-not-found`, `unknown-clinic`
 */
export function setRoles(
  pool: pg.Pool,
  email: string,
  grants: readonly Grant[],
  { now, by }: Change,
): Promise<Member> {
  return transaction(pool, async (tx) => {
    const member = await lockMember(tx, email)
    await run(
      tx,
      `update member_role had
          set ended_at = $4, ended_by = $5
        where member = $1
          and ended_at is null
          and not exists (select from unnest($2::text[], $3::text[]) as wanted (role, clinic)
                           where wanted.role = had.role
                             and wanted.clinic is not distinct from had.clinic)`,
      [member.id, ...columns(grants), now, by],
    )
    await giveRoles(tx, member.id, grants, { now, by })
    return { ...member, grants: [...grants] }
  })
}

/**
 * Ends a member and every role they have. What they did is still theirs.
 * @throws Refused `member-not-found`
 */
export async function removeMember(db: Db, email: string, { now, by }: Change): Promise<void> {
  const removed = await run(
    db,
    'update member set ended_at = $2, ended_by = $3 where email = $1 and ended_at is null',
    [email.trim().toLowerCase(), now, by],
  )
  if (!removed) throw notFound(email)
}

/** Every live member with their roles, by name. */
export const members = (db: Db): Promise<Member[]> =>
  rows<Member>(
    db,
    `select m.id, m.email, m.name,
            coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', r.role, 'clinic', r.clinic))
                               order by r.role, r.clinic)
                       filter (where r.id is not null), '[]') as grants
       from member m
       left join member_role r on r.member = m.id and r.ended_at is null
      where m.ended_at is null
      group by m.id
      order by m.name, m.email`,
  )

async function lockMember(tx: Db, email: string): Promise<Omit<Member, 'grants'>> {
  const member = await row<Omit<Member, 'grants'>>(
    tx,
    'select id, email, name from member where email = $1 and ended_at is null for update',
    [email.trim().toLowerCase()],
  )
  if (!member) throw notFound(email)
  return member
}

async function giveRoles(tx: Db, id: number, grants: readonly Grant[], { now, by }: Change) {
  const [names, clinics] = columns(grants)
  const unknown = await row<{ clinic: string }>(
    tx,
    `select clinic from unnest($1::text[]) as wanted (clinic)
      where clinic is not null and not exists (select from clinic where hsa_id = wanted.clinic)
      limit 1`,
    [clinics],
  )
  if (unknown)
    throw new Refused('unknown-clinic', `There is no clinic with HSA-id ${unknown.clinic}.`)
  await run(
    tx,
    `insert into member_role (member, role, clinic, given_at, given_by)
     select $1, role, clinic, $4, $5 from unnest($2::text[], $3::text[]) as wanted (role, clinic)
     on conflict do nothing`,
    [id, names, clinics, now, by],
  )
}

const columns = (grants: readonly Grant[]): [string[], (string | null)[]] => [
  grants.map(({ role }) => role),
  grants.map((grant) => (grant.role === 'clinic' ? grant.clinic : null)),
]

function asEmail(text: string): string {
  const email = text.trim().toLowerCase()
  if (!/^[^\s@]+@[^\s@]+$/.test(email))
    throw new Refused('bad-email', `"${text}" is not an e-mail address.`)
  return email
}

const notFound = (email: string): Refused =>
  new Refused('member-not-found', `There is no member ${email}. See: kallelse staff list.`)
