import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCampaign } from '../../../src/campaigns/actions.ts'
import { planCampaign } from '../../../src/campaigns/plan.ts'
import type { MovableClock } from '../../../src/clock.ts'
import type { CheckedLetter } from '../../../src/letters/letter.ts'
import { readConfig } from '../../../src/config.ts'
import { row, rows, run } from '../../../src/db/pool.ts'
import { blocksAsText } from '../../../src/texts/blocks.ts'
import {
  protectedLetters,
  protectedLettersPosted,
} from '../../../src/messages/protected/protected-letters.ts'
import { writeProtected } from '../../../src/messages/protected/files.ts'
import { sentWithCode } from '../../../src/verification/check-codes.ts'
import { evidenceOf } from '../../../src/evidence/evidence.ts'
import { testDatabase, type TestDatabase } from '../../support/database.ts'
import { openSpec, smallRegion } from '../../support/region.ts'

let db: TestDatabase
let clock: MovableClock
let folder: string
const hidden = '19440229-9806' // person 2
const config = (env: Record<string, string> = {}) =>
  readConfig({
    ALLOW_DRAFT_TEXTS: 'true',
    FORWARDING_ADDRESS: 'Skatteverket, Post att skicka vidare, Box 1, 123 45 Exempelby',
    ...env,
  })
const make = (env?: Record<string, string>) =>
  protectedLetters({ pool: db.pool, clock, config: config(env) }, 'open-campaign', 'anna')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'protected-'))
  db = await testDatabase()
  clock = await smallRegion(db.pool)
  await run(
    db.pool,
    `update person set protection = 'sekretessmarkering', language = 'en' where id = 1`,
  )
  await run(
    db.pool,
    `update person set protection = 'skyddad-folkbokforing', identity_number = '194402299806' where id = 2`,
  )
  await run(
    db.pool,
    `update person set protection = 'sekretessmarkering', opted_out = true where id = 3`,
  )
  await run(db.pool, `update person set protection = 'skyddad-folkbokforing' where id = 4`)
  const campaign = await createCampaign({ pool: db.pool, clock }, openSpec(), 'anna')
  await run(
    db.pool,
    `insert into campaign_approval (campaign_id, approver, approved_at) select $1, x, $2 from unnest(array['anna', 'bertil']) x`,
    [campaign.id, clock.now()],
  )
  await run(db.pool, `update campaign set state = 'approved' where id = $1`, [campaign.id])
  await run(db.pool, `update campaign set state = 'planning' where id = $1`, [campaign.id])
  await planCampaign({ pool: db.pool, clock }, campaign.id)
})
afterAll(async () => {
  await rm(folder, { recursive: true })
  await db.drop()
})

