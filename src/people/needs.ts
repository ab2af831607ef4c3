/**
 * A person's needs as SQL: what any of the linked records says. A reaction that is noted on an earlier number is
 * as dangerous.
 * @param lead an SQL expression for the id of the leading record
 */
export const needsOf = (lead: string): string =>
  `array(select distinct unnest(record.needs) from person record where record.lead_id = ${lead})`
