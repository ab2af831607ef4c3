-- The public halves of the keys that letters' 2D codes are signed with, by which anybody can check a letter offline. The private half is
-- configuration and in no database. Old keys stay: a letter can be checked as long as it lies about.
create table signing_key (
  id         text primary key check (id ~ '^[A-Za-z0-9_-]{6}$'),
  public_key text not null unique check (length(public_key) = 43), -- Ed25519, base64url (x of RFC 8037)
  valid_from date not null,             -- the dates on the letters that it may have signed
  valid_to   date check (valid_to >= valid_from)
);
create unique index signing_key_one_in_use on signing_key ((true)) where valid_to is null;

-- How often codes were tried, day by day: staff see when somebody guesses. `guess` holds the windows that limit it and forgets.
create table attempt_day (
  day         date not null,
  door        text not null check (door in ('booking', 'check', 'fraud-report')),
  asked       integer not null default 0, -- looked up
  known       integer not null default 0, -- of these: there is such a code (and, for bookings, the birth date fits)
  turned_away integer not null default 0, -- over the limit: not looked up
  primary key (day, door),
  check (known between 0 and asked)
);

-- What residents tell about messages that may be fraud. The form's number makes a second click the same report.
create table fraud_report (
  id          bigint generated always as identity primary key,
  form        uuid not null unique,
  received_at timestamptz not null,
  language    text not null,
  channel     text not null check (channel in ('sms', 'email', 'letter', 'phone', 'visit', 'other')),
  happened    text not null check (length(happened) <= 100), -- when, in the resident's words
  sender      text not null check (length(sender) <= 200),   -- the number, address or name that it came from
  content     text not null check (length(content) <= 4000),
  contact     text not null check (length(contact) <= 200),  -- '' when the resident wants no answer
  handled_at  timestamptz,
  handled_by  text,
  note        text check (length(note) <= 2000),
  check (sender <> '' or content <> ''),
  check ((handled_at is null) = (handled_by is null))
);
create index fraud_report_new on fraud_report (received_at) where handled_at is null;

-- Who got what lately (report duplicates, evidence).
create index message_sent on message (sent_at) where sent_at is not null;
