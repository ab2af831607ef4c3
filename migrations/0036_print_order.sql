-- Letters are printed by when they must leave, not by when they were made: with ten a day, letters about times of the
-- next week waited behind invitations that may come any day.
alter table message
  add column leave_by timestamptz,
  add constraint message_leave_by_letters check (leave_by is null or channel = 'letter');
comment on column message.leave_by is 'of a letter: when it must be with the printer; null: at once';

alter table outgoing add column leave_by timestamptz;
update outgoing set leave_by = due_at;
alter table outgoing alter column leave_by set not null;
drop index outgoing_letters;
create index outgoing_letters on outgoing (campaign_id, priority, leave_by, message_id) include (due_at)
  where channel = 'letter' and state = 'queued';

create or replace function outgoing_follows() returns trigger language plpgsql
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  if tg_op = 'INSERT' then
    insert into outgoing (message_id, state, channel, campaign_id, priority, due_at, leave_by)
      select id, state, channel, campaign_id, priority, due_at, coalesce(leave_by, due_at)
        from after
       where state = 'queued' or (channel <> 'letter' and state in ('sending', 'in-doubt'));
  elsif tg_op = 'DELETE' then
    delete from outgoing o using before b where o.message_id = b.id;
  else
    merge into outgoing o
    using after a on o.message_id = a.id
     when matched and not (a.state = 'queued' or (a.channel <> 'letter' and a.state in ('sending', 'in-doubt'))) then delete
     when matched and (o.state, o.priority, o.due_at, o.leave_by)
                      is distinct from (a.state, a.priority, a.due_at, coalesce(a.leave_by, a.due_at)) then
          update set state = a.state, priority = a.priority, due_at = a.due_at, leave_by = coalesce(a.leave_by, a.due_at)
     when not matched and (a.state = 'queued' or (a.channel <> 'letter' and a.state in ('sending', 'in-doubt'))) then
          insert (message_id, state, channel, campaign_id, priority, due_at, leave_by)
          values (a.id, a.state, a.channel, a.campaign_id, a.priority, a.due_at, coalesce(a.leave_by, a.due_at));
  end if;
  return null;
end $$;
