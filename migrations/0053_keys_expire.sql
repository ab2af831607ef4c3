-- A key ends, can be replaced while the old one still works for some days, and one for bookings is a clinic's.
alter table api_key
  add column expires_at timestamptz,
  add column clinic text references clinic (hsa_id),
  add column old_sha256 text unique,
  add column old_until timestamptz,
  add column last_used_on date,
  add constraint api_key_old_ends check ((old_sha256 is null) = (old_until is null));
