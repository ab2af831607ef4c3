/**
 * A person's needs as SQL: what any of the linked records says. A reaction that stands on an earlier number is as dangerous.
 * @param lead an SQL expression for the id of the leading record
 */
export const needsOf = (lead: string): string => `array(select distinct need from person linked, unnest(linked.needs) need where linked.id = ${lead} or linked.same_as = ${lead})`
