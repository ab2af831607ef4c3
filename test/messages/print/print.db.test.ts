import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync, inflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { cancelCampaign, pauseCampaign } from '../../../src/campaigns/actions.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { seal, unseal } from '../../../src/db/sealed.ts'
import { printLetters } from '../../../src/messages/print/print.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, type Sending } from '../../support/sending.ts'

const byLetter = openSpec({
  channels: [
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
    },
  ],
})

let s: Sending
let campaign: number
beforeEach(async () => {
  s = await sending({ people: 12, places: 12 })
  campaign = await s.started(byLetter)
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
})
afterEach(() => s.close())

const opened = (kept: { id: number; packed: Buffer }) =>
  unseal(kept.packed, `kept_letters ${kept.id}`)
const inFolder = () => readdirSync(join(s.folder, 'print')).sort()
const manifestIds = () =>
  inFolder()
    .filter((f) => f.endsWith('.ndjson'))
    .flatMap((f) =>
      readFileSync(join(s.folder, 'print', f), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { id?: string; firstPage?: number })
        .filter((l) => l.firstPage !== undefined)
        .map((l) => l.id!),
    )
const states = async () =>
  Object.fromEntries(
    (
      await rows<{ k: string; n: number }>(
        s.db.pool,
        `select state || coalesce(' ' || reason, '') as k, count(*)::int as n from message group by 1`,
      )
    ).map((r) => [r.k, r.n]),
  )
const batches = async () =>
  (await rows<{ state: string }>(s.db.pool, 'select state from batch order by id')).map(
    (b) => b.state,
  )

