/**
 * A person's needs as SQL: what any of the linked records says. A reaction that stands on an earlier number is
 * as dangerous.
 * @param lead an SQL expression for the id of the leading record
 */
export const needsOf = (lead: string): string =>
  `array(select unnest(own.needs) from person own where own.id = ${lead} union select unnest(linked.needs) from person linked where linked.same_as = ${lead})`
