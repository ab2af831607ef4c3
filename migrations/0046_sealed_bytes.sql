-- A letter that has been posted is kept as it was, but its bytes may be sealed with a new key (keys rotate): their
-- hash, which is of what they were, stays.
drop trigger protected_letter_stays on protected_letter;
create trigger protected_letter_stays before update on protected_letter
  for each row when (
    old.posted_at is not null
    and (substring(new.content from 1 for 1) is distinct from '\x01'
      or to_jsonb(old) - 'content' is distinct from to_jsonb(new) - 'content'))
  execute function protected_letter_stays();