describe('letters to those with a protected identity', () => {
  it('are not made while where to send them on is unknown, and nothing is half done', async () => {
    await expect(make({ FORWARDING_ADDRESS: '' })).rejects.toMatchObject({
      code: 'no-forwarding-address',
    })
    expect(await row(db.pool, 'select count(*)::int as n from protected_letter')).toEqual({ n: 0 })
    await expect(
      protectedLetters({ pool: db.pool, clock, config: config() }, 'open-campaign', ' '),
    ).rejects.toMatchObject({ code: 'no-name' })
  })

  it('go to the address on record, or in two envelopes: the outer says nothing of the person, the inner the number alone', async () => {
    const { ownAddress, forwarding, list, faults } = await make()
    expect(faults).toEqual([])
    expect(ownAddress.map((letter) => [letter.addressLines, letter.rendered.language])).toEqual([
      [['Namn1 Efternamn', 'Provgatan 1', '791 31 Falun'], 'en'],
    ])
    const [cover, ...inner] = forwarding as [CheckedLetter, ...CheckedLetter[]]
    expect(inner.map((letter) => letter.addressLines).sort()).toEqual([
      ['440105-9800'],
      ['440229-9806'],
    ])
    expect([cover.id, cover.addressLines]).toEqual([
      'omslag-1',
      ['Skatteverket', 'Post att skicka vidare', 'Box 1', '123 45 Exempelby'],
    ])
    expect(JSON.stringify(cover)).not.toMatch(/Namn\d|Efternamn|44010|440229|covid|vaccin/i)
    for (const letter of inner) {
      const words = blocksAsText(letter.rendered.body)
      expect(words).toContain('Hej Namn')
      expect(words).not.toMatch(/Provkliniken|Provgatan|440229/) // no place, no time, no number inside
      expect(JSON.stringify(letter)).not.toContain('/boka')
    }
    expect(list.map(({ way, outer }) => [way, outer])).toEqual([
      ['forwarding', 'omslag-1'],
      ['forwarding', 'omslag-1'],
      ['own-address', ''],
    ])
  })

  it('are in no batch, message or ordinary list, and everybody in them is in the access log', async () => {
    expect(
      await row(
        db.pool,
        'select count(*)::int as n from message m join person p on p.id = m.person_id where p.protection <> $1',
        ['none'],
      ),
    ).toEqual({ n: 0 })
    expect(
      await rows(
        db.pool,
        `select distinct person_id::int as id, actor from access_log where action = 'protected letters' order by 1`,
      ),
    ).toEqual([
      { id: 1, actor: 'anna' },
      { id: 2, actor: 'anna' },
      { id: 4, actor: 'anna' },
    ])
  })

  it('are the same letters with the same bytes when they are taken out again', async () => {
    const [first, second] = [await make(), await make()]
    expect(second.list).toEqual(first.list)
    expect(second.ownAddress).toEqual(first.ownAddress)
    expect(await row(db.pool, 'select count(*)::int as n from protected_letter')).toEqual({ n: 3 })
  })

  it('are files that their maker alone can read', async () => {
    const files = await writeProtected(await make(), folder, clock.now())
    expect(files).toEqual(['own-address.pdf', 'forwarding.pdf', 'list.csv'])
    for (const file of files) expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(folder, 'forwarding.pdf'))).subarray(0, 5).toString()).toBe('%PDF-')
    // nothing that tells who it is: no name, no number
    expect(await readFile(join(folder, 'list.csv'), 'utf8')).toMatch(
      /^\ufeffletter;way;outer;pages\r?\n(?:[0-9a-f-]{36};(?:forwarding|own-address);(?:omslag-\d)?;\d\r?\n){3}$/,
    )
    await expect(writeProtected(await make(), folder, clock.now())).rejects.toThrow()
  })

  it('are given up when the address has become secret, or the person has died, before they are posted', async () => {
    await run(db.pool, `update person set protection = 'skyddad-folkbokforing' where id = 1`)
    await run(db.pool, `update person set deceased_on = '2021-03-07' where id = 4`)
    const { ownAddress, forwarding, list } = await make()
    expect(ownAddress).toEqual([])
    expect(
      forwarding
        .slice(1)
        .map((letter) => letter.addressLines)
        .sort(),
    ).toEqual([['440102-9800'], ['440229-9806']])
    expect(list).toHaveLength(2)
    expect(
      (await rows<{ content: Buffer }>(db.pool, 'select content from protected_letter')).filter(
        ({ content }) => content.includes('Provgatan'),
      ),
    ).toEqual([])
  })

  it('can be checked once they are posted, are then kept as they were, and nobody gets another', async () => {
    const { check_code: code } = (await row<{ check_code: string }>(
      db.pool,
      'select check_code from protected_letter where person_id = 2',
    ))!
    expect(await sentWithCode(db.pool, code)).toBeUndefined()
    expect(await protectedLettersPosted({ pool: db.pool, clock }, 'open-campaign', 'anna')).toBe(2)
    expect(await sentWithCode(db.pool, code)).toEqual({
      channel: 'letter',
      step: 'invitation',
      template: 'invitation-by-phone',
      sentAt: clock.now(),
    })
    expect(await make()).toEqual({ ownAddress: [], forwarding: [], list: [], faults: [] })
    await expect(run(db.pool, `update protected_letter set content = ''`)).rejects.toThrow(
      'kept as it was',
    )
    expect(await protectedLettersPosted({ pool: db.pool, clock }, 'open-campaign', 'anna')).toBe(0)
  })

  it('are evidence for whoever works with protected identities, and for nobody else', async () => {
    const look = { by: 'anna', unit: 'Smittskydd' }
    await expect(
      evidenceOf({ pool: db.pool, clock }, hidden, look, 'evidence'),
    ).rejects.toMatchObject({ code: 'protected-person' })
    const { messages } = await evidenceOf(
      { pool: db.pool, clock },
      hidden,
      { ...look, worklist: true },
      'evidence',
    )
    expect(messages).toEqual([
      expect.objectContaining({
        campaign: 'open-campaign',
        channel: 'letter',
        state: 'sent',
        template: 'invitation-by-phone',
        intact: true,
        batch: null,
      }),
    ])
  })
})
