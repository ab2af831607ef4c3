-- Two people approve a campaign with its texts as they are then (promise 7): each approval keeps their versions, and an approval of other
-- versions is another row. null: approved before versions were kept, or a reissue, whose texts no campaign file names.
alter table campaign_approval drop constraint campaign_approval_pkey;
alter table campaign_approval add column id bigint generated always as identity primary key;
alter table campaign_approval add column texts jsonb check (jsonb_typeof(texts) = 'object'); -- "invitation-open sv letter": "1-3fa2b1c0"
create index campaign_approval_campaign on campaign_approval (campaign_id, approver, id);

-- The approvals that count: each person's latest, if it is of the versions that the campaign's latest approval is of.
create view approval_in_force as
  select a.campaign_id, a.approver, a.approved_at, a.texts
    from (select distinct on (campaign_id, approver) * from campaign_approval order by campaign_id, approver, id desc) a
    join (select distinct on (campaign_id) campaign_id, texts from campaign_approval order by campaign_id, id desc) n
      on n.campaign_id = a.campaign_id and n.texts is not distinct from a.texts;

create or replace function campaign_needs_two_people() returns trigger language plpgsql as $$
begin
  if new.state in ('approved', 'planning', 'running') and old.state in ('draft', 'approved', 'paused') and new.state <> old.state
     and (select count(*) from approval_in_force where campaign_id = new.id) < 2 then
    raise exception 'campaign % has not been approved by two people with the same texts', new.name using errcode = 'check_violation';
  end if;
  return new;
end $$;

-- What a finished campaign still sends (reminders of times, confirmations) can be stopped too.
insert into transition (machine, from_state, to_state) values ('campaign', 'finished', 'paused');
