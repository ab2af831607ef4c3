import type pg from 'pg'
import { approveCampaign, createCampaign } from '../../src/campaigns/actions.ts'
import type { Clock } from '../../src/clock.ts'
import { run } from '../../src/db/pool.ts'
import { registered } from '../purpose.ts'

/** Nobody reads these messages, so their texts need no approval. */
export const textGate = () => Promise.resolve({})

/** A draft for everybody, approved: letters, e-mail and SMS, each the way that reaches the person first. */
export async function approvedCampaign(by: { pool: pg.Pool; clock: Clock }): Promise<string> {
  const invitation = (channel: string) => [
    { step: 'invitation', channel, template: 'invitation-open' },
  ]
  const { name } = await createCampaign(
    by,
    await registered(by.pool, {
      name: 'everybody',
      purpose: 'covid-19/dose-1',
      way: 'open',
      cohort: { name: 'everybody', rule: { born: { to: 2100 } } },
      what: { sv: 'vaccination mot covid-19' },
      languages: ['sv'],
      release: { policy: 'eager' },
      channels: [
        { route: 'e-post', needs: ['email', 'mobile'], steps: invitation('email') },
        { route: 'brev', needs: ['address'], steps: invitation('letter') },
        { route: 'sms', needs: ['mobile'], steps: invitation('sms') },
      ],
      signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
    }),
    'anna',
  )
  for (const person of ['anna', 'bertil']) await approveCampaign({ ...by, textGate }, name, person)
  return name
}

/** A place for everybody at each clinic, so that nothing but the machine bounds what is released. */
export const makePlaces = (pool: pg.Pool, people: number): Promise<number> =>
  run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity)
     select id, now() + interval '14 days', $1
       from clinic`,
    [people],
  )
