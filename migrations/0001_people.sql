-- One row a record in the population register. Two records of one human being are linked: the record that is no longer
-- used points to the one that is (same_as), and only leading records (same_as is null) are members of cohorts.
create table person (
  id                bigint generated always as identity primary key,
  identity_number   text not null unique check (identity_number ~ '^[0-9]{8}[0-9A-Z]{4}$'),
  identity_kind     text not null check (identity_kind in ('personnummer', 'samordningsnummer', 'reserve-stockholm', 'reserve-vgr', 'reserve-national')),
  same_as           bigint references person,
  birth_date        date,               -- null: age unknown (samordningsnummer with month 00, day 60; some reserve numbers)
  sex               text check (sex in ('female', 'male')),
  given_name        text not null,
  family_name       text not null,
  -- {"careOf","street","postcode","town","country"}; country (ISO 3166-1 alpha-2, or as the register wrote it) only abroad
  registered_address jsonb,             -- folkbokföringsadress
  special_address   jsonb,              -- särskild postadress: goes before the registered one
  foreign_address   jsonb,              -- utlandsadress
  municipality      text check (municipality ~ '^[0-9]{4}$'), -- SCB's municipality code
  phone             text check (phone ~ '^\+[1-9][0-9]{6,14}$'),   -- E.164
  email             text,
  language          text not null default 'sv',  -- BCP 47
  easy_read         boolean not null default false,
  large_print       boolean not null default false,
  household         text,
  listed_clinic     text,               -- HSA-id; may be a clinic we don't know
  needs             text[] not null default '{}' check (needs <@ array['home-care', 'sabo', 'lss', 'anaphylaxis', 'wheelchair', 'interpreter']),
  protection        text not null default 'none' check (protection in ('none', 'sekretessmarkering', 'skyddad-folkbokforing')),
  deceased_on       date,
  emigrated_on      date,
  opted_out         boolean not null default false,
  gone_since        date,               -- was in an earlier whole file from the register, not in the latest
  created_at        timestamptz not null default now(),
  updated_at        timestamptz not null default now(),
  check (same_as is distinct from id)
);
create index person_same_as on person (same_as) where same_as is not null;
create index person_household on person (household) where household is not null;
create index person_birth_date on person (birth_date);
create index person_listed_clinic on person (listed_clinic);

-- A link may not lead to a record that is itself linked onwards: one step always reaches the leading record.
create function person_link_is_one_step() returns trigger language plpgsql as $$
begin
  if exists (select from person p where p.id = new.same_as and p.same_as is not null)
    or exists (select from person p where p.same_as = new.id) then
    raise exception 'person % can only be linked to a leading record', new.id using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger person_link_is_one_step before insert or update of same_as on person
  for each row when (new.same_as is not null) execute function person_link_is_one_step();

-- Promise 5: of the protected nothing is kept that could reach a channel or tell who they live with; of those with skyddad
-- folkbokföring no place either, for their post goes through Skatteverket. Whoever writes the row, it is stored bare.
create function person_protected_is_bare() returns trigger language plpgsql as $$
begin
  new.phone := null;
  new.email := null;
  new.household := null;
  if new.protection = 'skyddad-folkbokforing' then
    new.registered_address := null;
    new.special_address := null;
    new.foreign_address := null;
    new.listed_clinic := null;
  end if;
  return new;
end $$;
create trigger person_protected_is_bare before insert or update on person
  for each row when (new.protection <> 'none') execute function person_protected_is_bare();

-- Doses given, as reported by the clinics.
create table dose (
  person_id bigint not null references person,
  purpose   text not null,              -- e.g. covid-19/dose-1
  given_on  date not null,
  primary key (person_id, purpose)
);

-- Every file that was read, whatever came of it. rows and rejected are counts of data rows.
create table import (
  id          bigint generated always as identity primary key,
  kind        text not null check (kind in ('people', 'clinics', 'slots', 'supply', 'bookings')),
  file_name   text not null,
  sha256      text not null,
  rows        integer not null,
  rejected    integer not null,
  changeset   jsonb not null,           -- counts by kind of change
  part        boolean not null default false, -- held only some of them: the next file is not compared with it in size
  imported_at timestamptz not null
);
