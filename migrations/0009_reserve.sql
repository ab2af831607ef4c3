-- People who have said that they can come at short notice, for a purpose. Their order is computed when it is needed:
-- that of the invitations (appointments/reserve-store.ts).
create table reserve_list (
  id        bigint generated always as identity primary key,
  person_id bigint not null references person,
  purpose   text not null,
  area      text not null,              -- release area: the clinics that they can reach quickly
  said_by   text not null check (said_by in ('person', 'clinic')),
  since     timestamptz not null,
  left_at   timestamptz,
  left_why  text,
  check ((left_at is null) = (left_why is null))
);
create unique index reserve_list_once on reserve_list (person_id, purpose) where left_at is null;
create index reserve_list_area on reserve_list (purpose, area) where left_at is null;

-- One clinic's doses left over, to be offered to the reserve list. The slot's capacity grows with each yes and never
-- before: nobody else can book what is being offered.
create table reserve_round (
  id             bigint generated always as identity primary key,
  clinic_id      bigint not null references clinic,
  purpose        text not null,
  slot_id        bigint not null references slot,
  places         integer not null check (places between 1 and 500),
  burst          integer check (burst between 1 and 500), -- open offers at once at most; null: as many as there are places left
  answer_minutes integer not null check (answer_minutes between 5 and 240),
  opened_by      text not null,
  opened_at      timestamptz not null,
  closed_at      timestamptz,
  closed_why     text,                  -- filled, list-empty, too-late, or what the clinic said
  check ((closed_at is null) = (closed_why is null))
);
create table reserve_place (
  round_id bigint not null references reserve_round,
  number   integer not null,
  primary key (round_id, number)
);
-- Offers are called by four digits on the phone and, where two people share one, in the SMS. Those open at once differ.
create sequence offer_code as integer minvalue 1000 maxvalue 9999 cycle;

create table offer (
  id              bigint generated always as identity primary key,
  round_id        bigint not null references reserve_round,
  reserve_id      bigint not null references reserve_list,
  person_id       bigint not null references person,
  invitation_id   bigint not null references invitation,
  rank            integer not null check (rank > 0), -- in priority order when the round was opened
  state           text not null default 'waiting',
  passed_over_why text,
  code            text check (code ~ '^[0-9]{4}$'),
  offered_at      timestamptz,
  expires_at      timestamptz,
  answered_at     timestamptz,
  answered_by     text,                 -- person, or who at the clinic entered it
  place           integer,              -- the n-th yes has place n
  appointment_id  bigint references appointment,
  unique (round_id, rank),
  unique (round_id, person_id),
  constraint offer_state_check check (state in ('waiting', 'offered', 'accepted', 'declined', 'thanked', 'expired', 'passed-over', 'not-needed')),
  -- Never two for one place, and no place that there isn't.
  constraint offer_one_a_place unique (round_id, place),
  constraint offer_place_exists foreign key (round_id, place) references reserve_place (round_id, number),
  constraint offer_accepted_has_place check ((state = 'accepted') = (place is not null) and (state = 'accepted') = (appointment_id is not null)),
  -- Never out of order without a reason on record.
  constraint offer_passed_over_says_why check ((state = 'passed-over') = (passed_over_why is not null)),
  check ((state in ('waiting', 'passed-over', 'not-needed')) = (offered_at is null)),
  check ((offered_at is null) = (code is null) and (offered_at is null) = (expires_at is null)),
  check (state not in ('accepted', 'declined') or (answered_at is not null and answered_by is not null))
);
create unique index offer_code_open on offer (code) where state = 'offered';
create index offer_open on offer (expires_at) where state = 'offered';
create index offer_reserve on offer (reserve_id);

insert into transition (machine, from_state, to_state) values
  ('offer', 'waiting', 'offered'), ('offer', 'waiting', 'passed-over'), ('offer', 'waiting', 'not-needed'),
  ('offer', 'offered', 'accepted'), ('offer', 'offered', 'declined'), ('offer', 'offered', 'thanked'), ('offer', 'offered', 'expired');
create trigger offer_transition before update of state on offer for each row execute function only_legal_transitions();

-- Who is further down is offered nothing while somebody before them waits. For a set: after the whole statement.
create function offers_in_order() returns trigger language plpgsql as $$
begin
  if exists (select from after n join offer w on w.round_id = n.round_id and w.rank < n.rank and w.state = 'waiting'
              where n.state not in ('waiting', 'passed-over', 'not-needed')) then
    raise exception 'an offer out of order: somebody before it in the round waits, and no reason is on record' using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger offers_in_order_insert after insert on offer referencing new table as after for each statement execute function offers_in_order();
create trigger offers_in_order_update after update on offer referencing new table as after for each statement execute function offers_in_order();

-- What a message is about when not the invitation alone, and the code that an answer to it is known by.
alter table message
  add column offer_id bigint references offer,
  add column answer_code text check (answer_code ~ '^[0-9]{4}$'),
  add column code_shown boolean not null default false, -- the text says the code: somebody else has a question open on the same phone
  add constraint message_one_subject check (offer_id is null or appointment_id is null);
