-- A message changes state at least twice, and each change wrote a new entry into all of its seven indexes, because four of them spoke of
-- the state. What must be found by its state now stands in a narrow table of its own, only while it is on its way out; no index of
-- message speaks of what changes, so a change of state is written beside the row, in the room its page keeps free (HOT), and no index
-- hears of it.

-- One row for each message that is queued, and for each SMS and e-mail that is being sent or in doubt; a letter that is being sent is
-- in a batch. Triggers on message keep it (below), nobody else writes it.
create table outgoing (
  message_id  uuid primary key,          -- no foreign key, which would look each row up once more: the triggers see to it
  state       text not null,
  channel     text not null,
  campaign_id bigint not null,
  priority    smallint not null,
  due_at      timestamptz not null,
  check (state = 'queued' or (channel <> 'letter' and state in ('sending', 'in-doubt')))
);
-- The next in order, of a campaign's letters and of everybody's SMS and e-mails.
create index outgoing_letters on outgoing (campaign_id, priority, due_at, message_id) where channel = 'letter' and state = 'queued';
create index outgoing_others on outgoing (channel, priority, due_at, message_id) include (campaign_id)
  where channel <> 'letter' and state = 'queued';
create index outgoing_under_way on outgoing (channel, campaign_id) where state <> 'queued'; -- SMS and e-mails

insert into outgoing (message_id, state, channel, campaign_id, priority, due_at)
  select id, state, channel, campaign_id, priority, due_at from message where state = 'queued' or (channel <> 'letter' and state in ('sending', 'in-doubt'));

-- Lock order: a message's row, then its outgoing one. Whoever changes a message holds its row when these triggers come to the other, and
-- who claims locks the message, not the outgoing row: so no two wait for each other.
-- By key whatever the set's size: the plan is made once a connection, and one made for 100 000 rows reads all of outgoing for each one.
create function outgoing_follows() returns trigger language plpgsql
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
begin
  if tg_op = 'INSERT' then
    insert into outgoing (message_id, state, channel, campaign_id, priority, due_at)
      select id, state, channel, campaign_id, priority, due_at from after where state = 'queued' or (channel <> 'letter' and state in ('sending', 'in-doubt'));
  elsif tg_op = 'DELETE' then
    delete from outgoing o using before b where o.message_id = b.id;
  else
    merge into outgoing o
    using after a on o.message_id = a.id
     when matched and not (a.state = 'queued' or (a.channel <> 'letter' and a.state in ('sending', 'in-doubt'))) then delete
     when matched and (o.state, o.priority, o.due_at) is distinct from (a.state, a.priority, a.due_at) then
          update set state = a.state, priority = a.priority, due_at = a.due_at
     when not matched and (a.state = 'queued' or (a.channel <> 'letter' and a.state in ('sending', 'in-doubt'))) then
          insert (message_id, state, channel, campaign_id, priority, due_at)
          values (a.id, a.state, a.channel, a.campaign_id, a.priority, a.due_at);
  end if;
  return null;
end $$;
create trigger outgoing_insert after insert on message referencing new table as after for each statement execute function outgoing_follows();
create trigger outgoing_update after update on message referencing new table as after for each statement execute function outgoing_follows();
create trigger outgoing_delete after delete on message referencing old table as before for each statement execute function outgoing_follows();

-- A batch knows its letters: an index of message by batch would be written for each letter that comes into one, and with it all others.
alter table batch add column letter_ids uuid[];  -- in the order they are printed, also of those that a batch given up had
update batch b set letter_ids = array(select id from message where batch_id = b.id order by id);
alter table batch alter column letter_ids set not null, alter column letter_ids set default '{}';

-- The same rule as before, for a set at once: of 1 000 letters that come into a batch each asked twice for its state (16 µs a letter).
-- Besides, who comes into a batch is among its letter_ids.
drop trigger sealed_batches_stay on message;
create or replace function sealed_batches_stay() returns trigger language plpgsql as $$
declare
  wrong record;
begin
  with came as (
    select id, batch_id from after where batch_id is not null
    except
    select id, batch_id from before
  ), went as (
    select id, batch_id from before where batch_id is not null
    except
    select id, batch_id from after
  )
  select x.id, x.batch_id into wrong
    from (
      select c.id, c.batch_id from came c left join batch b on b.id = c.batch_id where b.state is distinct from 'open'
      union all
      select w.id, w.batch_id from went w join batch b on b.id = w.batch_id where b.state in ('sealed', 'handed-over')
      union all
      (select id, batch_id from came
       except
       select unnest(b.letter_ids), b.id from batch b where b.id in (select batch_id from came))) x
   limit 1;
  if found then
    raise exception 'letter %: batch % is sealed, or made without it', wrong.id, wrong.batch_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger sealed_batches_stay after update on message referencing old table as before new table as after
  for each statement execute function sealed_batches_stay();

-- Who may answer a question, by phone. As a column it changes for questions alone; an index of recipient, even a partial one, would be
-- written with all others whenever any message gets its recipient.
alter table message
  set (fillfactor = 50), -- both changes of a whole page of rows, which go together: 94 % find room (at 60: 80 %)
  set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02),
  add column answers_from text generated always as (case when answer_code is not null then recipient end) stored,
  -- What reached nobody although somebody should have been told: looked for each minute, among all that has ever left.
  add column lost boolean not null generated always as (
    state in ('failed', 'suppressed', 'recalled') and step in ('invitation', 'fraud-warning', 'correction')) stored;
drop index message_question;
create index message_question on message (answers_from) where answer_code is not null;
create index message_lost on message (invitation_id) where lost;
drop index message_sent;
create index message_sent on message using brin (sent_at); -- rows are sent in about the order they were made
drop index message_due;
drop index message_next_letters;
drop index message_sending;
drop index message_batch;
drop index message_campaign;
create index message_campaign on message (campaign_id);

-- The index of times that can be had spoke of `booked`: each booking wrote into all indexes of slot. A time that was free and is still
-- free changes nothing in this one.
alter table slot
  set (fillfactor = 70),
  add column has_room boolean not null generated always as (booked < capacity + overbooking) stored;
drop index slot_free;
create index slot_free on slot (clinic_id, starts_at) where has_room;

-- Who has a time that is near is asked each minute; and what has had its time, out of all that is released.
create index invitation_appointment on invitation (appointment_id) where appointment_id is not null;
drop index invitation_campaign_state;
create index invitation_campaign_state on invitation (campaign_id, state, released_at);

-- Tables whose rows change while people book and messages leave. By default a table is cleared up when a fifth of it is dead.
alter table outgoing set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
alter table invitation set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table appointment set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
alter table slot set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
