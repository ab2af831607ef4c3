-- SMS and e-mail leave in lanes that look at the messages themselves. The jobs that called for them, one for each booking, are of
-- no use: 100 000 of them in front of the next call kept it waiting for hours.
do $$
begin
  if to_regprocedure('pgboss.delete_queue(text)') is not null then
    perform pgboss.delete_queue(name) from pgboss.queue where name in ('dispatch', 'notice-dispatch');
  end if;
end $$;

-- The time of the last send that was allowed, instead of the time from which the next is: what is next follows from the limit as
-- it is set now. A limit set far too low once left a time an hour ahead, which setting it right did not undo.
delete from provider_rate;
alter table provider_rate rename column free_at to last_at;
insert into provider_rate (provider, last_at) values ('sms', '-infinity'), ('email', '-infinity');
