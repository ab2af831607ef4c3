-- When the database was backed up, and when it was put back: what left between the two is not known here. A message is
-- its invitation's, person's and step's own: made again after a restore it has the same id, which the provider knows.
create table backup (
  id bigint generated always as identity primary key,
  began_at timestamptz not null,
  done_at timestamptz, -- null: it was broken off, or this is the database that it holds
  place text not null
);

create table restored (
  id bigint generated always as identity primary key,
  point timestamptz not null, -- what is here is as it was then
  at timestamptz not null,
  restored_by text not null,
  compared_at timestamptz, -- all that left in between is known here, or has been given up
  compared_by text,
  check (point <= at),
  check ((compared_at is null) = (compared_by is null))
);

create unique index restored_open on restored ((true)) where compared_at is null;
