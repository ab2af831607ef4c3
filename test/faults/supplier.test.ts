import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { row, rows, run } from '../../src/db/pool.ts'
import { readManifest } from '../../src/letters/manifest.ts'
import { printLetters } from '../../src/messages/print/print.ts'
import { fetchReceipt, reconcile, type Reconciled } from '../../src/messages/print/reconcile.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { sftpServers, type PrintServer } from '../channels/support/print-servers.ts'
import { openSpec } from '../support/region.ts'
import { sending, type Sending } from '../support/sending.ts'

const byLetter = openSpec({
  channels: [
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
    },
  ],
})
const perBatch = 4

interface Line {
  batch: string
  id: string
  event: string
  at: string
  copies?: number
  sha256?: string
  reason?: string
}
interface Batch {
  name: string
  sha256: string
  letters: { id: string; sha256: string }[]
}

const csv = (lines: Line[], totals: { batch: string; copies: number; sha256?: string }[]) =>
  [
    'batch;id;event;at;copies;sha256;reason',
    ...lines.map((l) =>
      [l.batch, l.id, l.event, l.at, l.copies ?? '', l.sha256 ?? '', l.reason ?? ''].join(';'),
    ),
    ...totals.map((t) => [t.batch, '', 'total', '', t.copies, t.sha256 ?? '', ''].join(';')),
    '',
  ].join('\n')
const at = (minute: number) => `2021-03-09T10:${String(minute).padStart(2, '0')}:00+01:00`
/** A whole and right receipt of a batch: each letter printed once. */
const printedOnce = (b: Batch, minute = 0): Line[] =>
  b.letters.map(({ id, sha256 }) => ({
    batch: b.name,
    id,
    event: 'printed',
    at: at(minute),
    sha256,
  }))
const closed = (b: Batch, lines: Line[], sha256 = b.sha256) =>
  csv(lines, [{ batch: b.name, copies: lines.filter((l) => l.batch === b.name).length, sha256 }])

/**
 * What goes wrong at the supplier: the receipts that it gives, and what each is found to be (a refusal's code, or
 * findings by kind).
 */
const faults: {
  fault: string
  receipts: (b: Batch, other: Batch) => string[]
  found: (string | Record<string, number>)[]
}[] = [
  { fault: 'nothing', receipts: (b) => [closed(b, printedOnce(b))], found: [{}] },
  {
    fault: 'a batch processed twice',
    receipts: (b) => [closed(b, [...printedOnce(b, 0), ...printedOnce(b, 30)])],
    found: [{ doubled: 4 }],
  },
  {
    fault: 'a batch processed twice, told in two receipts',
    receipts: (b) => [closed(b, printedOnce(b, 0)), closed(b, printedOnce(b, 30))],
    found: [{}, { doubled: 4 }],
  },
  {
    fault: 'half of it processed twice',
    receipts: (b) => [closed(b, [...printedOnce(b, 0), ...printedOnce(b, 30).slice(0, 2)])],
    found: [{ doubled: 2 }],
  },
  {
    fault: 'the receipt twice',
    receipts: (b) => [closed(b, printedOnce(b)), closed(b, printedOnce(b))],
    found: [{}, {}],
  },
  {
    fault: 'the receipt twice, its lines in another order',
    receipts: (b) => [closed(b, printedOnce(b)), closed(b, printedOnce(b).reverse())],
    found: [{}, {}],
  },
  {
    fault: 'the receipt for another batch',
    receipts: (b, other) => [
      closed(
        b,
        printedOnce(other).map((l) => ({ ...l, batch: b.name })),
      ),
    ],
    found: ['receipt-for-another-batch'],
  },
  {
    fault: 'one letter missing',
    receipts: (b) => [closed(b, printedOnce(b).slice(1))],
    found: [{ missing: 1 }],
  },
  {
    fault: "two letters swapped: each printed with the other's content",
    receipts: (b) => [
      closed(
        b,
        printedOnce(b).map((l, i, all) => ({
          ...l,
          ...(i < 2 ? { sha256: all[1 - i]!.sha256! } : {}),
        })),
      ),
    ],
    found: [{ 'hash-disagrees': 2 }],
  },
  {
    fault: 'a letter of another batch among them',
    receipts: (b, other) => [
      closed(b, [...printedOnce(b), { ...printedOnce(other)[0]!, batch: b.name }]),
    ],
    found: [{ 'other-batch': 1 }],
  },
  {
    fault: 'an id that is not ours',
    receipts: (b) => [
      closed(b, [
        ...printedOnce(b),
        { batch: b.name, id: '0b54b0a2-7c1e-4d0e-9d7a-3f1d0c2a9e11', event: 'printed', at: at(0) },
      ]),
    ],
    found: [{ 'not-ours': 1 }],
  },
  {
    fault: "the batch's hash changed",
    receipts: (b) => [closed(b, printedOnce(b), 'f'.repeat(64))],
    found: [{}],
  },
  {
    fault: "a letter's hash changed",
    receipts: (b) => [
      closed(
        b,
        printedOnce(b).map((l, i) => (i ? l : { ...l, sha256: 'e'.repeat(64) })),
      ),
    ],
    found: [{ 'hash-disagrees': 1 }],
  },
  {
    fault: 'the receipt cut off between lines',
    receipts: (b) => [csv(printedOnce(b), [])],
    found: ['truncated-receipt'],
  },
  {
    fault: 'the receipt cut off in a line',
    receipts: (b) => [closed(b, printedOnce(b)).slice(0, -100)],
    found: ['truncated-receipt'],
  },
  {
    fault: 'a line lost in the middle',
    receipts: (b) => [closed(b, printedOnce(b)).split('\n').toSpliced(2, 1).join('\n')],
    found: ['truncated-receipt'],
  },
  {
    fault: 'a batch of which we know nothing',
    receipts: (b) => [closed(b, printedOnce(b)).replaceAll(b.name, 'somebody-elses-0000001')],
    found: ['unknown-batch'],
  },
]

