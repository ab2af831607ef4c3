-- The legal transitions of every state machine (drawn in docs/states.md). A state that isn't reached this way is refused.
create table transition (
  machine    text not null,
  from_state text not null,
  to_state   text not null,
  primary key (machine, from_state, to_state)
);
insert into transition (machine, from_state, to_state) values
  ('campaign', 'draft', 'approved'), ('campaign', 'draft', 'cancelled'),
  ('campaign', 'approved', 'planning'), ('campaign', 'approved', 'cancelled'),
  ('campaign', 'planning', 'running'), ('campaign', 'planning', 'cancelled'),
  ('campaign', 'running', 'paused'), ('campaign', 'running', 'finished'), ('campaign', 'running', 'cancelled'),
  ('campaign', 'paused', 'running'), ('campaign', 'paused', 'cancelled'),
  ('invitation', 'waiting', 'planned'), ('invitation', 'waiting', 'suppressed'), ('invitation', 'waiting', 'withdrawn'),
  ('invitation', 'planned', 'released'), ('invitation', 'planned', 'waiting'), ('invitation', 'planned', 'withdrawn'), ('invitation', 'planned', 'suppressed'),
  ('invitation', 'released', 'answered'), ('invitation', 'released', 'declined'), ('invitation', 'released', 'expired'),
  ('invitation', 'released', 'superseded'), ('invitation', 'released', 'withdrawn'),
  ('invitation', 'answered', 'released'), ('invitation', 'answered', 'declined'), ('invitation', 'answered', 'superseded'), ('invitation', 'answered', 'withdrawn'),
  ('invitation', 'declined', 'answered'), ('invitation', 'declined', 'released'), ('invitation', 'declined', 'superseded'), ('invitation', 'declined', 'withdrawn'),
  ('invitation', 'expired', 'answered'), ('invitation', 'expired', 'superseded'), ('invitation', 'expired', 'withdrawn'),
  ('message', 'queued', 'delivered'), ('message', 'queued', 'failed'), -- a receipt for a try that was given up
  ('message', 'queued', 'sending'), ('message', 'queued', 'suppressed'), ('message', 'queued', 'recalled'),
  ('message', 'sending', 'sent'), ('message', 'sending', 'queued'), ('message', 'sending', 'failed'), ('message', 'sending', 'in-doubt'),
  ('message', 'sending', 'suppressed'), ('message', 'sending', 'recalled'), ('message', 'sending', 'delivered'),
  ('message', 'in-doubt', 'sent'), ('message', 'in-doubt', 'queued'), ('message', 'in-doubt', 'failed'), ('message', 'in-doubt', 'delivered'),
  ('message', 'sent', 'delivered'), ('message', 'sent', 'failed'), ('message', 'failed', 'delivered'),
  ('batch', 'open', 'sealed'), ('batch', 'open', 'void'), ('batch', 'sealed', 'handing-over'), ('batch', 'sealed', 'void'),
  ('batch', 'handing-over', 'handed-over'), ('batch', 'handing-over', 'void');

create function only_legal_transitions() returns trigger language plpgsql as $$
begin
  if new.state <> old.state and not exists (
       select from transition t where t.machine = tg_table_name and t.from_state = old.state and t.to_state = new.state) then
    raise exception '% % may not go from % to %', tg_table_name, new.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- A code that people can read out and type: 8 characters of Crockford's base 32 (no I, L, O or U). Random ones would meet
-- (the birthday problem: one pair among a million with 45 in 100); so a running number is enciphered: a Feistel network of 6
-- rounds over 40 bits with a secret of this database's. Never the same twice, and nobody can reckon the next.
create sequence code_number minvalue 1 maxvalue 1099511627775;
create table code_key (secret bytea not null);
insert into code_key values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
create function new_code() returns text language plpgsql volatile as $$
declare
  n bigint := nextval('code_number');
  key bytea := (select secret from code_key);
  l int := (n >> 20)::int;
  r int := (n & 1048575)::int;
  hash bytea;
  kept int;
  code text := '';
begin
  for round in 1..6 loop
    hash := sha256(key || int4send(round) || int4send(r));
    kept := r;
    r := l # ((get_byte(hash, 0) << 12) | (get_byte(hash, 1) << 4) | (get_byte(hash, 2) >> 4));
    l := kept;
  end loop;
  n := (l::bigint << 20) | r;
  for place in 0..7 loop
    code := code || substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + ((n >> (5 * place)) & 31)::int, 1);
  end loop;
  return code;
end $$;

-- A cohort is a rule, versioned; its members are computed, never pasted.
create table cohort (
  id         bigint generated always as identity primary key,
  name       text not null,
  version    integer not null check (version > 0),
  rule       jsonb not null,
  created_at timestamptz not null,
  unique (name, version)
);

create table campaign (
  id          bigint generated always as identity primary key,
  name        text not null unique,     -- kebab-case: the handle in commands and URLs
  purpose     text not null,
  way         text not null check (way in ('timed', 'open')),
  cohort_id   bigint not null references cohort,
  reissue_of  bigint references campaign, -- its invitations may replace that campaign's
  spec        jsonb not null,           -- the whole campaign file as given and checked
  state       text not null default 'draft'
              check (state in ('draft', 'approved', 'planning', 'running', 'paused', 'finished', 'cancelled')),
  paused_why  text,
  created_by  text not null,
  created_at  timestamptz not null,
  planned_at  timestamptz,
  cohort_size integer,                  -- members when it was planned; the funnel adds up to this
  check ((state = 'paused') = (paused_why is not null)),
  check (state in ('draft', 'approved', 'planning', 'cancelled') or cohort_size is not null)
);

