-- A notice (fraud warning, correction) that is sent is a campaign of its own way: two approvals, a plan in which nobody is
-- without a state, waves, batches, pause and cancel hold for it as for every campaign.
alter table campaign drop constraint campaign_way_check;
alter table campaign add constraint campaign_way_check check (way in ('timed', 'open', 'notice'));

-- What a notice is beside its campaign: public or not, since when, until when.
create table notice (
  campaign_id  bigint primary key references campaign,
  kind         text not null check (kind in ('fraud-warning', 'correction')),
  corrects     text,                    -- what a correction is of, as it was asked for: campaign, batch, wave, notice, reconciliation:ID
  is_public    boolean not null,
  published_at timestamptz,             -- on the region's page and in the feeds since
  lifted_at    timestamptz,             -- no longer in force
  lifted_by    text,
  check ((kind = 'correction') = (corrects is not null)),
  check (published_at is null or is_public),
  check ((lifted_at is null) = (lifted_by is null))
);
create index notice_published on notice (published_at) where published_at is not null;

-- Which message each invitation to a correction is about: the one its person got, and which the correction supersedes.
create table corrected_message (
  invitation_id bigint primary key references invitation,
  message_id    uuid not null references message
);
create index corrected_message_message on corrected_message (message_id);

-- A household that gets one message: when it can't reach the one it was for, it goes to the next member.
insert into transition (machine, from_state, to_state) values ('invitation', 'suppressed', 'planned');

-- Times of heightened fraud: while one is open, every message that is composed carries the warning.
create table heightened_fraud (
  id        bigint generated always as identity primary key,
  set_at    timestamptz not null,
  set_by    text not null check (set_by <> ''),
  why       text not null check (why <> ''),
  lifted_at timestamptz,
  lifted_by text check (lifted_by <> ''),
  check (lifted_at >= set_at),
  check ((lifted_at is null) = (lifted_by is null))
);
create unique index heightened_fraud_one on heightened_fraud ((true)) where lifted_at is null;

-- The public page of a notice, and the warning that is put into other texts, are read and approved as all texts are.
alter table text_approval drop constraint text_approval_channel_check;
alter table text_approval add constraint text_approval_channel_check
  check (channel in ('letter', 'sms', 'email', 'phone-script', 'contact-card', 'back', 'page', 'warning'));

-- Who is told by another member of the household, and by whom.
create table household_share (
  invitation_id bigint primary key references invitation,
  told_by       bigint not null references invitation
);
create index household_share_told_by on household_share (told_by);