describe('print batches', () => {
  it('hand over every letter once, in batches of the size that is set, with hashes that hold', async () => {
    expect(await printLetters(s.printDeps({ batchSize: 5 }), campaign)).toBe(12)
    expect(await states()).toEqual({ sent: 12 })
    expect(await batches()).toEqual(['handed-over', 'handed-over', 'handed-over'])
    const ids = manifestIds()
    expect(ids).toHaveLength(12)
    expect(new Set(ids).size).toBe(12)
    for (const batch of await rows<{ name: string; sha: string }>(
      s.db.pool,
      'select name, pdf_sha256 as sha from batch',
    )) {
      expect(
        createHash('sha256')
          .update(readFileSync(join(s.folder, 'print', `${batch.name}.pdf`)))
          .digest('hex'),
      ).toBe(batch.sha)
    }
    expect(await printLetters(s.printDeps(), campaign)).toBe(0)
  })

  it('are handed over by one run when two run at once', async () => {
    await Promise.all([1, 2, 3].map(() => printLetters(s.printDeps({ batchSize: 3 }), campaign)))
    await printLetters(s.printDeps({ batchSize: 3 }), campaign)
    const ids = manifestIds()
    expect([ids.length, new Set(ids).size]).toEqual([12, 12])
  })

  it.each(['open', 'sealed', 'handing-over'])(
    'go on where a killed run left them: %s',
    async (state) => {
      const folder = join(s.folder, 'print')
      // A run that dies when the batch has come into this state: the state is recorded, what would follow is not.
      await run(
        s.db.pool,
        `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
      )
      const next = { open: 'sealed', sealed: 'handing-over', 'handing-over': 'handed-over' }[state]
      await run(
        s.db.pool,
        `create trigger die before update of state on batch for each row when (new.state = '${next}') execute function die()`,
      )
      await expect(printLetters(s.printDeps(), campaign)).rejects.toThrow('killed')
      expect(await batches()).toEqual([state])
      await run(s.db.pool, 'drop trigger die on batch')
      expect(await printLetters(s.printDeps(), campaign)).toBe(12)
      expect(await batches()).toEqual(['handed-over'])
      expect(readdirSync(folder)).toHaveLength(2)
      expect(await states()).toEqual({ sent: 12 })
    },
  )

  it("drop whoever died between planning and hand-over, and keep the others' bytes", async () => {
    await run(
      s.db.pool,
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    )
    await run(
      s.db.pool,
      `create trigger die before update of state on batch for each row when (new.state = 'handing-over') execute function die()`,
    )
    await expect(printLetters(s.printDeps(), campaign)).rejects.toThrow('killed')
    await run(s.db.pool, 'drop trigger die on batch')
    const before = await rows(
      s.db.pool,
      'select id, content_sha256 from message where person_id <> 3 order by id',
    )
    await run(s.db.pool, `update person set deceased_on = '2021-03-08' where id = 3`)
    expect(await printLetters(s.printDeps(), campaign)).toBe(11)
    expect(await batches()).toEqual(['void', 'handed-over'])
    expect(await states()).toEqual({ sent: 11, 'suppressed deceased': 1 })
    expect(
      await rows(
        s.db.pool,
        'select id, content_sha256 from message where person_id <> 3 order by id',
      ),
    ).toEqual(before)
    const { id } = (await row<{ id: string }>(
      s.db.pool,
      'select id from message where person_id = 3',
    ))!
    expect(manifestIds()).not.toContain(id)
  })

  it("keep each letter's bytes once, as its hash says, and draw a voided batch's letters from the same ones", async () => {
    await run(
      s.db.pool,
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    )
    await run(
      s.db.pool,
      `create trigger die before update of state on batch for each row when (new.state = 'sealed') execute function die()`,
    )
    await expect(printLetters(s.printDeps(), campaign)).rejects.toThrow('killed')
    await run(s.db.pool, 'drop trigger die on batch')
    await run(s.db.pool, `update person set opted_out = true where id = 3`)
    await run(s.db.pool, `update person set family_name = 'Nygift'`)
    expect(await printLetters(s.printDeps(), campaign)).toBe(11)
    const packs = await rows<{ id: number; packed: Buffer }>(
      s.db.pool,
      'select id, packed from kept_letters',
    )
    expect(packs).toHaveLength(1) // the second batch kept nothing anew
    const lines = inflateSync(opened(packs[0]!)).toString().split('\n')
    const sent = await rows<{ id: string; line: number; sha: string; content: Buffer | null }>(
      s.db.pool,
      `select id, kept_line as line, content_sha256 as sha, content from message where state = 'sent'`,
    )
    for (const letter of sent) {
      expect(letter.content).toBeNull()
      expect(createHash('sha256').update(lines[letter.line]!).digest('hex')).toBe(letter.sha)
      expect(JSON.parse(lines[letter.line]!)).toMatchObject({ id: letter.id })
      expect(lines[letter.line]).not.toContain('Nygift')
    }
  })

  it('tell each sent letter its first page', async () => {
    await printLetters(s.printDeps({ batchSize: 5 }), campaign)
    const manifested = inFolder()
      .filter((f) => f.endsWith('.ndjson'))
      .flatMap((f) =>
        readFileSync(join(s.folder, 'print', f), 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as { id: string; firstPage?: number }),
      )
    const told = await rows<{ id: string; page: number }>(
      s.db.pool,
      'select id, batch_page as page from message',
    )
    expect(new Map(told.map((m) => [m.id, m.page]))).toEqual(
      new Map(manifested.filter((l) => l.firstPage !== undefined).map((l) => [l.id, l.firstPage])),
    )
  })

  it("go through no state that the table of transitions doesn't know, also one that is taken out of it later", async () => {
    await expect(
      run(
        s.db.pool,
        `update message set state = 'delivered', content = '', content_sha256 = '', template_version = '' where person_id = 3 and state = 'queued'`,
      ),
    ).resolves.toBe(1)
    await expect(
      run(s.db.pool, `update message set state = 'queued' where person_id = 3`),
    ).rejects.toThrow('message ')
    await run(
      s.db.pool,
      `delete from transition where machine = 'message' and from_state = 'queued' and to_state = 'delivered'`,
    )
    await expect(
      run(
        s.db.pool,
        `update message set state = 'delivered', content = '', content_sha256 = '', template_version = '' where person_id = 4`,
      ),
    ).rejects.toThrow('may not go from queued to delivered')
    await run(s.db.pool, `insert into transition values ('message', 'delivered', 'queued')`)
    await expect(
      run(s.db.pool, `update message set state = 'queued' where person_id = 3`),
    ).resolves.toBe(1)
  })

  it('wait while the campaign is paused, and are recalled when it is cancelled', async () => {
    await pauseCampaign({ pool: s.db.pool, clock: s.clock }, 'open-campaign', 'anna', 'wrong text')
    expect(await printLetters(s.printDeps(), campaign)).toBe(0)
    await cancelCampaign({ pool: s.db.pool, clock: s.clock }, 'open-campaign', 'anna')
    expect(await printLetters(s.printDeps(), campaign)).toBe(0)
    expect(await states()).toEqual({ 'recalled campaign-cancelled': 12 })
  })

  it('refuse to come out differently: a batch whose letters were tampered with is held', async () => {
    await run(
      s.db.pool,
      `create function die() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$`,
    )
    await run(
      s.db.pool,
      `create trigger die before update of state on batch for each row when (new.state = 'handing-over') execute function die()`,
    )
    await expect(printLetters(s.printDeps(), campaign)).rejects.toThrow('killed')
    await run(s.db.pool, 'drop trigger die on batch')
    const kept = (await row<{ id: number; packed: Buffer }>(
      s.db.pool,
      'select id, packed from kept_letters',
    ))!
    await run(s.db.pool, 'update kept_letters set packed = $1', [
      seal(
        deflateSync(inflateSync(opened(kept)).toString().replace('Provgatan', 'Bluffgatan')),
        `kept_letters ${kept.id}`,
      ),
    ])
    rmSync(s.printDeps().workFolder, { recursive: true, force: true })
    await expect(printLetters(s.printDeps(), campaign)).rejects.toThrow('came out differently')
    expect(await batches()).toEqual(['sealed'])
  })

  it('leave out a letter whose address can not be printed, and print the others', async () => {
    await run(
      s.db.pool,
      `update person set registered_address = '{"street": "", "postcode": "1", "town": "Falun"}' where id = 3`,
    )
    expect(await printLetters(s.printDeps(), campaign)).toBe(11)
    expect(await states()).toEqual({ sent: 11, 'suppressed bad-address': 1 })
  })

  it('leave out a letter that no font can write, and print the others', async () => {
    await run(s.db.pool, `update person set family_name = 'Ex𒀀mpel' where id = 3`)
    expect(await printLetters(s.printDeps(), campaign)).toBe(11)
    expect(await states()).toEqual({ sent: 11, 'suppressed missing-glyph': 1 })
    expect(await batches()).toEqual(['handed-over'])
  })

  it('keep a sealed batch as it is: no letter comes in or goes out', async () => {
    await printLetters(s.printDeps(), campaign)
    await expect(
      run(s.db.pool, `update message set batch_id = null where person_id = 3`),
    ).rejects.toThrow('is sealed')
  })
})
