-- The access log and campaigns' events are only added to, and their lines are chained: each line's hash is of the line
-- and of the hash before it (src/evidence/log-chain.ts). They are chained afterwards, many at a time, so that nobody who
-- books or looks waits for anybody else's line.

-- Which transaction wrote a line. Those below every transaction under way are all there, or never come: the chain's
-- order is this one, and no line can come too late for it.
alter table access_log add column xact xid8 not null default pg_current_xact_id();
alter table campaign_event add column xact xid8 not null default pg_current_xact_id();
create index access_log_xact_id_idx on access_log (xact, id);
create index campaign_event_xact_id_idx on campaign_event (xact, id);

create table chained_line (
  log    text not null check (log in ('access_log', 'campaign_event')),
  n      bigint not null,            -- from 1, without gaps
  row_id bigint not null,
  hash   bytea not null,             -- SHA-256 of the hash before it and the line
  primary key (log, n),
  unique (log, row_id)
);
create table chain_head (
  log  text primary key check (log in ('access_log', 'campaign_event')),
  n    bigint not null default 0,
  hash bytea not null default '',
  xact xid8 not null default '0',    -- of the last line
  id   bigint not null default 0
);
insert into chain_head (log) values ('access_log'), ('campaign_event');

create function only_added_to() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name;
end $$;
create trigger access_log_only_added_to before update or delete or truncate on access_log
  for each statement execute function only_added_to();
create trigger campaign_event_only_added_to before update or delete or truncate on campaign_event
  for each statement execute function only_added_to();
create trigger chained_line_only_added_to before update or delete or truncate on chained_line
  for each statement execute function only_added_to();
