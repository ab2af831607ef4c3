-- To the print supplier and back: which working day a batch is printed, at what postage, and what the supplier says of it.

-- A working day at the supplier: the letters that are handed over for it. Its row is locked while letters are given to it.
create table print_day (
  day              date primary key,
  letters          integer not null default 0 check (letters >= 0),
  capacity         integer check (capacity >= 0), -- null: no limit is known
  expected_letters integer,             -- what the supplier was told to expect, when that is more than they take unannounced
  announced_at     timestamptz,         -- null: not told (yet)
  -- Never more than the supplier can print in a day.
  constraint print_day_never_more_than_fits check (capacity is null or letters <= capacity),
  check (announced_at is null or expected_letters is not null)
);

alter table batch
  add column postage text not null default 'first' check (postage in ('first', 'economy')),
  add column grams smallint not null default 50, -- every letter in it, with its envelope, weighs at most this
  add column print_day date references print_day, -- the day whose letters it counts among
  add column prepared_at timestamptz,   -- all of it is at the supplier but the last step: a manifest that is gone after this was taken
  add column held_why text;             -- why it could not be handed over at the last try
create index batch_print_day on batch (print_day) where print_day is not null;

-- What the supplier says was printed is compared with this.
alter table message add column letter_sha256 text; -- of the pages as drawn, as it stands in the manifest

-- One file from the supplier. The same file twice is one row.
create table reconciliation (
  id        bigint generated always as identity primary key,
  file_name text not null,
  sha256    text not null constraint reconciliation_once unique,
  lines     integer not null,
  batches   jsonb not null,             -- what became of each batch that it speaks of
  made_at   timestamptz not null
);

-- What the supplier says happened to a letter joins what other providers say of their messages; raw says in which reconciliation.
alter table receipt add column copies smallint not null default 1 check (copies > 0);

-- What is wrong, letter by letter. A correction can be aimed at the people of a reconciliation: reconciliation_affected.
create table reconciliation_finding (
  id                bigint generated always as identity primary key,
  reconciliation_id bigint not null references reconciliation,
  batch_id          bigint not null references batch,
  kind              text not null check (kind in ('doubled', 'missing', 'not-ours', 'other-batch', 'hash-disagrees', 'returned')),
  letter            text not null,      -- the id as the supplier wrote it
  message_id        uuid references message, -- null: no letter of ours
  person_id         bigint references person,
  details           jsonb not null default '{}',
  check ((message_id is null) = (kind = 'not-ours')),
  check ((message_id is null) = (person_id is null)),
  constraint reconciliation_finding_once unique (reconciliation_id, kind, batch_id, letter)
);
create index reconciliation_finding_message on reconciliation_finding (message_id) where message_id is not null;
create index reconciliation_finding_person on reconciliation_finding (person_id) where person_id is not null;

-- Who got something wrong in the post, and so may be written to: more copies than one, a letter with other content than ours,
-- or one that was not to be printed there. Whoever got nothing is not among them.
create view reconciliation_affected as
  select distinct reconciliation_id, kind, message_id, person_id
    from reconciliation_finding where kind in ('doubled', 'other-batch', 'hash-disagrees');

-- The address that post came back from. It stands until the register has another one.
alter table person
  add column returned_address jsonb,
  add column returned_on date,
  add column returned_why text,
  add constraint person_returned_says_when check ((returned_address is null) = (returned_on is null));
create or replace function person_protected_is_bare() returns trigger language plpgsql as $$
begin
  new.phone := null;
  new.email := null;
  new.household := null;
  if new.protection = 'skyddad-folkbokforing' then
    new.registered_address := null;
    new.special_address := null;
    new.foreign_address := null;
    new.listed_clinic := null;
    new.returned_address := null;
    new.returned_on := null;
    new.returned_why := null;
  end if;
  return new;
end $$;

-- A letter that comes back, or a message that was given up, may be followed by another channel after all else had been sent.
insert into transition (machine, from_state, to_state) values ('campaign', 'finished', 'running');
