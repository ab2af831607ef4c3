-- Letters to those with a protected identity. They are in no batch, are not messages that a worker could claim, and are read only by whoever
-- works with protected identities: each reading is noted in access_log first.
create table protected_letter (
  id               uuid primary key default gen_random_uuid(),
  campaign_id      bigint not null references campaign,
  person_id        bigint not null references person,
  purpose          text not null,
  -- own-address: to the address on record, posted with care. forwarding: no address is known; the number alone stands on a sealed envelope that
  -- Skatteverket sends on.
  way              text not null check (way in ('own-address', 'forwarding')),
  language         text not null,
  template         text not null,
  template_version text not null,
  check_code       text not null unique default new_code(),
  content          bytea not null,      -- the letter as it is drawn, whenever it is drawn
  content_sha256   text not null,
  made_at          timestamptz not null,
  made_by          text not null check (made_by <> ''),
  posted_at        timestamptz,
  posted_by        text,
  unique (person_id, purpose),          -- promise 1
  check ((posted_at is null) = (posted_by is null))
);
create index protected_letter_campaign on protected_letter (campaign_id);

-- What has been posted stays as it was.
create function protected_letter_stays() returns trigger language plpgsql as $$
begin
  raise exception 'a letter that has been posted is kept as it was';
end $$;
create trigger protected_letter_stays before update on protected_letter for each row when (old.posted_at is not null) execute function protected_letter_stays();
