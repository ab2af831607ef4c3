create table clinic (
  id            bigint generated always as identity primary key,
  hsa_id        text not null unique check (hsa_id ~ '^SE[0-9]{10}-[A-Z0-9]{1,20}$'),
  name          text not null,
  municipality  text not null check (municipality ~ '^[0-9]{4}$'),
  area          text not null,          -- the release area: the people who may book here
  street        text not null,
  postcode      text not null,
  town          text not null,
  phone         text not null,          -- E.164
  phone_hours   text not null default '',
  opening_hours text not null default '',
  latitude      double precision,
  longitude     double precision,
  central       boolean not null default false -- a central reception: people with anaphylaxis are never booked here
);

create table slot (
  id          bigint generated always as identity primary key,
  clinic_id   bigint not null references clinic,
  starts_at   timestamptz not null,
  minutes     smallint not null default 5 check (minutes between 1 and 1440),
  capacity    integer not null check (capacity >= 0),
  overbooking integer not null default 0 check (overbooking >= 0),
  booked      integer not null default 0 check (booked >= 0), -- kept by the trigger on appointment
  -- How many have a time here that no longer fits, because the clinic took capacity away after they booked: the reissue's
  -- worklist. Set by the import of slots; falls by the trigger as they are moved or cancel, so their places don't open again.
  overbooked  integer not null default 0 check (overbooked >= 0),
  booking_url   text check (booking_url ~ '^https?://'), -- where the clinic wants it booked, when it says so
  booking_phone text,                   -- E.164, when another than the clinic's
  unique (clinic_id, starts_at),
  -- Promise 2: no slot above its capacity plus the stated overbooking. Nobody is added to a slot that is overbooked.
  constraint slot_never_more_than_fits check (booked <= capacity + overbooking + overbooked)
);
create index slot_overbooked on slot (clinic_id, starts_at) where overbooked > 0;
create index slot_free on slot (clinic_id, starts_at) where booked < capacity + overbooking;

create table appointment (
  id           bigint generated always as identity primary key,
  person_id    bigint not null references person,
  purpose      text not null,
  slot_id      bigint not null references slot,
  state        text not null default 'booked' check (state in ('booked', 'moved', 'cancelled', 'attended', 'no-show')),
  made_by      text not null check (made_by in ('person', 'clinic', 'assigned', 'import')),
  made_at      timestamptz not null,
  ended_at     timestamptz,
  check ((state in ('moved', 'cancelled')) = (ended_at is not null))
);
-- Promise 2: one live appointment a person and purpose.
create unique index appointment_one_live on appointment (person_id, purpose) where state in ('booked', 'attended');
create index appointment_slot on appointment (slot_id);

-- slot.booked = appointments that hold a place. Statement-level: a set of any size is one update of the slots it touches.
create function appointment_counts() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    update slot set booked = booked + d.n, overbooked = least(overbooked, greatest(0, booked + d.n - capacity - overbooking))
      from (select slot_id, count(*) n from after where state in ('booked', 'attended', 'no-show') group by slot_id) d
     where slot.id = d.slot_id;
  elsif tg_op = 'DELETE' then
    update slot set booked = booked - d.n, overbooked = least(overbooked, greatest(0, booked - d.n - capacity - overbooking))
      from (select slot_id, count(*) n from before where state in ('booked', 'attended', 'no-show') group by slot_id) d
     where slot.id = d.slot_id;
  else
    update slot set booked = booked + d.n, overbooked = least(overbooked, greatest(0, booked + d.n - capacity - overbooking))
      from (select slot_id, sum(n) n from (
              select slot_id, 1 n from after where state in ('booked', 'attended', 'no-show')
              union all
              select slot_id, -1 from before where state in ('booked', 'attended', 'no-show')) x
             group by slot_id having sum(n) <> 0) d
     where slot.id = d.slot_id;
  end if;
  return null;
end $$;
create trigger appointment_counts_insert after insert on appointment referencing new table as after
  for each statement execute function appointment_counts();
create trigger appointment_counts_update after update on appointment referencing old table as before new table as after
  for each statement execute function appointment_counts();
create trigger appointment_counts_delete after delete on appointment referencing old table as before
  for each statement execute function appointment_counts();
