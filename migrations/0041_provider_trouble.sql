-- A provider that doesn't take messages just now. One row while that lasts: its lanes wait until one message is tried.
create table provider_trouble (
  provider text primary key check (provider in ('sms', 'email')),
  -- what it said last
  code text not null,
  since timestamptz not null,
  probe_at timestamptz not null,
  probes integer not null default 0,
  -- when an alarm was given and campaigns were paused
  paused_at timestamptz
);

-- Paused by the program until this provider answers: what has been released leaves as soon as it can, nothing more is
-- released. A person's pause stops both.
alter table campaign
  add column waits_for text check (waits_for in ('sms', 'email')),
  add constraint campaign_waits_paused check (waits_for is null or state = 'paused');

-- When it last took a message, to the minute.
alter table provider_rate add column taken_at timestamptz;

-- When the message was first refused for a passing reason of its own.
alter table message add column refused_since timestamptz;
