-- Which feed published a slot (its manifest's request): the feed's next publication is a full set, and closes what it
-- no longer names. Null: from a file, or our own.
alter table slot add column published_by text;
create index slot_published on slot (published_by, clinic_id) where published_by is not null;
