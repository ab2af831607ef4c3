-- What became of each try at a door, added up in attempt_day each minute: a row that every visitor updates made them all
-- wait for each other. Nothing is lost but what a crash of the server takes: these are figures for staff, not a limit.
create unlogged table attempt (
  day     date not null,
  door    text not null check (door in ('booking', 'check', 'fraud-report')),
  outcome text not null check (outcome in ('known', 'wrong', 'turned-away'))
);
