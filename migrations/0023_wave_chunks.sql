-- A wave is released in chunks of some thousand, each in a transaction of its own, so that the first letters are printed
-- while the rest is released, and nobody waits for a long transaction. What is left of the day's number is kept with it:
-- a program that was killed continues with that, and when nobody is left to release, nothing is.
alter table wave
  add column unreleased integer not null default 0,
  add constraint wave_unreleased check (unreleased between 0 and number);
-- Waves have been released whole until now; only those of notices may be under way.
update wave w
   set unreleased = greatest(0, w.number - (select count(*) from invitation i where i.wave_id = w.id))
  from campaign c
 where c.id = w.campaign_id
   and c.way = 'notice'
   and c.state = 'running';
