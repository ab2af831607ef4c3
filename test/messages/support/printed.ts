import type pg from 'pg'
import { row, rows, run } from '../../../src/db/pool.ts'

export interface PrintedLetter {
  batch: string
  id: string
  personId: number
  sha256: string
}

/**
 * A campaign whose letters have been handed over, as the rows say it: `people` letters in batches of a thousand.
 * Nothing is drawn.
 */
export async function printedCampaign(pool: pg.Pool, people: number): Promise<PrintedLetter[]> {
  await run(
    pool,
    `insert into person (identity_number, identity_kind, birth_date, given_name, family_name, registered_address, municipality)
     select '1944' || lpad((n / 10000)::text, 4, '0') || lpad((n % 10000)::text, 4, '0'), 'personnummer', '1944-01-01', 'Namn', 'Efternamn', '{"street": "Provgatan 1", "postcode": "79131", "town": "Falun"}', '2080'
       from generate_series(1, $1::int) n`,
    [people],
  )
  await run(
    pool,
    `insert into cohort (name, version, rule, created_at) values ('all', 1, '{}', '2021-03-08')`,
  )
  await run(
    pool,
    `insert into campaign (name, purpose, way, cohort_id, spec, state, created_by, created_at, cohort_size) values ('printed', 'covid-19/dose-1', 'open', 1, '{"channels": []}', 'running', 'anna', '2021-03-08', $1)`,
    [people],
  )
  await run(
    pool,
    `insert into wave (campaign_id, area, day, number, bound, reckoning, released_at) values (1, 'falun', '2021-03-08', $1, 'capacity', '{}', '2021-03-08')`,
    [people],
  )
  await run(
    pool,
    `insert into batch (name, campaign_id, state, letters, pages, pdf_sha256, batch_sha256, created_at, sealed_at, handed_over_at)
     select 'printed-' || n, 1, 'handed-over', least(1000, $1 - (n - 1) * 1000), 1000, repeat('a', 64), repeat('b', 64), '2021-03-08', '2021-03-08', '2021-03-08' from generate_series(1, (($1::int - 1) / 1000) + 1) n`,
    [people],
  )
  await run(
    pool,
    `insert into invitation (campaign_id, person_id, purpose, state, area, route, language, wave_id, released_at, state_since)
     select 1, id, 'covid-19/dose-1', 'released', 'falun', 'post', 'sv', 1, '2021-03-08', '2021-03-08' from person order by id`,
  )
  await run(
    pool,
    `insert into message (invitation_id, campaign_id, person_id, purpose, generation, step, channel, language, template, state, due_at, created_at, content, content_sha256, template_version, sent_at, batch_id, letter_sha256)
     select i.id, 1, i.person_id, i.purpose, 1, 'invitation', 'letter', 'sv', 'invitation-open', 'sent', '2021-03-08', '2021-03-08', '{}', '', '', '2021-03-08', (i.id - 1) / 1000 + 1, md5(i.id::text) || md5(i.id::text)
       from invitation i`,
  )
  await run(
    pool,
    'update batch b set letter_ids = array(select id from message where batch_id = b.id order by id)',
  )
  await row(pool, 'analyze')
  return rows(
    pool,
    `select b.name as batch, m.id, m.person_id as "personId", m.letter_sha256 as sha256 from message m join batch b on b.id = m.batch_id order by m.invitation_id`,
  )
}
