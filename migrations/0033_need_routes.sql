-- Where a need leads is a matter of its purpose. Who may react strongly is assessed by a doctor, and is on no
-- municipality's list; one row a person and purpose, whichever campaign left them out.
delete from ordination o
 using ordination e
 where e.person_id = o.person_id
   and e.purpose = o.purpose
   and e.id < o.id;

alter table ordination
  add column route text not null default 'municipality',
  add column clinic_id bigint references clinic, -- which they want instead
  alter column municipality drop not null,
  alter column visit_from drop not null,
  add constraint ordination_route_check check (route in ('municipality', 'doctor')),
  add constraint ordination_municipality_knows
      check (route <> 'municipality' or (municipality is not null and visit_from is not null)),
  add constraint ordination_wants_clinic check (clinic_id is null or state = 'wants-clinic');
create unique index ordination_once on ordination (person_id, purpose);
drop index ordination_person;

-- Those who stand on a municipality's list for a reaction, and have not been seen to, are the doctor's.
update ordination o
   set route = 'doctor', municipality = null, visit_from = null
  from person p
 where p.id = o.person_id
   and o.state = 'asked'
   and 'anaphylaxis' = any(p.needs)
   and not p.needs && '{home-care,sabo}';

