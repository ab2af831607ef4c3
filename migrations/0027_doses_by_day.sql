-- Doses limit every path that gives, sells or moves times, as places do: a constraint, not a check in each path.

-- The last day on which a delivery's doses can be used, and deliveries that the clinic says have come.
alter table supply
  add column use_by date,
  add constraint supply_used_after_it_comes check (use_by >= day),
  drop constraint supply_state_check,
  add constraint supply_state_check check (state in ('planned', 'confirmed', 'received'));

create or replace view supply_now as
  select distinct on (clinic_id, day) id, clinic_id, day, vials, dose_min, dose_expected, dose_max, state, published_on,
         note, import_id, believed_at, use_by
    from supply
   order by clinic_id, day, id desc;

-- What a clinic says of its doses beside the deliveries.
create table dose_event (
  id        bigint generated always as identity primary key,
  clinic_id bigint not null references clinic,
  day       date not null,
  -- discarded: thrown away; drawn: so many got out of so many vials; found: left over, offered at once;
  -- counted: so many there are for the day's visits and later
  kind      text not null check (kind in ('discarded', 'drawn', 'found', 'counted')),
  doses     int not null check (doses >= 0),
  vials     int check (vials > 0),
  reason    text,
  said_by   text not null,
  said_at   timestamptz not null,
  constraint dose_event_drawn_from_vials check ((kind = 'drawn') = (vials is not null)),
  constraint dose_event_discarded_why check (kind <> 'discarded' or reason is not null)
);
create index dose_event_day on dose_event (clinic_id, day, id);

-- The clinics that doses limit, and the day from which their spans are counted. Its row is the lock under which a
-- clinic's spans are counted and doses taken: after the slots, in the order of the clinics.
create table clinic_doses (
  clinic_id  bigint primary key references clinic,
  counted_on date not null
);

-- At most so many people between two moments, because there are no more doses that can be used then
-- (src/clinics/doses/spans.ts). What came from outside, or was given before a delivery shrank, is kept as short: until it
-- fits again nobody is added.
create table dose_span (
  id        bigint generated always as identity primary key,
  clinic_id bigint not null references clinic_doses,
  starts_at timestamptz not null,
  ends_at   timestamptz not null,
  doses     int not null check (doses >= 0),
  taken     int not null check (taken >= 0),
  short     int not null default 0 check (short >= 0),
  spent     boolean not null generated always as (taken >= doses) stored,
  unique (clinic_id, starts_at, ends_at),
  constraint dose_span_never_more_than_doses check (taken <= doses + short),
  check (starts_at < ends_at)
) with (fillfactor = 50);

-- Holds the doses of the clinics of these slots, which the caller holds already, until the transaction ends.
create function hold_doses(slots bigint[]) returns void language sql as $$
  select from clinic_doses
   where clinic_id in (select clinic_id from slot where id = any(slots))
   order by clinic_id
     for update
$$;

-- So many people more, or fewer, in each of these slots.
create function take_doses(slots bigint[], people bigint[]) returns void language plpgsql as $$
begin
  perform from clinic_doses
    where clinic_id in (select clinic_id from slot where id = any(slots))
    order by clinic_id
      for update;
  if not found then
    return;
  end if;
  -- a statement of its own: it sees what was counted while this one waited
  update dose_span d
     set taken = d.taken + n.people,
         short = least(d.short, greatest(0, d.taken + n.people - d.doses))
    from (
      select x.id, sum(t.people) as people
        from unnest(slots, people) t (slot_id, people)
        join slot s on s.id = t.slot_id
        join dose_span x on x.clinic_id = s.clinic_id and s.starts_at >= x.starts_at and s.starts_at < x.ends_at
       group by x.id
      having sum(t.people) <> 0) n
   where d.id = n.id;
end $$;

create function appointment_takes_doses() returns trigger language plpgsql as $$
declare
  slots bigint[];
  people bigint[];
begin
  if tg_op = 'INSERT' then
    select array_agg(d.slot_id), array_agg(d.n) into slots, people
      from (select slot_id, count(*) n from after where state in ('booked', 'attended', 'no-show') group by slot_id) d;
  elsif tg_op = 'DELETE' then
    select array_agg(d.slot_id), array_agg(-d.n) into slots, people
      from (select slot_id, count(*) n from before where state in ('booked', 'attended', 'no-show') group by slot_id) d;
  else
    select array_agg(d.slot_id), array_agg(d.n) into slots, people
      from (select slot_id, sum(n)::bigint n from (
              select slot_id, 1 n from after where state in ('booked', 'attended', 'no-show')
              union all
              select slot_id, -1 from before where state in ('booked', 'attended', 'no-show')) x
             group by slot_id having sum(n) <> 0) d;
  end if;
  if slots is not null then
    perform take_doses(slots, people);
  end if;
  return null;
end $$;

-- After appointment_counts, which locks the slots: triggers run by name.
create trigger appointment_takes_doses_insert after insert on appointment
  referencing new table as after for each statement execute function appointment_takes_doses();
create trigger appointment_takes_doses_update after update on appointment
  referencing old table as before new table as after for each statement execute function appointment_takes_doses();
create trigger appointment_takes_doses_delete after delete on appointment
  referencing old table as before for each statement execute function appointment_takes_doses();

-- When a clinic still has doses to give: the times outside its spent spans.
create function times_with_doses(clinic bigint) returns table (opens_at timestamptz, closes_at timestamptz)
language sql stable as $$
  select coalesce(lower(r), '-infinity'), coalesce(upper(r), 'infinity')
    from unnest(
           tstzmultirange(tstzrange(null, null)) - coalesce(
             (select range_agg(tstzrange(starts_at, nullif(ends_at, 'infinity')))
                from dose_span
               where clinic_id = clinic
                 and spent),
             '{}')) r
$$;

-- What was believed before this counts from now on.
insert into clinic_doses (clinic_id, counted_on)
  select distinct clinic_id, '-infinity'::date from supply;
