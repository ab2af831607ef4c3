import type pg from 'pg'
import { run } from '../../src/db/pool.ts'

/** What the tests' campaigns, doses and bookings are for: in the register of every test database. */
const purposes = [
  ...['covid-19/dose-0', 'covid-19/dose-1', 'covid-19/dose-2', 'covid-19/dose-3'],
  ...['influenza', 'influenza/2021', 'flu', 'other', 'later'],
]

export const registerPurposes = (pool: pg.Pool, codes = purposes): Promise<number> =>
  run(
    pool,
    `insert into purpose (code, name, words, routes, made_by, made_at)
     select code, code, jsonb_build_object('sv', 'vaccination'),
            '{"home-care": "municipality", "sabo": "municipality"}', 'test', '2021-01-01'
       from unnest($1::text[]) code`,
    [codes],
  )
