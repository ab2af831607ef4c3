-- What a campaign can be for is made once, here. A code with a slip of the finger would be a purpose of its own, and invite
-- everybody again.
create table purpose (
  code        text primary key check (code <> ''),  -- new ones have the form of purposes/purpose.ts
  name        text not null check (name <> ''),   -- in Swedish, for staff
  words       jsonb not null default '{}'         -- as residents read it, by language; a campaign can have words of its own
                check (jsonb_typeof(words) = 'object'),
  valid_from  date,
  valid_until date,                               -- the last day on which a campaign can be made for it
  routes      jsonb not null                      -- what a need leads to: {"home-care": "municipality"}
                check (jsonb_typeof(routes) = 'object'),
  made_by     text not null,
  made_at     timestamptz not null,
  check (valid_until >= valid_from)
);

insert into purpose (code, name, words, routes, made_by, made_at)
select u.code, coalesce(c.what->>'sv', u.code), coalesce(c.what, '{}'),
       '{"home-care": "municipality", "sabo": "municipality"}', 'migration', now()
  from (select purpose as code from campaign where way <> 'notice'
        union select purpose from dose
        union select purpose from waiting_dose
        union select purpose from dose_interval
        union select next_purpose from dose_interval
        union select purpose from next_dose
        union select purpose from appointment
        union select purpose from outside_booking
        union select purpose from reserve_list
        union select purpose from reserve_round
        union select purpose from ordination) u
  left join lateral (
       select spec->'what' as what
         from campaign
        where purpose = u.code
          and way <> 'notice'
        order by id desc
        limit 1) c on true;

-- A notice is a purpose of its own, which nobody chooses.
alter table campaign
  add column registered_purpose text
      generated always as (case when way <> 'notice' then purpose end) stored references purpose;
-- Invitations, messages and appointments have theirs from a campaign or from these.
alter table dose add foreign key (purpose) references purpose;
alter table waiting_dose add foreign key (purpose) references purpose;
alter table dose_interval
  add foreign key (purpose) references purpose,
  add foreign key (next_purpose) references purpose;
alter table outside_booking add foreign key (purpose) references purpose;
alter table reserve_list add foreign key (purpose) references purpose;
alter table reserve_round add foreign key (purpose) references purpose;
alter table ordination add foreign key (purpose) references purpose;
