-- Somebody whose time is changed so late that a letter can't tell them is told on another channel, else called by the
-- clinic.
alter table call_list
  drop constraint call_list_why_check,
  add constraint call_list_why_check check (why in ('no-reachable-channel', 'marked', 'moved-time', 'lost-time')),
  drop constraint call_list_outcome_check,
  add constraint call_list_outcome_check check (outcome in ('booked', 'told', 'declined', 'not-reachable', 'other-route'));
alter table call_try
  drop constraint call_try_outcome_check,
  add constraint call_try_outcome_check
    check (outcome in ('no-answer', 'call-back', 'wrong-number', 'booked', 'told', 'declined', 'not-reachable', 'other-route'));

-- Who waits in the queue although there are free times, because they are too near.
alter table reissue_move
  drop constraint reissue_move_check1,
  add constraint reissue_move_reason check (
    case outcome
      when 'by-hand' then reason is not null
      when 'queued' then reason is null or reason = 'short-notice'
      else reason is null end);
