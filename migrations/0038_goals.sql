-- Targets: which share of a group should have had a purpose by which day. A goal that is changed or removed keeps its row,
-- with who ended it and when: what was said can be shown.
create table goal (
  id         bigint generated always as identity primary key,
  name       text not null check (name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  purpose    text not null references purpose,
  who        text not null check (who <> ''),                          -- the group in Swedish, as shown
  cohort_id  bigint not null references cohort,
  share      numeric(5, 4) not null check (share > 0 and share <= 1),
  by_day     date not null,                                            -- reached at the end of this day
  set_by     text not null,
  set_at     timestamptz not null,
  ended_by   text,
  ended_at   timestamptz,
  constraint goal_ended_by_somebody check ((ended_by is null) = (ended_at is null)),
  constraint goal_ends_after_it_was_set check (ended_at >= set_at)
);
create unique index goal_in_force on goal (name) where ended_at is null;
