import { describe, expect, it } from '@jest/globals'
import { globSync, readFileSync } from 'node:fs'

// State has one owner: only these files write these tables (docs/developer/states.md). Everybody else asks the ledger
// in words.
const owners = {
  message: /^src\/ledger\/messages/,
  batch: /^src\/ledger\/batches/,
  invitation: /^src\/ledger\/invitations/,
  appointment: /^src\/ledger\/appointments/,
  campaign: /^src\/ledger\/campaigns/,
}
const table = Object.keys(owners).join('|')
const write = new RegExp(
  String.raw`\b(?:update(?:\s+only)?|insert\s+into|delete\s+from(?:\s+only)?|merge\s+into|truncate(?:\s+table)?)\s+(?:public\.)?"?(${table})"?(?![\w-])` +
    String.raw`|\bcopy\s+(?:public\.)?"?(${table})"?\s*(?:\([^)]*\))?\s*from\b`,
  'gi',
)

/** The tables that a file writes, as `table at line`. Comments may speak of it. */
function writesIn(source: string): { table: keyof typeof owners; line: number }[] {
  const code = source.replace(/^[ \t]*(?:\/\/|\*|\/\*).*$/gm, '')
  return [...code.matchAll(write)].map((found) => ({
    table: (found[1] ?? found[2])!.toLowerCase() as keyof typeof owners,
    line: code.slice(0, found.index).split('\n').length,
  }))
}

const strangers = (file: string, source: string): string[] =>
  writesIn(source)
    .filter((found) => !owners[found.table].test(file))
    .map((found) => `${file}:${found.line} writes ${found.table}`)

describe('the tables whose state has an owner', () => {
  const sources = globSync('src/**/*.ts').map((file) => ({
    file: file.replaceAll('\\', '/'),
    source: readFileSync(file, 'utf8'),
  }))

  it('are written by no other file', () => {
    expect(sources.flatMap(({ file, source }) => strangers(file, source))).toEqual([])
  })

  it('are written by their owner', () => {
    const written = new Set(
      sources
        .filter(({ file }) => file.startsWith('src/ledger/'))
        .flatMap(({ source }) => writesIn(source).map((found) => found.table)),
    )
    expect([...written].sort()).toEqual(Object.keys(owners).sort())
  })
})

describe('the search for writers', () => {
  it.each([
    ['update message set state = $1', 'message'],
    ['update invitation i\n   set state = $1', 'invitation'],
    ['UPDATE\n  campaign as c set state = $1', 'campaign'],
    ['update only batch set state = $1', 'batch'],
    ['update "appointment" set state = $1', 'appointment'],
    ['update public.appointment set state = $1', 'appointment'],
    ['insert into message (id) values ($1)', 'message'],
    ['with x as (\n  insert  into\n  batch (id) select 1)', 'batch'],
    ['delete from invitation', 'invitation'],
    ['copy appointment (id, state) from stdin', 'appointment'],
    ['copy campaign from stdin', 'campaign'],
    ['merge into message m using x on true', 'message'],
    ['truncate batch', 'batch'],
  ])('finds %j', (sql, written) => {
    expect(strangers('src/reports/planted.ts', `const sql = \`${sql}\``)).toEqual([
      expect.stringContaining(`writes ${written}`),
    ])
  })

  it('says the line', () => {
    expect(strangers('src/web/planted.ts', 'run(\n  `update message\n      set x = 1`)')).toEqual([
      'src/web/planted.ts:2 writes message',
    ])
  })

  it.each([
    ['insert into campaign_event (campaign_id) values ($1)'],
    ['insert into message_receipt (id) values ($1)'],
    ['update reserve_list set x = (select 1 from message)'],
    ['select from invitation i for update of i'],
    ['copy (select * from message) to stdout'],
    ['copy message to stdout'],
  ])('is not misled by %j', (sql) => {
    expect(strangers('src/reports/planted.ts', `const sql = \`${sql}\``)).toEqual([])
  })

  it('lets each owner write its own table and no other', () => {
    expect(strangers('src/ledger/messages.ts', 'update message set state = 1')).toEqual([])
    expect(strangers('src/ledger/messages.ts', 'update campaign set state = 1')).toEqual([
      'src/ledger/messages.ts:1 writes campaign',
    ])
  })
})
