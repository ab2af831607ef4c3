import type pg from 'pg'
import { MovableClock } from '../../src/clock.ts'
import { parseSpec, withPurpose, type CampaignSpec } from '../../src/campaigns/spec.ts'
import { run } from '../../src/db/pool.ts'

export const monday = new Date('2021-03-08T07:00:00+01:00')

/**
 * A tiny region: `people` born 1944 in one municipality with an address each; every third has an e-mail and a mobile.
 * One clinic with `places` places a day from Monday to Friday the week after.
 */
export async function smallRegion(
  pool: pg.Pool,
  { people = 12, places = 2 } = {},
): Promise<MovableClock> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, registered_address, municipality, phone, email)
     select '1944' || to_char(date '2001-01-01' + n, 'MMDD') || '9800', 'personnummer', date '1944-01-01' + n, 'Namn' || n, 'Efternamn',
            '{"street": "Provgatan 1", "postcode": "79131", "town": "Falun"}', '2080',
            case when n % 3 = 0 then '+46701740605' end, case when n % 3 = 0 then 'person' || n || '@post.example' end
       from generate_series(1, $1::int) n`,
    [people],
  )
  await run(
    pool,
    `insert into clinic (hsa_id, name, municipality, area, street, postcode, town, phone, phone_hours)
                   values ('SE2321000180-PROV', 'Provkliniken', '2080', 'falun', 'Provgatan 2', '79131', 'Falun', '+46846500401', 'kl. 8–16')`,
  )
  await run(
    pool,
    `insert into slot (clinic_id, starts_at, capacity) select 1, timestamptz '2021-03-15 09:00+01' + d * interval '1 day', $1 from generate_series(0, 4) d`,
    [places],
  )
  return new MovableClock(monday)
}

export const openSpec = (over: object = {}) => ({
  name: 'open-campaign',
  purpose: 'covid-19/dose-1',
  way: 'open',
  cohort: { name: 'born-1944', rule: { born: { from: 1944, to: 1944 } } },
  what: {
    sv: 'vaccination mot covid-19',
    en: 'vaccination against covid-19',
    ar: 'التطعيم ضد كوفيد-19',
  },
  channels: [
    {
      route: 'digital',
      needs: ['email', 'mobile'],
      steps: [
        { step: 'invitation', channel: 'email', template: 'invitation-open' },
        { step: 'reminder', channel: 'sms', template: 'reminder', after: 3 },
      ],
    },
    {
      route: 'post',
      needs: ['address'],
      steps: [{ step: 'invitation', channel: 'letter', template: 'invitation-open' }],
    },
  ],
  leastNotice: 0, // the times are in the week after the letters
  release: { policy: 'strict' },
  signer: { name: 'Karin Exempel', role: 'smittskyddsläkare' },
  ...over,
})

/** The campaign of a file that says its own words. */
export const specOf = (file: object): CampaignSpec =>
  withPurpose(parseSpec(file), { words: {}, routes: {} })

export const reissueSpec = (over: object = {}) =>
  openSpec({
    name: 'reissue',
    way: 'timed',
    channels: [
      {
        route: 'post',
        needs: ['address'],
        steps: [{ step: 'invitation', channel: 'letter', template: 'reissue-timed' }],
      },
    ],
    reissueOf: { campaign: 'open-campaign', who: 'no-free-time' },
    ...over,
  })
