import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { protectedPeople } from '../../src/campaigns/protected-worklist.ts'
import { row, rows, run } from '../../src/db/pool.ts'
import { peopleWithoutLetter } from '../../src/messages/protected/store.ts'
import { withdrawUndelivered } from '../../src/messages/sweep.ts'
import { releaseWave } from '../../src/release/wave.ts'
import { standingOf } from '../../src/reserve/standing.ts'
import { sending, type Sending } from '../support/sending.ts'
import { openSpec } from '../support/region.ts'

// Everybody is released a wave, and nothing is sent yet. Then the register says something of an earlier record only.
let s: Sending
const says: Record<number, string> = {
  1: "deceased_on = '2021-03-07'",
  2: "protection = 'sekretessmarkering'",
  3: "protection = 'skyddad-folkbokforing'",
  4: 'opted_out = true',
}
beforeAll(async () => {
  s = await sending({ people: 6, places: 6 })
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  await run(
    s.db.pool,
    `update person set email = 'p' || id || '@post.example', phone = '+467017406' || lpad(id::text, 2, '0')`,
  )
  const campaign = await s.started(openSpec())
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, campaign)
  await run(
    s.db.pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, municipality, same_as)
     select '19440871' || lpad((9800 + id)::text, 4, '0'), 'samordningsnummer', '1944-08-11', 'Tidigare', 'Post', '2080', id
       from person
      where id <= 5`,
  )
  for (const [id, what] of Object.entries(says))
    await run(s.db.pool, `update person set ${what} where same_as = $1`, [id])
})
afterAll(() => s.close())

describe('what only an earlier record of somebody says', () => {
  it('stops the message that was released before it was known, and nobody else is stopped', async () => {
    await s.send('email')
    expect(s.mails().map(({ to }) => to)).toEqual(
      expect.arrayContaining(['p5@post.example', 'p6@post.example']),
    )
    expect(s.mails()).toHaveLength(2)
    await withdrawUndelivered(s.db.pool, s.clock.now())
    expect(
      await rows(
        s.db.pool,
        `select person_id::int as id, reason from invitation where person_id <= 4 order by 1`,
      ),
    ).toEqual([
      { id: 1, reason: 'deceased' },
      { id: 2, reason: 'protected' },
      { id: 3, reason: 'protected' },
      { id: 4, reason: 'opted-out' },
    ])
  })

  it('puts the protected on the list that is worked by hand, in the strictest way of their records', async () => {
    const { name, id } = (await row<{ name: string; id: number }>(
      s.db.pool,
      'select name, id from campaign',
    ))!
    const listed = await protectedPeople({ pool: s.db.pool, clock: s.clock }, name, 'Ann')
    expect(listed.map(({ protection, way }) => [protection, way])).toEqual([
      ['sekretessmarkering', 'own address, by hand'],
      ['skyddad-folkbokforing', 'forwarding by Skatteverket'],
    ])
    const letters = await peopleWithoutLetter(s.db.pool, id, ['sv'])
    expect(letters.map(({ id, way }) => [id, way])).toEqual([
      [2, 'own-address'],
      [3, 'forwarding'],
    ])
  })

  it('keeps them from short notice', async () => {
    const why = async (id: number) => (await standingOf(s.db.pool, id, 'covid-19/dose-1'))?.why
    expect(await Promise.all([1, 2, 3, 4].map(why))).toEqual([
      'not-invited', // any more
      'protected',
      'protected',
      'not-invited',
    ])
  })
})
