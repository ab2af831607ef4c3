import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { rows, run } from '../../../src/db/pool.ts'
import { Calling, takeFromSilent } from '../../../src/messages/dispatch/calling.ts'
import { claim } from '../../../src/messages/dispatch/claim-chunk.ts'
import { dispatch } from '../../../src/messages/dispatch/dispatch.ts'
import { releaseWave } from '../../../src/release/wave.ts'
import { openSpec } from '../../support/region.ts'
import { sending, until, type Sending } from '../../support/sending.ts'

const people = 60
let s: Sending
beforeAll(async () => {
  s = await sending({ people, places: people })
  s.clock.moveTo(new Date('2021-03-08T09:00:00+01:00'))
  await run(s.db.pool, `update person set email = 'p' || id || '@example.se'`)
  const id = await s.started(
    openSpec({
      channels: [
        {
          route: 'email',
          needs: ['email'],
          steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
        },
      ],
    }),
  )
  await releaseWave({ pool: s.db.pool, clock: s.clock, jobs: s.jobs }, id)
})
afterAll(() => s.close())

const states = async () =>
  Object.fromEntries(
    (
      await rows<{ state: string; n: number }>(
        s.db.pool,
        'select state, count(*)::int as n from message group by 1',
      )
    ).map(({ state, n }) => [state, n]),
  )

it('a worker that falls silent leaves in doubt what it was calling about, and the rest is sent at once', async () => {
  const { channel } = s.deps('email')
  let hanging = 0
  let goOn = () => {}
  const waits = new Promise<void>((resolve) => (goOn = resolve))
  const hangs = {
    ...channel,
    perSecond: 50, // five in a tick
    connections: 3,
    send: async (outgoing: Parameters<typeof channel.send>[0]) => {
      hanging++
      await waits
      return channel.send(outgoing)
    },
  }
  const silent = dispatch(s.deps('email', { channel: hangs }), 50)
  await until(async () => hanging === 3 && (await states())['sending'] === people)
  await run(s.db.pool, `update calling set at = at - interval '11 seconds'`)
  await dispatch(s.deps('email'))
  const after = await states()
  expect(after['in-doubt']).toBeGreaterThanOrEqual(3)
  expect(after['in-doubt']).toBeLessThanOrEqual(3 + 5)
  expect(after['sent']).toBe(people - after['in-doubt']!)

  // It was only slow: what it had begun ends, and it begins nothing more.
  goOn()
  await silent
  expect(hanging).toBe(3)
  expect(s.mails()).toHaveLength(after['sent']! + 3)
  expect(new Set(s.mails().map(({ reference }) => reference)).size).toBe(after['sent']! + 3)
  expect(await rows(s.db.pool, 'select * from calling')).toEqual([])
})

it('a worker that was taken for dead claims nothing more: a kill would leave it with nobody to free it', async () => {
  await run(s.db.pool, `update message set state = 'queued' where state = 'in-doubt'`)
  const deps = s.deps('email')
  const worker = crypto.randomUUID()
  const calling = new Calling(s.db.pool, 'email', worker)
  expect((await claim(deps, worker, 1, calling)).claimed).toHaveLength(1)
  await run(s.db.pool, `update calling set at = at - interval '11 seconds'`)
  await takeFromSilent(s.db.pool, 'email')
  expect(await claim(deps, worker, 1, calling)).toEqual({ claimed: [], more: false })
  calling.breakOff()
  expect((await states())['sending']).toBeUndefined()
  await dispatch(deps)
  expect((await states())['queued']).toBeUndefined()
})