create index message_offer on message (offer_id) where offer_id is not null;
create index message_question on message (recipient) where answer_code is not null;

-- Answers by SMS, without number or text. The provider sends a webhook again until it is taken: the same one is one row.
create table sms_answer (
  provider_id text primary key,
  at          timestamptz not null,
  message_id  uuid references message,  -- the question it answers; null: none that could be told
  outcome     text not null             -- taken, thanked, declined, confirmed, wants-to-cancel, unclear, no-question, too-late, …
);

-- What the person says to the reminder, and what the clinic records afterwards.
alter table appointment
  add column reply text check (reply in ('confirmed', 'wants-to-cancel')),
  add column replied_at timestamptz,
  add column recorded_by text,
  add column recorded_at timestamptz,
  add constraint appointment_reply_has_time check ((reply is null) = (replied_at is null)),
  add constraint appointment_record_has_time check ((recorded_by is null) = (recorded_at is null));
alter table dose
  add column vaccine text,
  add column appointment_id bigint references appointment; -- recorded with it, and taken back with it
create index dose_purpose on dose (purpose);

-- How long after one dose the next is given. A new rule is a new version; what is booked by an earlier one stands.
create table dose_interval (
  id           bigint generated always as identity primary key,
  vaccine      text not null,
  purpose      text not null,           -- of the dose given, e.g. covid-19/dose-1
  next_purpose text not null,
  version      integer not null check (version > 0),
  valid_from   date not null,           -- the day from which plans are made by it
  min_days     integer not null check (min_days > 0),
  max_days     integer not null,
  made_by      text not null,
  made_at      timestamptz not null,
  check (max_days >= min_days),
  check (next_purpose <> purpose),
  unique (vaccine, purpose, version)
);
create function intervals_stay() returns trigger language plpgsql as $$
begin
  raise exception 'an interval rule is never changed: make a new version' using errcode = 'check_violation';
end $$;
create trigger intervals_stay before update or delete on dose_interval for each statement execute function intervals_stay();

-- Who is due for the next dose, and when.
create table next_dose (
  person_id   bigint not null references person,
  purpose     text not null,
  earliest    date not null,
  latest      date not null,
  interval_id bigint not null references dose_interval,
  planned_at  timestamptz not null,
  primary key (person_id, purpose),
  check (latest >= earliest)
);
create index next_dose_due on next_dose (purpose, earliest);

-- The municipal route: home care, SÄBO, LSS. Asked at least 14 days ahead, so that municipality and doctor can plan.
create table ordination (
  id            bigint generated always as identity primary key,
  invitation_id bigint not null unique references invitation,
  person_id     bigint not null references person,
  purpose       text not null,
  municipality  text not null check (municipality ~ '^[0-9]{4}$'),
  state         text not null default 'asked',
  asked_on      date not null,
  visit_from    date not null,
  ordinated_by  text,
  given_on      date,
  changed_by    text not null,
  changed_at    timestamptz not null,
  constraint ordination_state_check check (state in ('asked', 'ordinated', 'done', 'wants-clinic')),
  constraint ordination_two_weeks_ahead check (visit_from >= asked_on + 14),
  check (state not in ('ordinated', 'done') or ordinated_by is not null),
  check ((state = 'done') = (given_on is not null))
);
create index ordination_municipality on ordination (municipality, state);
create index ordination_person on ordination (person_id, purpose);
insert into transition (machine, from_state, to_state) values
  ('ordination', 'asked', 'ordinated'), ('ordination', 'asked', 'wants-clinic'),
  ('ordination', 'ordinated', 'done'), ('ordination', 'ordinated', 'wants-clinic'),
  ('ordination', 'wants-clinic', 'asked');
create trigger ordination_transition before update of state on ordination for each row execute function only_legal_transitions();

-- A clinic's call list: people whom no channel reaches, or who are marked to be called. One row a person and purpose.
create table call_list (
  id            bigint generated always as identity primary key,
  invitation_id bigint not null unique references invitation,
  person_id     bigint not null references person,
  clinic_id     bigint not null references clinic,
  why           text not null check (why in ('no-reachable-channel', 'marked')),
  phone         text check (phone ~ '^\+[1-9][0-9]{6,14}$'), -- found by the clinic, when the register has none
  added_at      timestamptz not null,
  next_try      timestamptz not null,
  tries         integer not null default 0,
  done_at       timestamptz,
  outcome       text check (outcome in ('booked', 'declined', 'not-reachable', 'other-route')),
  appointment_id bigint references appointment,
  check ((done_at is null) = (outcome is null)),
  constraint call_booked_has_time check ((outcome is not distinct from 'booked') = (appointment_id is not null))
);
create index call_list_clinic on call_list (clinic_id, next_try) where done_at is null;
create table call_try (
  id       bigint generated always as identity primary key,
  call_id  bigint not null references call_list,
  at       timestamptz not null,
  by       text not null,
  outcome  text not null check (outcome in ('no-answer', 'call-back', 'wrong-number', 'booked', 'declined', 'not-reachable', 'other-route'))
);
create index call_try_call on call_try (call_id);
