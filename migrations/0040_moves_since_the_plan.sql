-- When the register told us of a move, to the moment and no longer only the day: who moved after a campaign's plan was
-- made is looked at again before each message (campaigns/moved.ts). Of moves known before, the first moment of the day.
alter table person_move add column noticed_at timestamptz;
update person_move set noticed_at = noticed_on::timestamp at time zone 'Europe/Stockholm';
alter table person_move alter column noticed_at set not null, drop column noticed_on;
drop index person_move_person;
create index person_move_person on person_move (person_id, noticed_at);
create index person_move_noticed on person_move (noticed_at);

create or replace function person_moves() returns trigger language plpgsql as $$
begin
  if new.protection = 'skyddad-folkbokforing' then
    delete from person_move where person_id = new.id;
  else
    insert into person_move (person_id, from_municipality, to_municipality, noticed_at)
      values (new.id, old.municipality, new.municipality, new.updated_at);
  end if;
  return null;
end $$;
