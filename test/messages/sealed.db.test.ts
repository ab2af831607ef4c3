import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { row, rows, run } from '../../src/db/pool.ts'
import { isSealed, seal, sealingKey, unseal, useSealingKeys } from '../../src/db/sealed.ts'
import { resealAll } from '../../src/messages/reseal.ts'
import { readKept } from '../../src/messages/stored-letters.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

let db: TestDatabase
beforeAll(async () => (db = await testDatabase()))
afterAll(() => db.drop())

const first = sealingKey(Buffer.alloc(32, 1))
const second = sealingKey(Buffer.alloc(32, 2))

describe('sealed bytes', () => {
  it('show nothing of what they were, and open for their row', () => {
    useSealingKeys([first])
    const sealed = seal(Buffer.from('Anna Andersson'), 'message a')
    expect(sealed.includes('Anna')).toBe(false)
    expect(sealed.subarray(1, 7)).toEqual(first.id)
    expect(unseal(sealed, 'message a').toString()).toBe('Anna Andersson')
  })

  it('do not open for another row, nor when a bit was changed anywhere', () => {
    useSealingKeys([first])
    const sealed = seal(Buffer.from('Anna Andersson'), 'message a')
    expect(() => unseal(sealed, 'message b')).toThrow('belong to another row')
    for (let at = 7; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at]! ^= 1
      expect(() => unseal(changed, 'message a')).toThrow('were changed')
    }
  })

  it('name the key that is missing', () => {
    useSealingKeys([first])
    const sealed = seal(Buffer.from('x'), 'message a')
    sealed[1]! ^= 1
    expect(() => unseal(sealed, 'message a')).toThrow(/sealed with the key [0-9a-f]{12}, which/)
  })
})

describe('a new key', () => {
  it('seals everything again in chunks, also what was kept in the clear, and continues when broken off', async () => {
    useSealingKeys([first])
    const packs = async () =>
      rows<{ id: number; packed: Buffer }>(
        db.pool,
        'select id, packed from kept_letters order by id',
      )
    for (let i = 1; i <= 25; i++) {
      const { id } = (await row<{ id: number }>(
        db.pool,
        `insert into kept_letters (packed) values ('x') returning id`,
      ))!
      await run(db.pool, 'update kept_letters set packed = $2 where id = $1', [
        id,
        i === 3 ? Buffer.from('x plain') : seal(Buffer.from(`pack ${i}`), `kept_letters ${id}`),
      ])
    }
    useSealingKeys([second, first])
    const stopped = new AbortController()
    stopped.abort()
    expect(await resealAll(db.pool, stopped.signal)).toMatchObject({ letters: 0 })
    await run(
      db.pool,
      `update kept_letters set packed = set_byte(packed, 40, 255 - get_byte(packed, 40)) where id = 12`,
    )
    await expect(resealAll(db.pool, undefined, 250)).rejects.toThrow('kept_letters 12')
    expect((await packs()).filter(({ packed }) => packed.includes(second.id)).length).toBe(10)
    await run(db.pool, 'delete from kept_letters where id = 12')
    expect(await resealAll(db.pool, undefined, 250)).toMatchObject({ letters: 14 })
    for (const { packed } of await packs()) {
      expect(isSealed(packed)).toBe(true)
      expect(packed.subarray(1, 7)).toEqual(second.id)
    }
    expect(
      unseal((await packs())[0]!.packed, `kept_letters ${(await packs())[0]!.id}`).toString(),
    ).toBe('pack 1')
    expect(await resealAll(db.pool)).toEqual({ messages: 0, letters: 0, protectedLetters: 0 })
  })

  it('opens messages only as their own', async () => {
    useSealingKeys([second])
    const sealed = seal(Buffer.from('hej'), 'message a')
    const message = { id: 'a', content: sealed, keptIn: null, keptLine: null }
    await readKept(db.pool, [message])
    expect(message.content.toString()).toBe('hej')
    const moved = { id: 'b', content: sealed, keptIn: null, keptLine: null }
    await expect(readKept(db.pool, [moved])).rejects.toThrow('belong to another row')
  })
})
