-- When a mail server said that the address is wrong. It stands until the person has another one.
alter table person add column email_bounced_on date;

create function person_email_is_new() returns trigger language plpgsql as $$
begin
  new.email_bounced_on := null;
  return new;
end $$;
create trigger person_email_is_new
  before update of email on person
  for each row when (old.email is distinct from new.email and new.email_bounced_on is not null)
  execute function person_email_is_new();
