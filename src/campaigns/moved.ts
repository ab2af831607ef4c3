/**
 * In SQL that has `c` campaign, `p` person and an invitation: why somebody who has moved since the plan was made is not
 * told any more, by the campaign's rule (`moved` in its spec); null: nothing of the kind. The region is the counties (the
 * first two digits of a municipality's code) of its clinics, and who lived outside it already when the plan was made was
 * invited all the same. The area is found as in the plan. Campaigns from before there was the rule have its defaults.
 * @param i alias of invitation
 */
export const movedReason = (i: string): string => `
  (select case
            when not ${inRegion('p.municipality')}
              then case
                     when ${inRegion('v.from_municipality')}
                      and coalesce(c.spec->'moved'->>'outOfRegion', 'stop') = 'stop' then 'moved-out-of-region'
                   end
            when c.spec->'moved'->>'otherArea' = 'stop'
             and ${i}.area is distinct from coalesce(
                   (select area from clinic where hsa_id = p.listed_clinic),
                   (select min(area) from clinic where municipality = p.municipality)) then 'moved-to-other-area'
          end
     from person_move v
    where v.person_id = p.id
      and v.noticed_at > c.planned_at
      and c.way <> 'notice'
    order by v.noticed_at -- the first: where they lived when the plan was made
    limit 1)`

/** A municipality that nobody has told is taken for one of the region's. */
const inRegion = (municipality: string): string =>
  `(${municipality} is null
    or exists (select from clinic k where left(k.municipality, 2) = left(${municipality}, 2)))`
