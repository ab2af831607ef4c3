import { rows, run, type Db } from '../../db/pool.ts'
import { seal, unseal } from '../../db/sealed.ts'
import type { Address } from '../../people/address.ts'
import { hasDied, hasOptedOut, isHidden, strictestProtection } from '../../people/all-records.ts'
import { messageRow } from '../stored-letters.ts'

export type Way = 'own-address' | 'forwarding'

/** Somebody with a protected identity whom a campaign would have invited. */
export interface ProtectedPerson {
  id: number
  givenName: string
  familyName: string
  identityNumber: string
  way: Way
  language: string
  largePrint: boolean
  registered: Address | null
  special: Address | null
  foreign: Address | null
}

export interface ProtectedLetter {
  id: string
  personId: number
  way: Way
  content: Buffer
}

const wayOf = `case ${strictestProtection('p')} when 'skyddad-folkbokforing' then 'forwarding' else 'own-address' end`

/** In SQL that has `p` person and a purpose: who may be written to now. It is looked at again each time. */
const mayGet = (purpose: string): string => `
  ${isHidden('p')}
  and not ${hasDied('p')}
  and p.emigrated_on is null
  and p.gone_since is null
  and not ${hasOptedOut('p')}
  and p.same_as is null
  and not exists (
        select from dose d
          join person q on q.id = d.person_id
         where q.lead_id = p.id
           and d.purpose = ${purpose})
  and not exists (
        select from appointment a
          join person q on q.id = a.person_id
         where q.lead_id = p.id
           and a.purpose = ${purpose}
           and a.state in ('booked', 'attended'))`

/**
 * Takes away what was made and not posted for those who may not get it any more, or whose protection is another than
 * it was made for.
 */
export const dropOutdated = (tx: Db, campaignId: number): Promise<number> =>
  run(
    tx,
    `delete from protected_letter l
      using person p
      where l.campaign_id = $1
        and l.posted_at is null
        and p.id = l.person_id
        and not (${mayGet('l.purpose')} and l.way = ${wayOf})`,
    [campaignId],
  )

/** Those of a campaign who have a protected identity and no letter for its purpose. @param languages the campaign's */
export const peopleWithoutLetter = (
  tx: Db,
  campaignId: number,
  languages: string[],
): Promise<ProtectedPerson[]> =>
  rows<ProtectedPerson>(
    tx,
    `select p.id, p.given_name as "givenName", p.family_name as "familyName",
            p.identity_number as "identityNumber", ${wayOf} as way, p.large_print as "largePrint",
            p.registered_address as registered, p.special_address as special, p.foreign_address as foreign,
            case when p.language = 'sv' and p.easy_read and 'sv-simple' = any($2) then 'sv-simple'
                 when p.language = any($2) then p.language
                 else 'sv' end as language
       from invitation i
       join person p on p.id = i.person_id
      where i.campaign_id = $1
        and i.state in ('suppressed', 'withdrawn')
        and i.reason = 'protected'
        and ${mayGet('i.purpose')}
        and not exists (select from protected_letter l where l.person_id = p.id and l.purpose = i.purpose)
      order by p.id`,
    [campaignId, languages],
  )

export const newCodes = async (tx: Db, count: number): Promise<{ id: string; code: string }[]> =>
  rows(tx, 'select gen_random_uuid() as id, new_code() as code from generate_series(1, $1)', [
    count,
  ])

export interface MadeLetter extends ProtectedLetter {
  language: string
  template: string
  version: string
  checkCode: string
  sha256: string
}

export async function insertLetters(
  tx: Db,
  campaign: { id: number; purpose: string },
  letters: MadeLetter[],
  by: string,
  now: Date,
): Promise<void> {
  const of = <K extends keyof MadeLetter>(key: K) => letters.map((letter) => letter[key])
  await run(
    tx,
    `insert into protected_letter (
            id, campaign_id, purpose, made_at, made_by, person_id, way,
            language, template, template_version, check_code, content, content_sha256)
     select x.id, $1, $2, $3, $4, x.person_id, x.way,
            x.language, x.template, x.version, x.code, x.content, x.sha256
       from unnest(
              $5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::text[],
              $10::text[], $11::text[], $12::bytea[], $13::text[])
            as x(id, person_id, way, language, template, version, code, content, sha256)`,
    [
      campaign.id,
      campaign.purpose,
      now,
      by,
      of('id'),
      of('personId'),
      of('way'),
      of('language'),
      of('template'),
      of('version'),
      of('checkCode'),
      letters.map(({ id, content }) => seal(content, messageRow(id))),
      of('sha256'),
    ],
  )
}

/** What is made and not posted, in the order in which it is drawn. */
export async function unpostedLetters(db: Db, campaignId: number): Promise<ProtectedLetter[]> {
  const letters = await rows<ProtectedLetter>(
    db,
    `select id, person_id as "personId", way, content
       from protected_letter
      where campaign_id = $1
        and posted_at is null
      order by way, id`,
    [campaignId],
  )
  return letters.map((letter) => ({
    ...letter,
    content: unseal(letter.content, messageRow(letter.id)),
  }))
}

/** @returns the people whose letters are now noted as posted */
export const markPosted = async (
  tx: Db,
  campaignId: number,
  by: string,
  now: Date,
): Promise<number[]> =>
  (
    await rows<{ id: number }>(
      tx,
      `update protected_letter
          set posted_at = $2, posted_by = $3
        where campaign_id = $1
          and posted_at is null
       returning person_id as id`,
      [campaignId, now, by],
    )
  ).map(({ id }) => id)
