-- What people write by SMS that no rule may judge is read by a person, and who writes STOPP gets no more SMS.

-- Numbers that want no SMS. By number, not by person: a later register says nothing of it.
create table sms_stop (
  phone text primary key,
  at timestamptz not null
);

create table sms_reply (
  id bigint generated always as identity primary key,
  provider_id text not null unique references sms_answer,
  at timestamptz not null,
  phone text not null,
  said text not null,
  -- stop: has been done, and is told to staff; unclear: is to be answered
  kind text not null check (kind in ('unclear', 'stop')),
  -- the question that was open on the phone, when it was one
  message_id uuid references message,
  settled_as text check (settled_as in ('yes', 'no', 'read')),
  settled_by text,
  settled_at timestamptz,
  check ((settled_as is null) = (settled_at is null) and (settled_at is null) = (settled_by is null))
);
create index sms_reply_open on sms_reply (id) where settled_at is null;
create index sms_reply_message on sms_reply (message_id);
