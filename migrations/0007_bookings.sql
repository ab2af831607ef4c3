-- A confirmation is about one appointment, as a reminder before a visit is: the same step can come once for each.
-- message_once: the same step of the same invitation, about the same appointment if any, leaves once a channel.
alter table message add column appointment_id bigint references appointment;
alter table message drop constraint message_once;
alter table message add constraint message_once unique nulls not distinct (purpose, person_id, generation, step, channel, appointment_id) deferrable;
alter table message add constraint message_confirms_something check (step <> 'confirmation' or appointment_id is not null);
create index message_appointment on message (appointment_id) where appointment_id is not null;

-- A right of its own: a clinic's key books, and makes no campaigns.
alter table api_key drop constraint api_key_rights_check;
alter table api_key add constraint api_key_rights_check check (rights <@ array['read', 'write', 'approve', 'send', 'book']);

-- Wrong answers at the residents' door, counted in windows of time: for each network address, each code and all together.
-- A window that is past is forgotten (trust/guesses.ts), so that no address is kept longer than a day.
create table guess (
  bucket text primary key,              -- 'all', 'from <address>', 'code <hash>'
  ends_at timestamptz not null,
  number integer not null check (number >= 0)
);
create index guess_ends on guess (ends_at);

-- What another system says is booked there. The row is that system's word, whatever became of it with us.
create table outside_booking (
  id             bigint generated always as identity primary key,
  reference      text not null unique,  -- the booking's name in the other system: "<system>|<number>"
  person_id      bigint not null references person,
  purpose        text not null,
  slot_id        bigint not null references slot,
  state          text not null check (state in ('booked', 'cancelled', 'attended', 'no-show')),
  appointment_id bigint references appointment, -- what it is with us; null while the person has another one
  made_at        timestamptz not null,  -- when we first heard of it
  changed_at     timestamptz not null
);
create index outside_booking_person on outside_booking (person_id, purpose);
create index outside_booking_alone on outside_booking (person_id, purpose) where appointment_id is null;
create index outside_booking_appointment on outside_booking (appointment_id) where appointment_id is not null;

-- Two sides that can't both be right: the person has a time with us, and the other system says something else.
create table booking_conflict (
  id                 bigint generated always as identity primary key,
  outside_booking_id bigint not null references outside_booking,
  appointment_id     bigint not null references appointment,
  kind               text not null check (kind in ('second-booking', 'ended-with-us')),
  found_at           timestamptz not null,
  unique (outside_booking_id, appointment_id)
);
create index booking_conflict_appointment on booking_conflict (appointment_id);

-- A conflict is over when either side has ended; until then somebody must call.
create view open_booking_conflict as
  select k.* from booking_conflict k
    join outside_booking o on o.id = k.outside_booking_id
    join appointment a on a.id = k.appointment_id
   where o.state = 'booked'
     and case k.kind when 'second-booking' then o.appointment_id is null and a.state in ('booked', 'attended')
                     else o.appointment_id = k.appointment_id and a.state in ('moved', 'cancelled') end;

-- However often somebody looks in vain, a person and day is one failed search.
delete from failed_search f using failed_search earlier
 where earlier.invitation_id = f.invitation_id and earlier.id < f.id
   and (earlier.at at time zone 'Europe/Stockholm')::date = (f.at at time zone 'Europe/Stockholm')::date;
create unique index failed_search_once_a_day on failed_search (invitation_id, ((at at time zone 'Europe/Stockholm')::date));
