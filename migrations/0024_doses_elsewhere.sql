-- Doses that others gave, as they report them: they count like our own. A dose of somebody whom the register does not
-- have yet waits, and is theirs when they come.
alter table dose add column given_at text; -- where, as it was reported; null: recorded with us

create table waiting_dose (
  identity_number text not null,
  purpose         text not null,
  given_on        date not null,
  vaccine         text,
  given_at        text,
  primary key (identity_number, purpose)
);

alter table import
  drop constraint import_kind_check,
  add constraint import_kind_check
      check (kind in ('people', 'clinics', 'slots', 'supply', 'bookings', 'doses'));

-- Whichever way a person comes in. Without transition tables: a file of a million people must not be kept twice for it.
create function give_waiting_doses() returns trigger language plpgsql as $$
begin
  with theirs as (
    delete from waiting_dose w
     using person p
     where p.identity_number = w.identity_number
    returning p.lead_id, w.purpose, w.given_on, w.vaccine, w.given_at)
  insert into dose (person_id, purpose, given_on, vaccine, given_at)
  select lead_id, purpose, given_on, vaccine, given_at
    from theirs
  on conflict (person_id, purpose) do nothing;
  return null;
end $$;
create trigger give_waiting_doses after insert on person
  for each statement execute function give_waiting_doses();
