import { describe, expect, it } from '@jest/globals'
import {
  allMemberRights,
  allRoles,
  grantWord,
  reach,
  readGrants,
  type Grant,
} from '../../src/staff/rights.ts'

const falun = 'SE2321000180-FALU'
const mora = 'SE2321000180-MORA'

/** Written by hand: a row a right, C coordinator, A approver, K clinic, M communicator, O operator, U auditor, D administrator. */
const expected = [
  'see-figures           C A k M O U D',
  'see-campaigns         C A - M O U -',
  'make-campaigns        C - - - - - -',
  'pause-campaigns       C A - - O - -',
  'approve               - A - - - - -',
  'make-notices          - - - M - - -',
  'handle-fraud-reports  C - - M - - -',
  'solve-conflicts       C - k - - - -',
  'settle-replies        C - k - - - -',
  'settle-doubts         - - - - O - -',
  'see-evidence          - - - - - U -',
  'see-access-log        - - - - - U -',
  'manage-members        - - - - - - D',
]

const grantOf = (role: (typeof allRoles)[number]): Grant =>
  role === 'clinic' ? { role, clinic: falun } : { role }

describe('who may do what', () => {
  it('is this, for each right and role: in capitals everywhere, in small letters at their own clinic', () => {
    const letters = ['C', 'A', 'K', 'M', 'O', 'U', 'D']
    const table = allMemberRights.map((right) => {
      const cells = allRoles.map((role, i) => {
        const where = reach([grantOf(role)], right)
        return where === 'all' ? letters[i]! : where.length ? letters[i]!.toLowerCase() : '-'
      })
      return `${right.padEnd(22)}${cells.join(' ')}`
    })
    expect(table).toEqual(expected)
  })

  it('is at each clinic where somebody has the role, and at no other', () => {
    const both = readGrants(`clinic:${falun},clinic:${mora}`)
    expect(reach(both, 'solve-conflicts')).toEqual([falun, mora])
    expect(reach(both, 'see-evidence')).toEqual([])
  })

  it('is everywhere when another of their roles says so', () => {
    expect(reach(readGrants(`clinic:${falun},coordinator`), 'solve-conflicts')).toBe('all')
  })

  it('is nothing without a role', () => {
    for (const right of allMemberRights) expect(reach([], right)).toEqual([])
  })
})

describe('roles on the command line', () => {
  it('are read as they are shown', () => {
    const words = `approver,clinic:${falun},auditor`
    expect(readGrants(words).map(grantWord).join(',')).toBe(words)
  })

  it.each(['chef', '', 'clinic', 'clinic:', 'approver:', `approver:${falun}`, 'clinic:a:b'])(
    'are refused when they are none: "%s"',
    (word) => {
      expect(() => readGrants(word)).toThrow(/is not a role/)
    },
  )
})
