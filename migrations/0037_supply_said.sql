-- Days that nobody has planned count only where somebody has said that supply continues as usual.
create table supply_said (
  id bigint generated always as identity primary key,
  clinic_id bigint not null references clinic,
  until date not null,
  said_by text not null check (said_by <> ''),
  said_at timestamptz not null,
  ended_by text,
  ended_at timestamptz,
  constraint supply_said_ended_by_somebody check ((ended_by is null) = (ended_at is null)),
  constraint supply_said_of_days_to_come check (until > (said_at at time zone 'Europe/Stockholm')::date)
);
comment on table supply_said is 'who has said that supply at a clinic continues as usual, and until when';
comment on column supply_said.ended_at is 'when it was taken back, or said again; null: it is what is said now';
create unique index supply_said_now on supply_said (clinic_id) where ended_at is null;
