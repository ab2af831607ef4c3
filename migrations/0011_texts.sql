-- Who has read a translation and stands for it (promise 7). Both hashes are kept: a changed word of the translation, or of the Swedish text
-- it was made from, is no longer what was approved.
create table text_approval (
  template    text not null,
  language    text not null check (language <> 'sv'),  -- the Swedish texts are approved with the campaign, by two people
  channel     text not null check (channel in ('letter', 'sms', 'email', 'phone-script', 'contact-card', 'back')),
  version     text not null,
  source      text not null,            -- the hash of the Swedish text
  approver    text not null check (approver <> ''),
  approved_at timestamptz not null,
  primary key (template, language, channel, version, source)
);
