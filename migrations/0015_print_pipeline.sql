-- What a letter costs on its way from plan to sealed batch was mostly indexes, triggers and the same words kept again for every letter.
-- Measured in processor time of the server, a letter: docs/letters.md.

-- The same codes as before, reckoned with a fifth of the steps: half a Feistel round after the other, in place.
create or replace function new_code() returns text language plpgsql volatile as $$
declare
  n bigint := nextval('code_number');
  key bytea := (select secret from code_key);
  l int := (n >> 20)::int;
  r int := (n & 1048575)::int;
  signs constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
begin
  -- the first 20 bits of each hash
  l := l # ('x' || left(encode(sha256(key || int4send(1) || int4send(r)), 'hex'), 5))::bit(20)::int;
  r := r # ('x' || left(encode(sha256(key || int4send(2) || int4send(l)), 'hex'), 5))::bit(20)::int;
  l := l # ('x' || left(encode(sha256(key || int4send(3) || int4send(r)), 'hex'), 5))::bit(20)::int;
  r := r # ('x' || left(encode(sha256(key || int4send(4) || int4send(l)), 'hex'), 5))::bit(20)::int;
  l := l # ('x' || left(encode(sha256(key || int4send(5) || int4send(r)), 'hex'), 5))::bit(20)::int;
  r := r # ('x' || left(encode(sha256(key || int4send(6) || int4send(l)), 'hex'), 5))::bit(20)::int;
  return substr(signs, 1 + (r & 31), 1) || substr(signs, 1 + ((r >> 5) & 31), 1) || substr(signs, 1 + ((r >> 10) & 31), 1) || substr(signs, 1 + (r >> 15), 1)
      || substr(signs, 1 + (l & 31), 1) || substr(signs, 1 + ((l >> 5) & 31), 1) || substr(signs, 1 + ((l >> 10) & 31), 1) || substr(signs, 1 + (l >> 15), 1);
end $$;

-- Legal transitions, without asking the table for each row: the trigger's own condition lets those through that the table had when it was
-- made, and whatever else comes is looked up. Made anew whenever the table changes.
create function transitions_known() returns trigger language plpgsql as $$
declare
  watched text;
  legal text;
begin
  foreach watched in array array['message', 'invitation'] loop -- the tables of many rows
    select string_agg(format('(%L, %L)', from_state, to_state), ', ' order by from_state, to_state) into legal from transition where machine = watched;
    execute format('create or replace trigger %1$I after update of state on %2$I for each row
                      when (old.state <> new.state and (old.state, new.state) not in (%3$s)) execute function only_legal_transitions()', watched || '_transition', watched, legal);
  end loop;
  return null;
end $$;
drop trigger message_transition on message;
drop trigger invitation_transition on invitation;
create trigger transitions_known after insert or update or delete on transition for each statement execute function transitions_known();
update transition set machine = machine where false; -- makes them

drop trigger sealed_batches_stay on message;
create trigger sealed_batches_stay after update of batch_id on message
  for each row when (new.batch_id is distinct from old.batch_id) execute function sealed_batches_stay();

-- The letters that are composed together are kept together, packed: neighbours share nearly all their words, so each takes some tens of
-- bytes instead of two thousand. A message says which line is its own; the line is what its content_sha256 is of.
create table kept_letters (
  id     bigint generated always as identity primary key,
  packed bytea not null                 -- zlib over JSON Lines, one letter a line
);
alter table kept_letters alter column packed set storage external; -- packed already
alter table message
  add column kept_in bigint references kept_letters,
  add column kept_line integer,         -- from 0
  add constraint message_kept_has_line check ((kept_in is null) = (kept_line is null)),
  drop constraint message_check,
  -- Promise 6: nothing is on its way without the bytes being kept.
  add constraint message_bytes_kept check (
    state in ('queued', 'suppressed', 'recalled') or ((content is not null or kept_in is not null) and content_sha256 is not null and template_version is not null));

-- Of a batch's letters in the order they are printed, known from the sealing on; each letter's row is told when it is sent.
alter table batch
  add column first_pages integer[],
  add column letter_hashes text[];

-- Each index is written anew whenever a row changes. One index serves who looks for a person's messages and who counts them once.
drop index message_person;
alter table message drop constraint message_once;
alter table message add constraint message_once unique nulls not distinct (person_id, purpose, generation, step, channel, appointment_id) deferrable;
-- The next letters of a campaign, in order, without sorting all that wait.
create index message_next_letters on message (campaign_id, priority, due_at, id) where channel = 'letter' and state = 'queued';
drop index message_due;
create index message_due on message (channel, priority, due_at) where channel <> 'letter' and state = 'queued';
alter table invitation drop constraint invitation_replaces_id_key;
create unique index invitation_replaces on invitation (replaces_id) where replaces_id is not null;
