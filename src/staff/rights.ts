import { Refused } from '../errors.ts'

export const allRoles = [
  'coordinator',
  'approver',
  'clinic',
  'communicator',
  'operator',
  'auditor',
  'administrator',
] as const
export type Role = (typeof allRoles)[number]

/** A role that somebody has; a clinic role is at one clinic (HSA-id), and somebody may have several. */
export type Grant = { role: Exclude<Role, 'clinic'> } | { role: 'clinic'; clinic: string }

const everybody = allRoles

/** Who may do what. What a clinic may, it may with its own people and times only; other roles are the region's. */
const rolesWith = {
  'see-figures': everybody,
  'see-campaigns': ['coordinator', 'approver', 'communicator', 'operator', 'auditor'],
  'make-campaigns': ['coordinator'],
  'pause-campaigns': ['coordinator', 'approver', 'operator'],
  approve: ['approver'],
  'make-notices': ['communicator'],
  'handle-fraud-reports': ['communicator', 'coordinator'],
  'solve-conflicts': ['clinic', 'coordinator'],
  'settle-replies': ['clinic', 'coordinator'],
  'settle-doubts': ['operator'],
  'see-evidence': ['auditor'],
  'see-access-log': ['auditor'],
  'manage-members': ['administrator'],
} as const satisfies Record<string, readonly Role[]>

export type MemberRight = keyof typeof rolesWith
export const allMemberRights = Object.keys(rolesWith) as MemberRight[]

/**
 * Where somebody with these roles has a right.
 * @returns `all`: in the whole region; else HSA-ids of clinics, none when they don't have the right at all
 */
export function reach(grants: readonly Grant[], right: MemberRight): 'all' | string[] {
  const roles: readonly Role[] = rolesWith[right]
  const having = grants.filter(({ role }) => roles.includes(role))
  if (having.some(({ role }) => role !== 'clinic')) return 'all'
  return having.flatMap((grant) => (grant.role === 'clinic' ? [grant.clinic] : []))
}

/**
 * Reads roles as they are written on the command line: `coordinator,clinic:SE2321000180-FALU`.
 * @throws Refused `bad-role`
 */
export function readGrants(list: string): Grant[] {
  return [...new Set(list.split(',').map((word) => word.trim()))].map(readGrant)
}

/** How readGrants reads it. */
export const grantWord = (grant: Grant): string =>
  grant.role === 'clinic' ? `clinic:${grant.clinic}` : grant.role

function readGrant(word: string): Grant {
  const [name, clinic, ...more] = word.split(':')
  const role = allRoles.find((one) => one === name)
  const fits = (role === 'clinic') === (clinic !== undefined) && clinic !== '' && !more.length
  if (!role || !fits)
    throw new Refused(
      'bad-role',
      `"${word}" is not a role. Choose among ${allRoles.join(', ')}; a clinic role names its clinic: clinic:HSA-ID.`,
    )
  return role === 'clinic' ? { role, clinic: clinic! } : { role }
}
