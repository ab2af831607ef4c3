-- Staff members and the roles that were given to them, when and by whom. Nothing is deleted: what somebody did
-- years ago is still theirs, and it can be said which role they had then.
create table member (
  id       bigint generated always as identity primary key,
  email    text not null check (email = lower(email) and email like '%_@_%'),
  name     text not null check (name <> ''),
  added_at timestamptz not null,
  added_by text not null,
  ended_at timestamptz check (ended_at >= added_at),
  ended_by text,
  constraint member_ended_by_somebody check ((ended_at is null) = (ended_by is null))
);

-- Somebody who comes back is a new member: old roles don't come alive again.
create unique index member_of_email on member (email) where ended_at is null;

create table member_role (
  id       bigint generated always as identity primary key,
  member   bigint not null references member,
  role     text not null check (role in ('coordinator', 'approver', 'clinic', 'communicator', 'operator',
                                         'auditor', 'administrator')),
  clinic   text references clinic (hsa_id),
  given_at timestamptz not null,
  given_by text not null,
  ended_at timestamptz check (ended_at >= given_at),
  ended_by text,
  constraint member_role_at_a_clinic check ((role = 'clinic') = (clinic is not null)),
  constraint member_role_ended_by_somebody check ((ended_at is null) = (ended_by is null))
);

create unique index member_role_once on member_role (member, role, clinic) nulls not distinct
  where ended_at is null;

-- Who has left has no role: whichever is written first, the row of the member settles it.
create function member_role_of_a_live_member() returns trigger language plpgsql as $$
begin
  perform from member where id = new.member and ended_at is null for share;
  if not found then
    raise exception 'member % has left', new.member using errcode = 'check_violation';
  end if;
  return new;
end $$;

create trigger member_role_of_a_live_member before insert on member_role
  for each row execute function member_role_of_a_live_member();

create function member_leaves_without_roles() returns trigger language plpgsql as $$
begin
  update member_role set ended_at = new.ended_at, ended_by = new.ended_by
   where member = new.id and ended_at is null;
  return null;
end $$;

create trigger member_leaves_without_roles after update of ended_at on member
  for each row when (old.ended_at is null and new.ended_at is not null)
  execute function member_leaves_without_roles();
