-- What a reissue would do to a clinic's slots, as it was shown to the one who approves.
create table reissue_proposal (
  id          bigint generated always as identity primary key,
  clinic_id   bigint not null references clinic,
  from_day    date not null,
  to_day      date not null check (to_day >= from_day),
  slots       jsonb,                    -- what the clinic can do now, when a file said so: goes in when it is approved
  chains      boolean not null,         -- somebody who has a time that fits may be moved to make room
  within_days smallint not null check (within_days between 1 and 366), -- how long after to_day a new time may be
  overflow    integer not null check (overflow >= 0), -- how many people too many: the least number of moves
  kept        integer not null check (kept >= 0),
  version     text not null,            -- sha256 over what it was reckoned from
  proposed_by text not null,
  proposed_at timestamptz not null,
  approved_by text,
  approved_at timestamptz,
  -- Promise 7: two people.
  constraint reissue_needs_two_people check (approved_by <> proposed_by),
  check ((approved_by is null) = (approved_at is null))
);

-- One line for each appointment that does not stay as it is.
create table reissue_move (
  proposal_id    bigint not null references reissue_proposal,
  appointment_id bigint not null references appointment,
  from_slot_id   bigint not null references slot,
  outcome        text not null check (outcome in ('moved', 'queued', 'by-hand')),
  to_clinic_id   bigint references clinic, -- the new slot, by clinic and start: a file of slots may be what brings it
  to_starts_at   timestamptz,
  reason         text,                  -- by-hand: why no message of ours can move this person
  chain          boolean not null default false, -- moved only to make room for somebody else
  primary key (proposal_id, appointment_id),
  check ((outcome = 'moved') = (to_clinic_id is not null and to_starts_at is not null)),
  check ((outcome = 'by-hand') = (reason is not null))
);
create index reissue_move_appointment on reissue_move (appointment_id);
