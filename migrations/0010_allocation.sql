-- What the allocation of fixed times has to know beyond needs: where people live, roughly, and what a clinic can do.
alter table clinic add column accessible boolean not null default true;   -- with a wheelchair
alter table clinic add column languages text[] not null default '{}';     -- BCP 47: spoken by staff or an interpreter on site

-- The middle of a postcode area (its first three digits) or of a municipality (SCB's four): nobody's home is stored nearer.
create table home_position (
  code      text primary key check (code ~ '^[0-9]{3,4}$'),
  name      text not null,
  latitude  double precision not null check (latitude between -90 and 90),
  longitude double precision not null check (longitude between -180 and 180)
);

-- Hours at which a person can come, by the clock in Sweden: {"weekdays":[1,2],"from":"10:00","until":"15:00"}; null: any.
alter table person add column can_come jsonb check (
  can_come is null or (jsonb_typeof(can_come) = 'object' and can_come - array['weekdays', 'from', 'until'] = '{}'
    and coalesce(can_come->>'from' ~ '^[0-2][0-9]:[0-5][0-9]$', true) and coalesce(can_come->>'until' ~ '^[0-2][0-9]:[0-5][0-9]$', true)
    and coalesce(jsonb_typeof(can_come->'weekdays') = 'array', true)));
