-- What mail servers say later of e-mails that they had taken: from a mailbox, a file or the relay's webhook.
create table bounce (
  id bigint generated always as identity primary key,
  -- of what was received: the same one again, by whatever way, is one
  sha256 bytea not null unique check (length(sha256) = 32),
  source text not null check (source in ('mailbox', 'file', 'webhook')),
  -- where a person finds it: folder, UIDVALIDITY and UID; a file's name; the webhook's id
  place text not null,
  at timestamptz not null,
  -- kept: for a person to read, because nothing was sure enough to act on
  outcome text not null check (outcome in ('failed', 'delayed', 'delivered', 'kept')),
  why_kept text,
  -- of kept ones: the message that it names, if it is one of ours
  message_id uuid references message,
  code text,
  -- whether it is the address that is wrong (hard), or only this time (soft)
  hard boolean,
  settled_as text check (settled_as in ('failed', 'not-ours')),
  settled_by text,
  settled_at timestamptz,
  check ((outcome = 'kept') = (why_kept is not null)),
  check (outcome = 'kept' or message_id is not null),
  check (outcome = 'kept' or settled_at is null),
  check ((settled_as is null) = (settled_at is null) and (settled_at is null) = (settled_by is null))
);
create index bounce_open on bounce (id) where outcome = 'kept' and settled_at is null;
create index bounce_message on bounce (message_id);

-- How far a mailbox has been read, and since when it has been away.
create table bounce_mailbox (
  mailbox text primary key,
  uid_validity bigint,
  last_uid bigint not null default 0,
  read_at timestamptz,
  next_at timestamptz not null,
  failures integer not null default 0,
  code text,
  since timestamptz,
  check ((since is null) = (code is null))
);
