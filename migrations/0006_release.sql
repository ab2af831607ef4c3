-- What a clinic is to be delivered, as it was believed at each moment: rows are only added. The latest belief about a clinic
-- and a day counts; what was believed on an earlier day can always be looked up.
create table supply (
  id           bigint generated always as identity primary key,
  clinic_id    bigint not null references clinic,
  day          date not null,           -- from which the doses can be used
  vials        integer not null check (vials >= 0),
  dose_min     numeric(4, 2) not null check (dose_min >= 0), -- doses drawn from a vial
  dose_expected numeric(4, 2) not null,
  dose_max     numeric(4, 2) not null,
  state        text not null check (state in ('planned', 'confirmed')),
  published_on date,                    -- when a planned delivery is expected to be confirmed
  note         text not null default '',-- e.g. damaged vials, halved
  import_id    bigint references import,
  believed_at  timestamptz not null,
  check (dose_min <= dose_expected and dose_expected <= dose_max)
);
create index supply_latest on supply (clinic_id, day, id desc);

create view supply_now as
  select distinct on (clinic_id, day) * from supply order by clinic_id, day, id desc;

-- Every capacity a slot has had: what could be booked is part of what was believed on a day.
create table slot_history (
  slot_id     bigint not null references slot,
  capacity    integer not null,
  overbooking integer not null,
  since       timestamptz not null default clock_timestamp()
);
create index slot_history_slot on slot_history (slot_id, since);
create function slot_remembers() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into slot_history (slot_id, capacity, overbooking) select id, capacity, overbooking from after;
  else
    insert into slot_history (slot_id, capacity, overbooking)
      select a.id, a.capacity, a.overbooking from after a join before b using (id)
       where (a.capacity, a.overbooking) is distinct from (b.capacity, b.overbooking);
  end if;
  return null;
end $$;
create trigger slot_remembers_insert after insert on slot referencing new table as after for each statement execute function slot_remembers();
create trigger slot_remembers_update after update on slot referencing old table as before new table as after for each statement execute function slot_remembers();

-- What the phones can take and took, by day; a day without a row takes PHONE_CAPACITY.
create table phone_day (
  day      date primary key,
  capacity integer check (capacity >= 0),
  calls    integer check (calls >= 0)
);

-- One line a day and campaign: what the controller was told and what it answered (docs/release.md). Each number can be
-- reckoned again from these lines alone (promise 10).
create table release_line (
  campaign_id bigint not null references campaign,
  day         date not null,
  line        jsonb not null,
  answer      jsonb not null,
  seen_until  timestamptz not null,     -- events up to here are in the line
  primary key (campaign_id, day)
);
