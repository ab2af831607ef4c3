-- Named lists of people that somebody answers for: staff, risk groups, school classes; cohort rules name them. By identity
-- number, so that a list can be there before its people are in the register.
create table person_group (
  id          bigint generated always as identity primary key,
  name        text not null unique check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  answers     text not null,            -- who answers for the list
  imported_at timestamptz not null      -- when it last came
);

-- Nobody is taken out of a list without a trace: who is no longer on it has a last day.
create table group_member (
  group_id        bigint not null references person_group,
  identity_number text not null,
  valid_from      date not null,
  valid_until     date,                 -- the last day; null: until further notice
  primary key (group_id, identity_number),
  check (valid_until >= valid_from)
);

alter table import
  drop constraint import_kind_check,
  add constraint import_kind_check
      check (kind in ('people', 'clinics', 'slots', 'supply', 'bookings', 'doses', 'group'));
