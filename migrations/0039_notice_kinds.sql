-- A third kind of notice, information: what is new and what applies to the other groups.
alter table notice
  drop constraint notice_kind_check,
  add constraint notice_kind_check check (kind in ('fraud-warning', 'correction', 'information'));

-- No row changes: there are no messages of the new step yet.
drop index message_lost;
alter table message
  alter column lost set expression as (
    state in ('failed', 'suppressed', 'recalled')
    and step in ('invitation', 'fraud-warning', 'correction', 'information'));
create index message_lost on message (invitation_id) where lost;
