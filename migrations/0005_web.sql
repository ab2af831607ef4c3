create table api_key (
  id         bigint generated always as identity primary key,
  name       text not null unique,
  key_sha256 text not null unique,
  rights     text[] not null check (rights <@ array['read', 'write', 'approve', 'send']),
  created_at timestamptz not null,
  revoked_at timestamptz
);

-- The answer to a POST is kept with its Idempotency-Key: the same key again gets the same answer and does nothing.
create table idempotency_key (
  api_key_id  bigint not null references api_key,
  key         text not null check (length(key) between 1 and 255),
  request_sha256 text not null,
  status      integer,                  -- null while the first request is at work
  answer      json,                     -- as it was sent, in its order
  created_at  timestamptz not null,
  primary key (api_key_id, key)
);

-- Who looked at which person's data, from where (HSLF-FS 2016:40 4 kap. 9 §); kept at least five years.
create table access_log (
  id        bigint generated always as identity primary key,
  at        timestamptz not null,
  actor     text not null,
  unit      text not null default '',
  action    text not null,
  person_id bigint references person
);
create index access_log_person on access_log (person_id, at);
