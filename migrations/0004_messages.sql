-- Letters handed to the print supplier together.
create table batch (
  id             bigint generated always as identity primary key,
  name           text not null unique,  -- the file's name without extension
  campaign_id    bigint not null references campaign,
  state          text not null default 'open' check (state in ('open', 'sealed', 'handing-over', 'handed-over', 'void')),
  letters        integer,
  pages          integer,
  pdf_sha256     text,
  batch_sha256   text,                  -- over the manifest's lines: what the supplier confirms
  created_at     timestamptz not null,
  sealed_at      timestamptz,
  handed_over_at timestamptz,
  check (state in ('open', 'void') or (letters is not null and pages is not null and pdf_sha256 is not null and batch_sha256 is not null and sealed_at is not null)),
  check ((state = 'handed-over') = (handed_over_at is not null))
);

-- One thing sent to one person on one channel in one language. The id is also our reference at every provider.
create table message (
  id            uuid primary key default gen_random_uuid(),
  invitation_id bigint not null references invitation,
  campaign_id   bigint not null references campaign,
  person_id     bigint not null references person,
  purpose       text not null,
  generation    smallint not null,
  step          text not null,          -- invitation, reminder: its place in the channel plan
  channel       text not null check (channel in ('letter', 'sms', 'email')),
  language      text not null,
  template      text not null,          -- e.g. invitation-open
  state         text not null default 'queued'
                check (state in ('queued', 'sending', 'in-doubt', 'sent', 'delivered', 'failed', 'suppressed', 'recalled')),
  reason        text,                   -- why suppressed, failed or recalled
  priority      smallint not null default 100, -- lower goes first
  due_at        timestamptz not null,
  attempts      smallint not null default 0,
  template_version text,
  recipient     text,                   -- the address it was sent to: E.164, e-mail; null for letters
  content       bytea,                  -- the bytes sent (letters: the composed letter that the page is drawn from)
  content_sha256 text,
  sending_since timestamptz,
  worker        text,                   -- who is sending it
  provider_id   text,
  sent_at       timestamptz,
  delivered_at  timestamptz,
  batch_id      bigint references batch,
  batch_page    integer,                -- first page in the batch
  check_code    text not null unique default new_code(), -- with which anyone can ask whether the message is real
  created_at    timestamptz not null,
  -- Promise 1: the same step of the same invitation to the same person leaves once a channel.
  constraint message_once unique (purpose, person_id, generation, step, channel) deferrable,
  -- Promise 6: nothing is on its way without the bytes being kept.
  check (state in ('queued', 'suppressed', 'recalled') or (content is not null and content_sha256 is not null and template_version is not null)),
  check ((state in ('failed', 'suppressed', 'recalled')) = (reason is not null)),
  check (state <> 'sending' or (sending_since is not null and worker is not null)),
  check (batch_id is null or channel = 'letter')
);
create trigger message_transition before update of state on message for each row execute function only_legal_transitions();
create trigger batch_transition before update of state on batch for each row execute function only_legal_transitions();
-- A batch is sealed once: afterwards no letter comes into it or leaves it, unless it is voided before it is handed over.
create function sealed_batches_stay() returns trigger language plpgsql as $$
begin
  if new.batch_id is distinct from old.batch_id and (
       exists (select from batch where id = new.batch_id and state <> 'open')
    or exists (select from batch where id = old.batch_id and state in ('sealed', 'handed-over'))) then
    raise exception 'letter %: batch % is sealed', new.id, coalesce(old.batch_id, new.batch_id) using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger sealed_batches_stay before update of batch_id on message for each row execute function sealed_batches_stay();
create index message_due on message (channel, priority, due_at) where state = 'queued';
create index message_sending on message (sending_since) where state in ('sending', 'in-doubt');
create index message_campaign on message (campaign_id, state);
create index message_person on message (person_id);
create index message_invitation on message (invitation_id);
create index message_batch on message (batch_id) where batch_id is not null;
create unique index message_provider on message (channel, provider_id) where provider_id is not null;

-- What a provider or supplier said happened. The same receipt twice is one row.
create table receipt (
  id          bigint generated always as identity primary key,
  message_id  uuid not null references message,
  status      text not null,
  at          timestamptz not null,
  error_code  text,
  raw         jsonb not null,           -- without personal data
  unique (message_id, status, at)
);

-- A rate limit that holds across processes and restarts: the time from which the provider is free again (GCRA).
create table provider_rate (
  provider text primary key,
  free_at  timestamptz not null
);
