-- Which of two times stays, and who decided it. The other system cancels its own: until it has said so the conflict is
-- there, as decided.
alter table booking_conflict
  add column keep text check (keep in ('ours', 'outside')),
  add column decided_by text,
  add column decided_at timestamptz,
  add constraint booking_conflict_decided check (
    (keep is null) = (decided_by is null) and (keep is null) = (decided_at is null));

-- Who has moved between municipalities, and on which day the register told us: cohort rules ask for it. Nothing of it is
-- kept of those with skyddad folkbokföring.
create table person_move (
  person_id         bigint not null references person,
  from_municipality text,
  to_municipality   text,
  noticed_on        date not null
);
create index person_move_person on person_move (person_id);
create index person_move_day on person_move (noticed_on);

create function person_moves() returns trigger language plpgsql as $$
begin
  if new.protection = 'skyddad-folkbokforing' then
    delete from person_move where person_id = new.id;
  else
    insert into person_move
      values (new.id, old.municipality, new.municipality, (new.updated_at at time zone 'Europe/Stockholm')::date);
  end if;
  return null;
end $$;
create trigger person_moves after update of municipality, protection on person for each row
  when (old.municipality is distinct from new.municipality
        or (old.protection <> new.protection and new.protection = 'skyddad-folkbokforing'))
  execute function person_moves();
