-- What each worker is calling a provider about: written a tick before the calls. When it falls silent only these are in
-- doubt; what it had claimed and not called is queued again at once.
create table calling (
  worker text primary key,
  channel text not null check (channel in ('sms', 'email')),
  ids uuid[] not null default '{}',
  -- by the database's time; a worker that is alive says so every two seconds
  at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