-- Promise 7: two people for a campaign.
create table campaign_approval (
  campaign_id bigint not null references campaign,
  approver    text not null,
  approved_at timestamptz not null,
  primary key (campaign_id, approver)
);
create function campaign_needs_two_people() returns trigger language plpgsql as $$
begin
  if new.state in ('approved', 'planning', 'running') and old.state = 'draft'
     and (select count(*) from campaign_approval where campaign_id = new.id) < 2 then
    raise exception 'campaign % has not been approved by two people', new.name using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger campaign_needs_two_people before update of state on campaign
  for each row execute function campaign_needs_two_people();

create trigger campaign_transition before update of state on campaign for each row execute function only_legal_transitions();

-- Who did what to a campaign, when.
create table campaign_event (
  id          bigint generated always as identity primary key,
  campaign_id bigint not null references campaign,
  at          timestamptz not null,
  actor       text not null,
  event       text not null,
  details     jsonb not null default '{}'
);

-- The invitations released on one day in one area, with the reason for the number (promise 10).
create table wave (
  id          bigint generated always as identity primary key,
  campaign_id bigint not null references campaign,
  area        text not null,
  day         date not null,
  number      integer not null check (number >= 0),
  bound       text not null,
  reckoning   jsonb not null,           -- everything the number was reckoned from
  released_at timestamptz not null,
  unique (campaign_id, area, day)       -- a second run the same day releases nothing extra
);

-- One row for each member of the cohort, whatever became of it: the funnel adds up because nobody is without a state.
create table invitation (
  id          bigint generated always as identity primary key,
  campaign_id bigint not null references campaign,
  person_id   bigint not null references person,
  purpose     text not null,
  generation  smallint not null default 1 check (generation > 0), -- 1: the first; 2: the reissue that replaces it …
  replaces_id bigint unique references invitation,
  state       text not null check (state in ('suppressed', 'waiting', 'planned', 'released', 'answered', 'declined', 'expired', 'superseded', 'withdrawn')),
  reason      text,                     -- a reason code of campaigns/reasons.ts
  area        text,
  priority    integer not null default 0, -- lower goes first
  route       text,                     -- which line of the channel plan this person got
  language    text,
  code        text not null unique default new_code(), -- what the person books with
  appointment_id bigint references appointment, -- timed: the fixed time
  wave_id     bigint references wave,
  released_at timestamptz,
  state_since timestamptz not null,
  unique (campaign_id, person_id) deferrable, -- linked records change places in one statement (follow-links.ts)
  check (generation = 1 or replaces_id is not null),
  check ((state in ('suppressed', 'withdrawn', 'waiting')) = (reason is not null)),
  check (state in ('suppressed', 'withdrawn') or (area is not null and route is not null and language is not null)),
  check (state not in ('released', 'answered', 'declined', 'expired', 'superseded') or wave_id is not null)
);
-- Promise 1: nobody is invited twice for the same purpose, whatever the campaign. A reissue is the next generation and
-- must point at what it replaces.
create unique index invitation_once on invitation (purpose, person_id, generation) where state not in ('suppressed', 'waiting', 'withdrawn');
create unique index invitation_one_live on invitation (purpose, person_id) where state in ('planned', 'released', 'answered', 'declined');
create index invitation_waiting on invitation (campaign_id, area, priority, id) where state = 'planned';
create index invitation_person on invitation (person_id);
create index invitation_campaign_state on invitation (campaign_id, state);

create trigger invitation_transition before update of state on invitation for each row execute function only_legal_transitions();

-- What became of a cohort, in one line a state and reason. Adds up to campaign.cohort_size.
create view funnel as
  select i.campaign_id, i.state, i.reason, count(*)::integer as number
    from invitation i group by i.campaign_id, i.state, i.reason;

-- Promise 4: when a campaign's plan is made, nobody in the cohort is without a state; afterwards nobody comes or goes.
create function funnel_adds_up() returns trigger language plpgsql as $$
begin
  if new.cohort_size <> (select count(*) from invitation where campaign_id = new.id) then
    raise exception 'campaign %: the funnel does not add up to the cohort', new.name using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger funnel_adds_up after update of cohort_size, state on campaign deferrable initially deferred
  for each row when (new.cohort_size is not null) execute function funnel_adds_up();
create function invitations_stay() returns trigger language plpgsql as $$
begin
  raise exception 'an invitation is never removed: it ends in a state with a reason' using errcode = 'check_violation';
end $$;
create trigger invitations_stay before delete on invitation for each statement execute function invitations_stay();

-- Somebody looked for a time and found none: for the release controller, and for the reissue.
create table failed_search (
  id            bigint generated always as identity primary key,
  invitation_id bigint not null references invitation,
  at            timestamptz not null
);
create index failed_search_invitation on failed_search (invitation_id);
