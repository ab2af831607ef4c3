-- lead_id is everybody's one definition of "the same person": the record that is used, for itself and for the records linked to
-- it. Who asks whether two rows are of one human being compares lead_id; who asks for all records of one looks it up here.
-- Stored, so that it has an index and the planner knows how many share one (an expression over two columns gives it neither).
alter table person add column lead_id bigint not null generated always as (coalesce(same_as, id)) stored;
create index person_lead on person (lead_id);

-- person_same_as stays, but only for what it is small for: which records are linked at all.
create or replace function person_link_is_one_step() returns trigger language plpgsql as $$
begin
  if exists (select from person p where p.id = new.same_as and p.same_as is not null)
    or exists (select from person p where p.lead_id = new.id and p.id <> new.id) then
    raise exception 'person % can only be linked to a leading record', new.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
