import type pg from 'pg'
import { analyseGrown } from '../../db/analyse.ts'
import { row, run } from '../../db/pool.ts'
import type { Field } from './import-columns.ts'
import { lockPeople } from '../lock.ts'

/**
 * What an import did, or would do. new + changed + unchanged + the rejected rows are the file's rows; protected
 * and deceased are those among them who were not so before; gone are people missing from a whole file; linked
 * are records newly linked.
 */
export interface Changeset {
  new: number
  changed: number
  unchanged: number
  protected: number
  deceased: number
  gone: number
  linked: number
}

const protection = `coalesce(s.protection, p.protection, 'none')`
/** Not kept of the protected: phone and e-mail are never used, a household would say who lives with them. */
const bare = (value: string) => `case when ${protection} = 'none' then ${value} end`
/** Of those with skyddad folkbokföring no place is kept at all: their post goes through Skatteverket. */
const nowhere = (value: string) =>
  `case when ${protection} <> 'skyddad-folkbokforing' then ${value} end`

/** What a person's column becomes, from the file's row s and the known person p (null when new). */
const always = {
  identity_kind: 's.identity_kind',
  birth_date: 's.birth_date',
  sex: 'coalesce(s.sex, p.sex)',
  given_name: 's.given_name',
  family_name: 's.family_name',
  protection,
  gone_since: 'null::date',
}

/** Columns that change only when the file has one of these fields: what a file doesn't speak of stays as it is. */
const whenGiven: Record<
  string,
  { fields: (field: Field) => boolean; given: string; else: string }
> = {
  registered_address: {
    fields: (f) => f.startsWith('registered_'),
    given: nowhere('s.registered_address'),
    else: nowhere('p.registered_address'),
  },
  special_address: {
    fields: (f) => f.startsWith('special_'),
    given: nowhere('s.special_address'),
    else: nowhere('p.special_address'),
  },
  foreign_address: {
    fields: (f) => f.startsWith('foreign_') || f === 'registered_country',
    given: nowhere('s.foreign_address'),
    else: nowhere('p.foreign_address'),
  },
  listed_clinic: {
    fields: (f) => f === 'listed_clinic',
    given: nowhere('s.listed_clinic'),
    else: nowhere('p.listed_clinic'),
  },
  phone: { fields: (f) => f === 'phone', given: bare('s.phone'), else: bare('p.phone') },
  email: { fields: (f) => f === 'email', given: bare('s.email'), else: bare('p.email') },
  household: {
    fields: (f) => f === 'household',
    given: bare('s.household'),
    else: bare('p.household'),
  },
  municipality: {
    fields: (f) => f === 'municipality',
    given: 's.municipality',
    else: 'p.municipality',
  },
  language: {
    fields: (f) => f === 'language',
    given: `coalesce(s.language, 'sv')`,
    else: `coalesce(p.language, 'sv')`,
  },
  easy_read: {
    fields: (f) => f === 'easy_read',
    given: 'coalesce(s.easy_read, false)',
    else: 'coalesce(s.easy_read, p.easy_read, false)',
  }, // sv-simple says it too
  large_print: {
    fields: (f) => f === 'large_print',
    given: 'coalesce(s.large_print, false)',
    else: 'coalesce(p.large_print, false)',
  },
  needs: {
    fields: (f) => f === 'needs',
    given: `coalesce(s.needs, '{}')`,
    else: `coalesce(p.needs, '{}')`,
  },
  can_come: { fields: (f) => f.startsWith('can_come_'), given: 's.can_come', else: 'p.can_come' },
  // An empty cell does not raise the dead: only one that says outright that the person lives.
  deceased_on: {
    fields: (f) => f === 'deceased',
    // A day that is today's may be that on which we were told: then the one that is known stays.
    given:
      'case when s.alive then null else coalesce(nullif(s.deceased_on, $today), p.deceased_on, s.deceased_on) end',
    else: 'p.deceased_on',
  },
  emigrated_on: {
    fields: (f) => f === 'emigrated',
    given:
      'case when s.emigrated_on = $today then coalesce(p.emigrated_on, s.emigrated_on) else s.emigrated_on end',
    else: 'p.emigrated_on',
  },
  // Nor does an empty cell take back a no.
  opted_out: {
    fields: (f) => f === 'opted_out',
    given: 'coalesce(s.opted_out, p.opted_out, false)',
    else: 'coalesce(p.opted_out, false)',
  },
}

/** @param today YYYY-MM-DD */
function assignments(given: ReadonlySet<Field>, today: string): Record<string, string> {
  const result: Record<string, string> = { ...always }
  for (const [column, rule] of Object.entries(whenGiven))
    result[column] = ([...given].some(rule.fields) ? rule.given : rule.else).replaceAll(
      '$today',
      `date '${today}'`,
    )
  return result
}

/**
 * Brings the staged rows into person: three statements whatever their number. Two imports at once do it one
 * after the other.
 * @param given the fields the file has; @param today YYYY-MM-DD; @param whole people missing from the file are gone
 */
export async function applyStaging(
  tx: pg.PoolClient,
  given: ReadonlySet<Field>,
  options: { today: string; now: Date; whole: boolean },
): Promise<Omit<Changeset, 'linked'>> {
  await lockPeople(tx)
  const columns = assignments(given, options.today)
  const names = Object.keys(columns)
  const values = Object.values(columns)
  const counts = (await row<{ staged: number; protected: number; deceased: number }>(
    tx,
    `select count(*) as staged,
            count(*) filter (where ${protection} <> 'none' and coalesce(p.protection, 'none') = 'none') as protected,
            count(*) filter (where ${columns['deceased_on']} is not null and p.deceased_on is null) as deceased
       from person_staging s left join person p using (identity_number) where not s.rejected`,
  ))!
  const changed = await run(
    tx,
    `update person p set ${names.map((name, i) => `${name} = ${values[i]}`).join(', ')}, updated_at = $1
       from person_staging s
      where s.identity_number = p.identity_number and not s.rejected
        and (${values.join(', ')}) is distinct from (${names.map((name) => `p.${name}`).join(', ')})`,
    [options.now],
  )
  const added = await run(
    tx,
    `insert into person (identity_number, ${names.join(', ')}, created_at, updated_at)
     select s.identity_number, ${values.join(', ')}, $1, $1
       from person_staging s left join person p using (identity_number)
      where p.id is null and not s.rejected
      order by s.identity_number -- in the order of its index and that of birth: 13 s a million instead of 19`,
    [options.now],
  )
  await analyseGrown(tx, 'person', added)
  // A file without any reserve numbers comes from a register that has none, and says nothing about those who have one.
  const gone = options.whole
    ? await run(
        tx,
        `update person p set gone_since = $1, updated_at = $2
          where p.gone_since is null and p.same_as is null
            and p.identity_kind in (select distinct identity_kind from person_staging where not rejected)
            and not exists (select from person_staging s where s.identity_number = p.identity_number)`,
        [options.today, options.now],
      )
    : 0
  return {
    new: added,
    changed,
    unchanged: counts.staged - added - changed,
    protected: counts.protected,
    deceased: counts.deceased,
    gone,
  }
}