describe.each(sftpServers)('a print supplier with the SFTP server of %s', (_, start) => {
  let s: Sending
  let server: PrintServer
  let out: string
  let early: string
  const given = () => ({ ...s.printDeps({ place: server.open, batchSize: perBatch }) })
  /** What the supplier fetched: it knows nothing but the files in its folder. */
  const fetched = (): Batch[] =>
    readdirSync(server.root)
      .filter((name) => name.endsWith('.ndjson') && !name.startsWith('.'))
      .sort()
      .map((name) => {
        const { head, letters } = readManifest(readFileSync(join(server.root, name), 'utf8'))
        return {
          name: head.batch,
          sha256: head.lettersSha256,
          letters: letters.map(({ id, sha256 }) => ({ id, sha256 })),
        }
      })
  const deliver = (name: string, text: string) => writeFileSync(join(server.root, name), text)
  const take = async (name: string): Promise<Reconciled> =>
    reconcile(
      { pool: s.db.pool, clock: s.clock },
      await fetchReceipt(server.open, name, join(out, 'receipts')),
      { folder: out },
    )
  const recorded = () =>
    row<{ receipts: number; files: number; findings: number }>(
      s.db.pool,
      'select (select count(*)::int from receipt) as receipts, (select count(*)::int from reconciliation) as files, (select count(*)::int from reconciliation_finding) as findings',
    )

  beforeAll(async () => {
    server = await start()
    out = mkdtempSync(join(tmpdir(), 'kallelse-receipts-'))
    const people = (faults.length + 2) * perBatch
    s = await sending({ people, places: people })
    const campaign = await s.started(byLetter)
    await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
    let batches = 0
    await printLetters({ ...given(), stopping: () => batches++ > faults.length }, campaign)
    // The last batch is sealed when the program dies.
    await run(
      s.db.pool,
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    )
    await run(
      s.db.pool,
      `create trigger die before update of state on batch for each row when (new.state = 'handing-over') execute function die()`,
    )
    await expect(printLetters(given(), campaign)).rejects.toThrow('killed')
    early = (await row<{ name: string }>(
      s.db.pool,
      `select name from batch where state = 'sealed'`,
    ))!.name
  })
  afterAll(async () => {
    await s.close()
    await server.close()
    rmSync(out, { recursive: true })
  })

  it.each(faults.map((line, i) => [line.fault, i] as const))(
    '%s is found, and nothing else',
    async (_fault, i) => {
      const all = fetched()
      const [batch, other] = [all[i]!, all.at(-1)!]
      for (const [n, text] of faults[i]!.receipts(batch, other).entries()) {
        const expected = faults[i]!.found[n]!
        const before = await recorded()
        const name = `fault-${i}-${n}.csv`
        deliver(name, text)
        if (typeof expected === 'string') {
          await expect(take(name)).rejects.toMatchObject({
            code: expected,
            message: expect.stringContaining('Nothing was recorded') as unknown,
          })
          expect(await recorded()).toEqual(before)
          continue
        }
        const result = await take(name)
        expect(result.found).toEqual(expected)
        expect(result.batches).toMatchObject([
          {
            batch: batch.name,
            letters: perBatch,
            hash: faults[i]!.fault.includes("batch's hash") ? 'disagrees' : 'agrees',
          },
        ])
        const same = n > 0 && faults[i]!.receipts(batch, other)[n - 1] === text
        expect(result.alreadyOn !== undefined).toBe(same)
        if (same) expect(await recorded()).toEqual(before)
        expect(result.findingsFile !== undefined && existsSync(result.findingsFile)).toBe(
          Object.keys(expected).length > 0,
        )
        expect(result.holdFile !== undefined).toBe(
          ['doubled', 'not-ours', 'other-batch', 'hash-disagrees'].some((kind) => kind in expected),
        )
      }
    },
  )

  it('a receipt before the batch is handed over is refused, and taken afterwards', async () => {
    const [letter] = await rows<{ id: string }>(
      s.db.pool,
      'select m.id from message m join batch b on b.id = m.batch_id where b.name = $1',
      [early],
    )
    const lines: Line[] = [{ batch: early, id: letter!.id, event: 'printed', at: at(0) }]
    deliver('early.csv', csv(lines, [{ batch: early, copies: 1 }]))
    await expect(take('early.csv')).rejects.toMatchObject({ code: 'batch-not-handed-over' })
    await run(s.db.pool, 'drop trigger die on batch')
    await printLetters(given(), 1)
    expect((await take('early.csv')).found).toEqual({ missing: perBatch - 1 })
  })

  it('asks to hold the second copies and no other, and says which content was printed instead', () => {
    const half = readFileSync(join(out, 'fault-3-0.csv.hold.csv'), 'utf8')
      .replace(/^\ufeff/, '')
      .trimEnd()
      .split('\n')
    const batch = fetched()[3]!
    expect(half).toEqual([
      'batch,id,hold,why',
      ...batch.letters
        .slice(0, 2)
        .map(({ id }) => `${batch.name},${id},1,printed 2 times instead of once`)
        .sort(),
    ])
    const swapped = fetched()[8]!.letters
    const list = readFileSync(join(out, 'fault-8-0.csv.findings.csv'), 'utf8')
    expect(list).toContain(`printed with the content of the letter ${swapped[1]!.id}`)
    expect(list).toContain(`printed with the content of the letter ${swapped[0]!.id}`)
  })
})
