import { approveCampaign, createCampaign, startCampaign } from '../../src/campaigns/actions.ts'
import { planCampaign } from '../../src/campaigns/plan.ts'
import type { Clock } from '../../src/clock.ts'
import { lockCampaign } from '../../src/campaigns/store.ts'
import { rows, run, transaction } from '../../src/db/pool.ts'
import { dayOf } from '../../src/people/dates.ts'
import { claimWaves, releaseNext } from '../../src/release/store.ts'
import type { Jobs } from '../../src/jobs/boss.ts'
import type pg from 'pg'
import type { Resident } from './visit.ts'
import { registered } from '../purpose.ts'

const areas = ['falun', 'mora', 'ludvika', 'avesta', 'malung']
const clinicsOfArea = 8
const days = 14

/**
 * An invented region: `residents` people who have an open invitation in their hands, `others` who are invited while
 * these book, forty clinics with two weeks of times.
 */
export async function makeRegion(
  pool: pg.Pool,
  { residents, others, now }: { residents: number; others: number; now: Date },
): Promise<void> {
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
     select 'SE2321000180-B' || n, 'Vårdcentral ' || n, '2080', ($1::text[])[1 + n % 5],
            'Provgatan ' || n, '79131', 'Falun', '+46701740606', 'kl. 8–16'
       from generate_series(1, $2::int) n`,
    [areas, areas.length * clinicsOfArea],
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, minutes, capacity)
     select c.id,
            ((($1::timestamptz at time zone 'Europe/Stockholm')::date + d) + time '08:00' + m * interval '5 minutes')
              at time zone 'Europe/Stockholm',
            5, 4
       from clinic c, generate_series(1, $2::int) d, generate_series(0, 95) m`,
    [now, days],
  )
  // Of ten residents six have an e-mail address; of ten others four have one, two a mobile, four neither.
  await run(
    pool,
    `insert into person (
            identity_number, identity_kind, birth_date, given_name, family_name, municipality,
            listed_clinic, email, phone, registered_address)
     select to_char(born, 'YYYYMMDD') || lpad((n % 10000)::text, 4, '0'), 'personnummer', born,
            'Namn' || n % 997, 'Efternamn' || n % 4999, '2080',
            'SE2321000180-B' || 1 + n % $3::int,
            case when case when n <= $1 then n % 10 < 6 else n % 10 < 4 end
                 then 'person' || n || '@post.example' end,
            case when n > $1 and n % 10 in (4, 5) then '+467017400' || lpad((n % 100)::text, 2, '0') end,
            jsonb_build_object('street', 'Gatan ' || n, 'postcode', '79131', 'town', 'FALUN')
       from generate_series(1, $2::int) n,
            lateral (select case when n <= $1 then date '1940-01-01' + n / 10000
                                 else date '1950-01-01' + n / 10000 end as born) d`,
    [residents, residents + others, areas.length * clinicsOfArea],
  )
  await run(pool, 'analyze', [])
}

const spec = (name: string, purpose: string, born: { from: number; to: number }) => ({
  name,
  purpose,
  way: 'open',
  cohort: { name, rule: { born } },
  what: { sv: 'vaccination mot covid-19' },
  languages: ['sv'],
  release: { policy: 'eager' },
  channels: [
    {
      route: 'mail',
      needs: ['email'],
      steps: [{ step: 'invitation', channel: 'email', template: 'invitation-open' }],
    },
    {
      route: 'text',
      needs: ['mobile'],
      steps: [{ step: 'invitation', channel: 'sms', template: 'invitation-open' }],
    },
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
    },
  ],
  signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
})

interface Deps {
  pool: pg.Pool
  clock: Clock
  jobs: Jobs
}

/** What every bench's campaigns pass: nobody reads these messages. */
const ungated = (deps: Deps) => ({ ...deps, textGate: () => Promise.resolve({}) })

/** Invites the residents: their letters have come, so nothing of them is in the queue. */
export async function inviteResidents(deps: Deps): Promise<Resident[]> {
  const by = ungated(deps)
  const { id } = await createCampaign(
    by,
    await registered(deps.pool, spec('residents', 'covid-19/dose-1', { from: 1940, to: 1949 })),
    'anna',
  )
  for (const person of ['anna', 'bertil']) await approveCampaign(by, 'residents', person)
  await run(deps.pool, `update campaign set state = 'planning' where id = $1`, [id])
  await planCampaign(deps, id, false)
  const planned = await rows<{ area: string; invite: number }>(
    deps.pool,
    `select area, count(*)::int as invite
       from invitation
      where campaign_id = $1
        and state = 'planned'
      group by area`,
    [id],
  )
  await transaction(deps.pool, async (tx) => {
    const campaign = await lockCampaign(tx, id)
    const now = deps.clock.now()
    const numbers = planned.map((area) => ({ ...area, bound: 'bench', reckoning: {} }))
    const waves = await claimWaves(tx, campaign, dayOf(now), numbers, now)
    for (const wave of waves) await releaseNext(tx, campaign, wave, wave.unreleased, now)
  })
  await run(deps.pool, 'analyze')
  const invited = await rows<{ code: string; birth: string }>(
    deps.pool,
    `select i.code, to_char(p.birth_date, 'YYYYMMDD') as birth
       from invitation i
       join person p on p.id = i.person_id
      where i.campaign_id = $1
        and i.state = 'released'
      order by i.code`,
    [id],
  )
  // A tenth moves or cancels what they booked.
  return invited.map((resident, i) => ({
    ...resident,
    then: i % 20 === 0 ? 'move' : i % 20 === 10 ? 'cancel' : 'nothing',
  }))
}

/** Makes the campaign that goes out while the residents book. @returns what starts it */
export async function othersCampaign(deps: Deps): Promise<() => Promise<number>> {
  const by = ungated(deps)
  await createCampaign(by, spec('others', 'covid-19/dose-1', { from: 1950, to: 1999 }), 'anna')
  for (const person of ['anna', 'bertil']) await approveCampaign(by, 'others', person)
  return async () => (await startCampaign(by, 'others', 'anna')).id
}
