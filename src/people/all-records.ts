// What any record of a human being says of them, in SQL. The register may hold an earlier record of somebody beside
// the leading one (person.same_as), and news may reach only the earlier one: it counts all the same, as in the plan of
// a campaign. Earlier records are few and have an index of their own, so that asking for each of many people is cheap.

const anyRecord = (lead: string, says: (record: string) => string): string =>
  `(${says(lead)} or exists (select from person earlier where earlier.same_as = ${lead}.id and ${says('earlier')}))`

/** True if any record of somebody says that they have died. @param lead SQL: the alias of their leading record */
export const hasDied = (lead: string): string =>
  anyRecord(lead, (record) => `${record}.deceased_on is not null`)

/** True if any record of somebody is protected. @param lead SQL: the alias of their leading record */
export const isHidden = (lead: string): string =>
  anyRecord(lead, (record) => `${record}.protection <> 'none'`)

/** True if somebody has opted out, on any of their records. @param lead SQL: the alias of their leading record */
export const hasOptedOut = (lead: string): string =>
  anyRecord(lead, (record) => `${record}.opted_out`)

/**
 * The strictest protection of somebody's records: of one with skyddad folkbokföring no address may be used, whichever
 * record still has one.
 * @param lead SQL: the alias of their leading record
 */
export const strictestProtection = (lead: string): string =>
  `(select case when bool_or(r.protection = 'skyddad-folkbokforing') then 'skyddad-folkbokforing'
                when bool_or(r.protection <> 'none') then 'sekretessmarkering'
                else 'none' end
      from person r
     where r.lead_id = ${lead}.id)`
