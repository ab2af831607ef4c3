-- What the migrations make. Written by `npm run schema`; CI fails when it is stale.

create table access_log (
  id bigint generated always as identity not null,
  at timestamp with time zone not null,
  actor text not null,
  unit text not null default ''::text,
  action text not null,
  person_id bigint,
  xact xid8 not null default pg_current_xact_id(),
  constraint access_log_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint access_log_pkey PRIMARY KEY (id)
);
create table api_key (
  id bigint generated always as identity not null,
  name text not null,
  key_sha256 text not null,
  rights text[] not null,
  created_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  expires_at timestamp with time zone,
  clinic text,
  old_sha256 text,
  old_until timestamp with time zone,
  last_used_on date,
  constraint api_key_old_ends CHECK (((old_sha256 IS NULL) = (old_until IS NULL))),
  constraint api_key_rights_check CHECK ((rights <@ ARRAY['read'::text, 'write'::text, 'approve'::text, 'send'::text, 'book'::text])),
  constraint api_key_clinic_fkey FOREIGN KEY (clinic) REFERENCES clinic(hsa_id),
  constraint api_key_pkey PRIMARY KEY (id),
  constraint api_key_key_sha256_key UNIQUE (key_sha256),
  constraint api_key_name_key UNIQUE (name),
  constraint api_key_old_sha256_key UNIQUE (old_sha256)
);
create table appointment (
  id bigint generated always as identity not null,
  person_id bigint not null,
  purpose text not null,
  slot_id bigint not null,
  state text not null default 'booked'::text,
  made_by text not null,
  made_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  reply text,
  replied_at timestamp with time zone,
  recorded_by text,
  recorded_at timestamp with time zone,
  constraint appointment_check CHECK (((state = ANY (ARRAY['moved'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
  constraint appointment_made_by_check CHECK ((made_by = ANY (ARRAY['person'::text, 'clinic'::text, 'assigned'::text, 'import'::text]))),
  constraint appointment_record_has_time CHECK (((recorded_by IS NULL) = (recorded_at IS NULL))),
  constraint appointment_reply_check CHECK ((reply = ANY (ARRAY['confirmed'::text, 'wants-to-cancel'::text]))),
  constraint appointment_reply_has_time CHECK (((reply IS NULL) = (replied_at IS NULL))),
  constraint appointment_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'moved'::text, 'cancelled'::text, 'attended'::text, 'no-show'::text]))),
  constraint appointment_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint appointment_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES slot(id),
  constraint appointment_pkey PRIMARY KEY (id)
);
create table attempt (
  day date not null,
  door text not null,
  outcome text not null,
  constraint attempt_door_check CHECK ((door = ANY (ARRAY['booking'::text, 'check'::text, 'fraud-report'::text]))),
  constraint attempt_outcome_check CHECK ((outcome = ANY (ARRAY['known'::text, 'wrong'::text, 'turned-away'::text])))
);
create table attempt_day (
  day date not null,
  door text not null,
  asked integer not null default 0,
  known integer not null default 0,
  turned_away integer not null default 0,
  constraint attempt_day_check CHECK (((known >= 0) AND (known <= asked))),
  constraint attempt_day_door_check CHECK ((door = ANY (ARRAY['booking'::text, 'check'::text, 'fraud-report'::text]))),
  constraint attempt_day_pkey PRIMARY KEY (day, door)
);
create table backup (
  id bigint generated always as identity not null,
  began_at timestamp with time zone not null,
  done_at timestamp with time zone,
  place text not null,
  constraint backup_pkey PRIMARY KEY (id)
);
create table batch (
  id bigint generated always as identity not null,
  name text not null,
  campaign_id bigint not null,
  state text not null default 'open'::text,
  letters integer,
  pages integer,
  pdf_sha256 text,
  batch_sha256 text,
  created_at timestamp with time zone not null,
  sealed_at timestamp with time zone,
  handed_over_at timestamp with time zone,
  postage text not null default 'first'::text,
  grams smallint not null default 50,
  print_day date,
  prepared_at timestamp with time zone,
  held_why text,
  first_pages integer[],
  letter_hashes text[],
  letter_ids uuid[] not null default '{}'::uuid[],
  constraint batch_check CHECK (((state = ANY (ARRAY['open'::text, 'void'::text])) OR ((letters IS NOT NULL) AND (pages IS NOT NULL) AND (pdf_sha256 IS NOT NULL) AND (batch_sha256 IS NOT NULL) AND (sealed_at IS NOT NULL)))),
  constraint batch_check1 CHECK (((state = 'handed-over'::text) = (handed_over_at IS NOT NULL))),
  constraint batch_postage_check CHECK ((postage = ANY (ARRAY['first'::text, 'economy'::text]))),
  constraint batch_state_check CHECK ((state = ANY (ARRAY['open'::text, 'sealed'::text, 'handing-over'::text, 'handed-over'::text, 'void'::text]))),
  constraint batch_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint batch_print_day_fkey FOREIGN KEY (print_day) REFERENCES print_day(day),
  constraint batch_pkey PRIMARY KEY (id),
  constraint batch_name_key UNIQUE (name)
);
create table booking_conflict (
  id bigint generated always as identity not null,
  outside_booking_id bigint not null,
  appointment_id bigint not null,
  kind text not null,
  found_at timestamp with time zone not null,
  keep text,
  decided_by text,
  decided_at timestamp with time zone,
  constraint booking_conflict_decided CHECK ((((keep IS NULL) = (decided_by IS NULL)) AND ((keep IS NULL) = (decided_at IS NULL)))),
  constraint booking_conflict_keep_check CHECK ((keep = ANY (ARRAY['ours'::text, 'outside'::text]))),
  constraint booking_conflict_kind_check CHECK ((kind = ANY (ARRAY['second-booking'::text, 'ended-with-us'::text]))),
  constraint booking_conflict_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint booking_conflict_outside_booking_id_fkey FOREIGN KEY (outside_booking_id) REFERENCES outside_booking(id),
  constraint booking_conflict_pkey PRIMARY KEY (id),
  constraint booking_conflict_outside_booking_id_appointment_id_key UNIQUE (outside_booking_id, appointment_id)
);
create table bounce (
  id bigint generated always as identity not null,
  sha256 bytea not null,
  source text not null,
  place text not null,
  at timestamp with time zone not null,
  outcome text not null,
  why_kept text,
  message_id uuid,
  code text,
  hard boolean,
  settled_as text,
  settled_by text,
  settled_at timestamp with time zone,
  constraint bounce_check CHECK (((outcome = 'kept'::text) = (why_kept IS NOT NULL))),
  constraint bounce_check1 CHECK (((outcome = 'kept'::text) OR (message_id IS NOT NULL))),
  constraint bounce_check2 CHECK (((outcome = 'kept'::text) OR (settled_at IS NULL))),
  constraint bounce_check3 CHECK ((((settled_as IS NULL) = (settled_at IS NULL)) AND ((settled_at IS NULL) = (settled_by IS NULL)))),
  constraint bounce_outcome_check CHECK ((outcome = ANY (ARRAY['failed'::text, 'delayed'::text, 'delivered'::text, 'kept'::text]))),
  constraint bounce_settled_as_check CHECK ((settled_as = ANY (ARRAY['failed'::text, 'not-ours'::text]))),
  constraint bounce_sha256_check CHECK ((length(sha256) = 32)),
  constraint bounce_source_check CHECK ((source = ANY (ARRAY['mailbox'::text, 'file'::text, 'webhook'::text]))),
  constraint bounce_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  constraint bounce_pkey PRIMARY KEY (id),
  constraint bounce_sha256_key UNIQUE (sha256)
);
create table bounce_mailbox (
  mailbox text not null,
  uid_validity bigint,
  last_uid bigint not null default 0,
  read_at timestamp with time zone,
  next_at timestamp with time zone not null,
  failures integer not null default 0,
  code text,
  since timestamp with time zone,
  constraint bounce_mailbox_check CHECK (((since IS NULL) = (code IS NULL))),
  constraint bounce_mailbox_pkey PRIMARY KEY (mailbox)
);
create table call_list (
  id bigint generated always as identity not null,
  invitation_id bigint not null,
  person_id bigint not null,
  clinic_id bigint not null,
  why text not null,
  phone text,
  added_at timestamp with time zone not null,
  next_try timestamp with time zone not null,
  tries integer not null default 0,
  done_at timestamp with time zone,
  outcome text,
  appointment_id bigint,
  constraint call_booked_has_time CHECK (((NOT (outcome IS DISTINCT FROM 'booked'::text)) = (appointment_id IS NOT NULL))),
  constraint call_list_check CHECK (((done_at IS NULL) = (outcome IS NULL))),
  constraint call_list_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'told'::text, 'declined'::text, 'not-reachable'::text, 'other-route'::text]))),
  constraint call_list_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
  constraint call_list_why_check CHECK ((why = ANY (ARRAY['no-reachable-channel'::text, 'marked'::text, 'moved-time'::text, 'lost-time'::text]))),
  constraint call_list_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint call_list_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint call_list_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint call_list_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint call_list_pkey PRIMARY KEY (id),
  constraint call_list_invitation_id_key UNIQUE (invitation_id)
);
create table call_try (
  id bigint generated always as identity not null,
  call_id bigint not null,
  at timestamp with time zone not null,
  by text not null,
  outcome text not null,
  constraint call_try_outcome_check CHECK ((outcome = ANY (ARRAY['no-answer'::text, 'call-back'::text, 'wrong-number'::text, 'booked'::text, 'told'::text, 'declined'::text, 'not-reachable'::text, 'other-route'::text]))),
  constraint call_try_call_id_fkey FOREIGN KEY (call_id) REFERENCES call_list(id),
  constraint call_try_pkey PRIMARY KEY (id)
);
create table calling (
  worker text not null,
  channel text not null,
  ids uuid[] not null default '{}'::uuid[],
  at timestamp with time zone not null default clock_timestamp(),
  constraint calling_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'email'::text]))),
  constraint calling_pkey PRIMARY KEY (worker)
);
create table campaign (
  id bigint generated always as identity not null,
  name text not null,
  purpose text not null,
  way text not null,
  cohort_id bigint not null,
  reissue_of bigint,
  spec jsonb not null,
  state text not null default 'draft'::text,
  paused_why text,
  created_by text not null,
  created_at timestamp with time zone not null,
  planned_at timestamp with time zone,
  cohort_size integer,
  registered_purpose text generated always as (
CASE
    WHEN (way <> 'notice'::text) THEN purpose
    ELSE NULL::text
END) stored,
  waits_for text,
  constraint campaign_check CHECK (((state = 'paused'::text) = (paused_why IS NOT NULL))),
  constraint campaign_check1 CHECK (((state = ANY (ARRAY['draft'::text, 'approved'::text, 'planning'::text, 'cancelled'::text])) OR (cohort_size IS NOT NULL))),
  constraint campaign_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'approved'::text, 'planning'::text, 'running'::text, 'paused'::text, 'finished'::text, 'cancelled'::text]))),
  constraint campaign_waits_for_check CHECK ((waits_for = ANY (ARRAY['sms'::text, 'email'::text]))),
  constraint campaign_waits_paused CHECK (((waits_for IS NULL) OR (state = 'paused'::text))),
  constraint campaign_way_check CHECK ((way = ANY (ARRAY['timed'::text, 'open'::text, 'notice'::text]))),
  constraint campaign_cohort_id_fkey FOREIGN KEY (cohort_id) REFERENCES cohort(id),
  constraint campaign_registered_purpose_fkey FOREIGN KEY (registered_purpose) REFERENCES purpose(code),
  constraint campaign_reissue_of_fkey FOREIGN KEY (reissue_of) REFERENCES campaign(id),
  constraint campaign_pkey PRIMARY KEY (id),
  constraint funnel_adds_up TRIGGER DEFERRABLE INITIALLY DEFERRED,
  constraint campaign_name_key UNIQUE (name)
);
create table campaign_approval (
  campaign_id bigint not null,
  approver text not null,
  approved_at timestamp with time zone not null,
  id bigint generated always as identity not null,
  texts jsonb,
  constraint campaign_approval_texts_check CHECK ((jsonb_typeof(texts) = 'object'::text)),
  constraint campaign_approval_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint campaign_approval_pkey PRIMARY KEY (id)
);
create table campaign_event (
  id bigint generated always as identity not null,
  campaign_id bigint not null,
  at timestamp with time zone not null,
  actor text not null,
  event text not null,
  details jsonb not null default '{}'::jsonb,
  xact xid8 not null default pg_current_xact_id(),
  constraint campaign_event_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint campaign_event_pkey PRIMARY KEY (id)
);
create table chain_head (
  log text not null,
  n bigint not null default 0,
  hash bytea not null default '\x'::bytea,
  xact xid8 not null default '0'::xid8,
  id bigint not null default 0,
  constraint chain_head_log_check CHECK ((log = ANY (ARRAY['access_log'::text, 'campaign_event'::text]))),
  constraint chain_head_pkey PRIMARY KEY (log)
);
create table chained_line (
  log text not null,
  n bigint not null,
  row_id bigint not null,
  hash bytea not null,
  constraint chained_line_log_check CHECK ((log = ANY (ARRAY['access_log'::text, 'campaign_event'::text]))),
  constraint chained_line_pkey PRIMARY KEY (log, n),
  constraint chained_line_log_row_id_key UNIQUE (log, row_id)
);
create table clinic (
  id bigint generated always as identity not null,
  hsa_id text not null,
  name text not null,
  municipality text not null,
  area text not null,
  street text not null,
  postcode text not null,
  town text not null,
  phone text not null,
  phone_hours text not null default ''::text,
  opening_hours text not null default ''::text,
  latitude double precision,
  longitude double precision,
  central boolean not null default false,
  accessible boolean not null default true,
  languages text[] not null default '{}'::text[],
  constraint clinic_hsa_id_check CHECK ((hsa_id ~ '^SE[0-9]{10}-[A-Z0-9]{1,20}$'::text)),
  constraint clinic_municipality_check CHECK ((municipality ~ '^[0-9]{4}$'::text)),
  constraint clinic_pkey PRIMARY KEY (id),
  constraint clinic_hsa_id_key UNIQUE (hsa_id)
);
create table clinic_doses (
  clinic_id bigint not null,
  counted_on date not null,
  constraint clinic_doses_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint clinic_doses_pkey PRIMARY KEY (clinic_id)
);
create table code_key (
  secret bytea not null
);
create table cohort (
  id bigint generated always as identity not null,
  name text not null,
  version integer not null,
  rule jsonb not null,
  created_at timestamp with time zone not null,
  constraint cohort_version_check CHECK ((version > 0)),
  constraint cohort_pkey PRIMARY KEY (id),
  constraint cohort_name_version_key UNIQUE (name, version)
);
create table corrected_message (
  invitation_id bigint not null,
  message_id uuid not null,
  constraint corrected_message_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint corrected_message_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  constraint corrected_message_pkey PRIMARY KEY (invitation_id)
);
create table dose (
  person_id bigint not null,
  purpose text not null,
  given_on date not null,
  vaccine text,
  appointment_id bigint,
  given_at text,
  constraint dose_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint dose_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint dose_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint dose_pkey PRIMARY KEY (person_id, purpose)
);
create table dose_event (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  day date not null,
  kind text not null,
  doses integer not null,
  vials integer,
  reason text,
  said_by text not null,
  said_at timestamp with time zone not null,
  constraint dose_event_discarded_why CHECK (((kind <> 'discarded'::text) OR (reason IS NOT NULL))),
  constraint dose_event_doses_check CHECK ((doses >= 0)),
  constraint dose_event_drawn_from_vials CHECK (((kind = 'drawn'::text) = (vials IS NOT NULL))),
  constraint dose_event_kind_check CHECK ((kind = ANY (ARRAY['discarded'::text, 'drawn'::text, 'found'::text, 'counted'::text]))),
  constraint dose_event_vials_check CHECK ((vials > 0)),
  constraint dose_event_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint dose_event_pkey PRIMARY KEY (id)
);
create table dose_interval (
  id bigint generated always as identity not null,
  vaccine text not null,
  purpose text not null,
  next_purpose text not null,
  version integer not null,
  valid_from date not null,
  min_days integer not null,
  max_days integer not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  constraint dose_interval_check CHECK ((max_days >= min_days)),
  constraint dose_interval_check1 CHECK ((next_purpose <> purpose)),
  constraint dose_interval_min_days_check CHECK ((min_days > 0)),
  constraint dose_interval_version_check CHECK ((version > 0)),
  constraint dose_interval_next_purpose_fkey FOREIGN KEY (next_purpose) REFERENCES purpose(code),
  constraint dose_interval_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint dose_interval_pkey PRIMARY KEY (id),
  constraint dose_interval_vaccine_purpose_version_key UNIQUE (vaccine, purpose, version)
);
create table dose_span (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  doses integer not null,
  taken integer not null,
  short integer not null default 0,
  spent boolean generated always as ((taken >= doses)) stored not null,
  constraint dose_span_check CHECK ((starts_at < ends_at)),
  constraint dose_span_doses_check CHECK ((doses >= 0)),
  constraint dose_span_never_more_than_doses CHECK ((taken <= (doses + short))),
  constraint dose_span_short_check CHECK ((short >= 0)),
  constraint dose_span_taken_check CHECK ((taken >= 0)),
  constraint dose_span_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic_doses(clinic_id),
  constraint dose_span_pkey PRIMARY KEY (id),
  constraint dose_span_clinic_id_starts_at_ends_at_key UNIQUE (clinic_id, starts_at, ends_at)
);
create table failed_search (
  id bigint generated always as identity not null,
  invitation_id bigint not null,
  at timestamp with time zone not null,
  constraint failed_search_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint failed_search_pkey PRIMARY KEY (id)
);
create table fraud_report (
  id bigint generated always as identity not null,
  form uuid not null,
  received_at timestamp with time zone not null,
  language text not null,
  channel text not null,
  happened text not null,
  sender text not null,
  content text not null,
  contact text not null,
  handled_at timestamp with time zone,
  handled_by text,
  note text,
  constraint fraud_report_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'email'::text, 'letter'::text, 'phone'::text, 'visit'::text, 'other'::text]))),
  constraint fraud_report_check CHECK (((sender <> ''::text) OR (content <> ''::text))),
  constraint fraud_report_check1 CHECK (((handled_at IS NULL) = (handled_by IS NULL))),
  constraint fraud_report_contact_check CHECK ((length(contact) <= 200)),
  constraint fraud_report_content_check CHECK ((length(content) <= 4000)),
  constraint fraud_report_happened_check CHECK ((length(happened) <= 100)),
  constraint fraud_report_note_check CHECK ((length(note) <= 2000)),
  constraint fraud_report_sender_check CHECK ((length(sender) <= 200)),
  constraint fraud_report_pkey PRIMARY KEY (id),
  constraint fraud_report_form_key UNIQUE (form)
);
create table goal (
  id bigint generated always as identity not null,
  name text not null,
  purpose text not null,
  who text not null,
  cohort_id bigint not null,
  share numeric(5,4) not null,
  by_day date not null,
  set_by text not null,
  set_at timestamp with time zone not null,
  ended_by text,
  ended_at timestamp with time zone,
  constraint goal_ended_by_somebody CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
  constraint goal_ends_after_it_was_set CHECK ((ended_at >= set_at)),
  constraint goal_name_check CHECK ((name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)),
  constraint goal_share_check CHECK (((share > (0)::numeric) AND (share <= (1)::numeric))),
  constraint goal_who_check CHECK ((who <> ''::text)),
  constraint goal_cohort_id_fkey FOREIGN KEY (cohort_id) REFERENCES cohort(id),
  constraint goal_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint goal_pkey PRIMARY KEY (id)
);
create table group_member (
  group_id bigint not null,
  identity_number text not null,
  valid_from date not null,
  valid_until date,
  constraint group_member_check CHECK ((valid_until >= valid_from)),
  constraint group_member_group_id_fkey FOREIGN KEY (group_id) REFERENCES person_group(id),
  constraint group_member_pkey PRIMARY KEY (group_id, identity_number)
);
create table guess (
  bucket text not null,
  ends_at timestamp with time zone not null,
  number integer not null,
  constraint guess_number_check CHECK ((number >= 0)),
  constraint guess_pkey PRIMARY KEY (bucket)
);
create table heightened_fraud (
  id bigint generated always as identity not null,
  set_at timestamp with time zone not null,
  set_by text not null,
  why text not null,
  lifted_at timestamp with time zone,
  lifted_by text,
  constraint heightened_fraud_check CHECK ((lifted_at >= set_at)),
  constraint heightened_fraud_check1 CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
  constraint heightened_fraud_lifted_by_check CHECK ((lifted_by <> ''::text)),
  constraint heightened_fraud_set_by_check CHECK ((set_by <> ''::text)),
  constraint heightened_fraud_why_check CHECK ((why <> ''::text)),
  constraint heightened_fraud_pkey PRIMARY KEY (id)
);
create table home_position (
  code text not null,
  name text not null,
  latitude double precision not null,
  longitude double precision not null,
  constraint home_position_code_check CHECK ((code ~ '^[0-9]{3,4}$'::text)),
  constraint home_position_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
  constraint home_position_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
  constraint home_position_pkey PRIMARY KEY (code)
);
create table household_share (
  invitation_id bigint not null,
  told_by bigint not null,
  constraint household_share_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint household_share_told_by_fkey FOREIGN KEY (told_by) REFERENCES invitation(id),
  constraint household_share_pkey PRIMARY KEY (invitation_id)
);
create table idempotency_key (
  api_key_id bigint not null,
  key text not null,
  request_sha256 text not null,
  status integer,
  answer json,
  created_at timestamp with time zone not null,
  constraint idempotency_key_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255))),
  constraint idempotency_key_api_key_id_fkey FOREIGN KEY (api_key_id) REFERENCES api_key(id),
  constraint idempotency_key_pkey PRIMARY KEY (api_key_id, key)
);
create table import (
  id bigint generated always as identity not null,
  kind text not null,
  file_name text not null,
  sha256 text not null,
  rows integer not null,
  rejected integer not null,
  changeset jsonb not null,
  part boolean not null default false,
  imported_at timestamp with time zone not null,
  constraint import_kind_check CHECK ((kind = ANY (ARRAY['people'::text, 'clinics'::text, 'slots'::text, 'supply'::text, 'bookings'::text, 'doses'::text, 'group'::text]))),
  constraint import_pkey PRIMARY KEY (id)
);
create table invitation (
  id bigint generated always as identity not null,
  campaign_id bigint not null,
  person_id bigint not null,
  purpose text not null,
  generation smallint not null default 1,
  replaces_id bigint,
  state text not null,
  reason text,
  area text,
  priority integer not null default 0,
  route text,
  language text,
  code text not null default new_code(),
  appointment_id bigint,
  wave_id bigint,
  released_at timestamp with time zone,
  state_since timestamp with time zone not null,
  constraint invitation_check CHECK (((generation = 1) OR (replaces_id IS NOT NULL))),
  constraint invitation_check1 CHECK (((state = ANY (ARRAY['suppressed'::text, 'withdrawn'::text, 'waiting'::text])) = (reason IS NOT NULL))),
  constraint invitation_check2 CHECK (((state = ANY (ARRAY['suppressed'::text, 'withdrawn'::text])) OR ((area IS NOT NULL) AND (route IS NOT NULL) AND (language IS NOT NULL)))),
  constraint invitation_check3 CHECK (((state <> ALL (ARRAY['released'::text, 'answered'::text, 'declined'::text, 'expired'::text, 'superseded'::text])) OR (wave_id IS NOT NULL))),
  constraint invitation_generation_check CHECK ((generation > 0)),
  constraint invitation_state_check CHECK ((state = ANY (ARRAY['suppressed'::text, 'waiting'::text, 'planned'::text, 'released'::text, 'answered'::text, 'declined'::text, 'expired'::text, 'superseded'::text, 'withdrawn'::text]))),
  constraint invitation_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint invitation_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint invitation_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint invitation_replaces_id_fkey FOREIGN KEY (replaces_id) REFERENCES invitation(id),
  constraint invitation_wave_id_fkey FOREIGN KEY (wave_id) REFERENCES wave(id),
  constraint invitation_pkey PRIMARY KEY (id),
  constraint invitation_code_key UNIQUE (code),
  constraint invitation_person_id_campaign_id_key UNIQUE (person_id, campaign_id) DEFERRABLE
);
create table kept_letters (
  id bigint generated always as identity not null,
  packed bytea not null,
  constraint kept_letters_pkey PRIMARY KEY (id)
);
create table member (
  id bigint generated always as identity not null,
  email text not null,
  name text not null,
  added_at timestamp with time zone not null,
  added_by text not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint member_check CHECK ((ended_at >= added_at)),
  constraint member_email_check CHECK (((email = lower(email)) AND (email ~~ '%_@_%'::text))),
  constraint member_ended_by_somebody CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint member_name_check CHECK ((name <> ''::text)),
  constraint member_pkey PRIMARY KEY (id)
);
create table member_role (
  id bigint generated always as identity not null,
  member bigint not null,
  role text not null,
  clinic text,
  given_at timestamp with time zone not null,
  given_by text not null,
  ended_at timestamp with time zone,
  ended_by text,
  constraint member_role_at_a_clinic CHECK (((role = 'clinic'::text) = (clinic IS NOT NULL))),
  constraint member_role_check CHECK ((ended_at >= given_at)),
  constraint member_role_ended_by_somebody CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint member_role_role_check CHECK ((role = ANY (ARRAY['coordinator'::text, 'approver'::text, 'clinic'::text, 'communicator'::text, 'operator'::text, 'auditor'::text, 'administrator'::text]))),
  constraint member_role_clinic_fkey FOREIGN KEY (clinic) REFERENCES clinic(hsa_id),
  constraint member_role_member_fkey FOREIGN KEY (member) REFERENCES member(id),
  constraint member_role_pkey PRIMARY KEY (id)
);
create table message (
  id uuid not null default gen_random_uuid(),
  invitation_id bigint not null,
  campaign_id bigint not null,
  person_id bigint not null,
  purpose text not null,
  generation smallint not null,
  step text not null,
  channel text not null,
  language text not null,
  template text not null,
  state text not null default 'queued'::text,
  reason text,
  priority smallint not null default 100,
  due_at timestamp with time zone not null,
  attempts smallint not null default 0,
  template_version text,
  recipient text,
  content bytea,
  content_sha256 text,
  sending_since timestamp with time zone,
  worker text,
  provider_id text,
  sent_at timestamp with time zone,
  delivered_at timestamp with time zone,
  batch_id bigint,
  batch_page integer,
  check_code text not null default new_code(),
  created_at timestamp with time zone not null,
  appointment_id bigint,
  offer_id bigint,
  answer_code text,
  code_shown boolean not null default false,
  letter_sha256 text,
  kept_in bigint,
  kept_line integer,
  answers_from text generated always as (
CASE
    WHEN (answer_code IS NOT NULL) THEN recipient
    ELSE NULL::text
END) stored,
  lost boolean generated always as (((state = ANY (ARRAY['failed'::text, 'suppressed'::text, 'recalled'::text])) AND (step = ANY (ARRAY['invitation'::text, 'fraud-warning'::text, 'correction'::text, 'information'::text])))) stored not null,
  leave_by timestamp with time zone,
  refused_since timestamp with time zone,
  constraint message_answer_code_check CHECK ((answer_code ~ '^[0-9]{4}$'::text)),
  constraint message_bytes_kept CHECK (((state = ANY (ARRAY['queued'::text, 'suppressed'::text, 'recalled'::text])) OR (((content IS NOT NULL) OR (kept_in IS NOT NULL)) AND (content_sha256 IS NOT NULL) AND (template_version IS NOT NULL)))),
  constraint message_channel_check CHECK ((channel = ANY (ARRAY['letter'::text, 'sms'::text, 'email'::text]))),
  constraint message_check1 CHECK (((state = ANY (ARRAY['failed'::text, 'suppressed'::text, 'recalled'::text])) = (reason IS NOT NULL))),
  constraint message_check2 CHECK (((state <> 'sending'::text) OR ((sending_since IS NOT NULL) AND (worker IS NOT NULL)))),
  constraint message_check3 CHECK (((batch_id IS NULL) OR (channel = 'letter'::text))),
  constraint message_confirms_something CHECK (((step <> 'confirmation'::text) OR (appointment_id IS NOT NULL))),
  constraint message_kept_has_line CHECK (((kept_in IS NULL) = (kept_line IS NULL))),
  constraint message_leave_by_letters CHECK (((leave_by IS NULL) OR (channel = 'letter'::text))),
  constraint message_one_subject CHECK (((offer_id IS NULL) OR (appointment_id IS NULL))),
  constraint message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'in-doubt'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'suppressed'::text, 'recalled'::text]))),
  constraint message_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint message_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint message_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint message_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint message_kept_in_fkey FOREIGN KEY (kept_in) REFERENCES kept_letters(id),
  constraint message_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES offer(id),
  constraint message_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint message_pkey PRIMARY KEY (id),
  constraint message_check_code_key UNIQUE (check_code),
  constraint message_once UNIQUE NULLS NOT DISTINCT (person_id, purpose, generation, step, channel, appointment_id) DEFERRABLE
);
create table next_dose (
  person_id bigint not null,
  purpose text not null,
  earliest date not null,
  latest date not null,
  interval_id bigint not null,
  planned_at timestamp with time zone not null,
  constraint next_dose_check CHECK ((latest >= earliest)),
  constraint next_dose_interval_id_fkey FOREIGN KEY (interval_id) REFERENCES dose_interval(id),
  constraint next_dose_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint next_dose_pkey PRIMARY KEY (person_id, purpose)
);
create table notice (
  campaign_id bigint not null,
  kind text not null,
  corrects text,
  is_public boolean not null,
  published_at timestamp with time zone,
  lifted_at timestamp with time zone,
  lifted_by text,
  constraint notice_check CHECK (((kind = 'correction'::text) = (corrects IS NOT NULL))),
  constraint notice_check1 CHECK (((published_at IS NULL) OR is_public)),
  constraint notice_check2 CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
  constraint notice_kind_check CHECK ((kind = ANY (ARRAY['fraud-warning'::text, 'correction'::text, 'information'::text]))),
  constraint notice_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint notice_pkey PRIMARY KEY (campaign_id)
);
create table offer (
  id bigint generated always as identity not null,
  round_id bigint not null,
  reserve_id bigint not null,
  person_id bigint not null,
  invitation_id bigint not null,
  rank integer not null,
  state text not null default 'waiting'::text,
  passed_over_why text,
  code text,
  offered_at timestamp with time zone,
  expires_at timestamp with time zone,
  answered_at timestamp with time zone,
  answered_by text,
  place integer,
  appointment_id bigint,
  constraint offer_accepted_has_place CHECK ((((state = 'accepted'::text) = (place IS NOT NULL)) AND ((state = 'accepted'::text) = (appointment_id IS NOT NULL)))),
  constraint offer_check CHECK (((state = ANY (ARRAY['waiting'::text, 'passed-over'::text, 'not-needed'::text])) = (offered_at IS NULL))),
  constraint offer_check1 CHECK ((((offered_at IS NULL) = (code IS NULL)) AND ((offered_at IS NULL) = (expires_at IS NULL)))),
  constraint offer_check2 CHECK (((state <> ALL (ARRAY['accepted'::text, 'declined'::text])) OR ((answered_at IS NOT NULL) AND (answered_by IS NOT NULL)))),
  constraint offer_code_check CHECK ((code ~ '^[0-9]{4}$'::text)),
  constraint offer_passed_over_says_why CHECK (((state = 'passed-over'::text) = (passed_over_why IS NOT NULL))),
  constraint offer_rank_check CHECK ((rank > 0)),
  constraint offer_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'offered'::text, 'accepted'::text, 'declined'::text, 'thanked'::text, 'expired'::text, 'passed-over'::text, 'not-needed'::text]))),
  constraint offer_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint offer_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint offer_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint offer_place_exists FOREIGN KEY (round_id, place) REFERENCES reserve_place(round_id, number),
  constraint offer_reserve_id_fkey FOREIGN KEY (reserve_id) REFERENCES reserve_list(id),
  constraint offer_round_id_fkey FOREIGN KEY (round_id) REFERENCES reserve_round(id),
  constraint offer_pkey PRIMARY KEY (id),
  constraint offer_one_a_place UNIQUE (round_id, place),
  constraint offer_round_id_person_id_key UNIQUE (round_id, person_id),
  constraint offer_round_id_rank_key UNIQUE (round_id, rank)
);
create table ordination (
  id bigint generated always as identity not null,
  invitation_id bigint not null,
  person_id bigint not null,
  purpose text not null,
  municipality text,
  state text not null default 'asked'::text,
  asked_on date not null,
  visit_from date,
  ordinated_by text,
  given_on date,
  changed_by text not null,
  changed_at timestamp with time zone not null,
  route text not null default 'municipality'::text,
  clinic_id bigint,
  constraint ordination_check CHECK (((state <> ALL (ARRAY['ordinated'::text, 'done'::text])) OR (ordinated_by IS NOT NULL))),
  constraint ordination_check1 CHECK (((state = 'done'::text) = (given_on IS NOT NULL))),
  constraint ordination_municipality_check CHECK ((municipality ~ '^[0-9]{4}$'::text)),
  constraint ordination_municipality_knows CHECK (((route <> 'municipality'::text) OR ((municipality IS NOT NULL) AND (visit_from IS NOT NULL)))),
  constraint ordination_route_check CHECK ((route = ANY (ARRAY['municipality'::text, 'doctor'::text]))),
  constraint ordination_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'ordinated'::text, 'done'::text, 'wants-clinic'::text]))),
  constraint ordination_two_weeks_ahead CHECK ((visit_from >= (asked_on + 14))),
  constraint ordination_wants_clinic CHECK (((clinic_id IS NULL) OR (state = 'wants-clinic'::text))),
  constraint ordination_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint ordination_invitation_id_fkey FOREIGN KEY (invitation_id) REFERENCES invitation(id),
  constraint ordination_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint ordination_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint ordination_pkey PRIMARY KEY (id),
  constraint ordination_invitation_id_key UNIQUE (invitation_id)
);
create table outgoing (
  message_id uuid not null,
  state text not null,
  channel text not null,
  campaign_id bigint not null,
  priority smallint not null,
  due_at timestamp with time zone not null,
  leave_by timestamp with time zone not null,
  constraint outgoing_check CHECK (((state = 'queued'::text) OR ((channel <> 'letter'::text) AND (state = ANY (ARRAY['sending'::text, 'in-doubt'::text]))))),
  constraint outgoing_pkey PRIMARY KEY (message_id)
);
create table outside_booking (
  id bigint generated always as identity not null,
  reference text not null,
  person_id bigint not null,
  purpose text not null,
  slot_id bigint not null,
  state text not null,
  appointment_id bigint,
  made_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  constraint outside_booking_state_check CHECK ((state = ANY (ARRAY['booked'::text, 'cancelled'::text, 'attended'::text, 'no-show'::text]))),
  constraint outside_booking_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint outside_booking_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint outside_booking_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint outside_booking_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES slot(id),
  constraint outside_booking_pkey PRIMARY KEY (id),
  constraint outside_booking_reference_key UNIQUE (reference)
);
create table person (
  id bigint generated always as identity not null,
  identity_number text not null,
  identity_kind text not null,
  same_as bigint,
  birth_date date,
  sex text,
  given_name text not null,
  family_name text not null,
  registered_address jsonb,
  special_address jsonb,
  foreign_address jsonb,
  municipality text,
  phone text,
  email text,
  language text not null default 'sv'::text,
  easy_read boolean not null default false,
  large_print boolean not null default false,
  household text,
  listed_clinic text,
  needs text[] not null default '{}'::text[],
  protection text not null default 'none'::text,
  deceased_on date,
  emigrated_on date,
  opted_out boolean not null default false,
  gone_since date,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  can_come jsonb,
  returned_address jsonb,
  returned_on date,
  returned_why text,
  lead_id bigint generated always as (COALESCE(same_as, id)) stored not null,
  email_bounced_on date,
  constraint person_can_come_check CHECK (((can_come IS NULL) OR ((jsonb_typeof(can_come) = 'object'::text) AND ((can_come - ARRAY['weekdays'::text, 'from'::text, 'until'::text]) = '{}'::jsonb) AND COALESCE(((can_come ->> 'from'::text) ~ '^[0-2][0-9]:[0-5][0-9]$'::text), true) AND COALESCE(((can_come ->> 'until'::text) ~ '^[0-2][0-9]:[0-5][0-9]$'::text), true) AND COALESCE((jsonb_typeof((can_come -> 'weekdays'::text)) = 'array'::text), true)))),
  constraint person_check CHECK ((same_as IS DISTINCT FROM id)),
  constraint person_identity_kind_check CHECK ((identity_kind = ANY (ARRAY['personnummer'::text, 'samordningsnummer'::text, 'reserve-stockholm'::text, 'reserve-vgr'::text, 'reserve-national'::text]))),
  constraint person_identity_number_check CHECK ((identity_number ~ '^[0-9]{8}[0-9A-Z]{4}$'::text)),
  constraint person_municipality_check CHECK ((municipality ~ '^[0-9]{4}$'::text)),
  constraint person_needs_check CHECK ((needs <@ ARRAY['home-care'::text, 'sabo'::text, 'lss'::text, 'anaphylaxis'::text, 'wheelchair'::text, 'interpreter'::text])),
  constraint person_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
  constraint person_protection_check CHECK ((protection = ANY (ARRAY['none'::text, 'sekretessmarkering'::text, 'skyddad-folkbokforing'::text]))),
  constraint person_returned_says_when CHECK (((returned_address IS NULL) = (returned_on IS NULL))),
  constraint person_sex_check CHECK ((sex = ANY (ARRAY['female'::text, 'male'::text]))),
  constraint person_same_as_fkey FOREIGN KEY (same_as) REFERENCES person(id),
  constraint person_pkey PRIMARY KEY (id),
  constraint person_identity_number_key UNIQUE (identity_number)
);
create table person_group (
  id bigint generated always as identity not null,
  name text not null,
  answers text not null,
  imported_at timestamp with time zone not null,
  constraint person_group_name_check CHECK ((name ~ '^[a-z0-9]+(-[a-z0-9]+)*$'::text)),
  constraint person_group_pkey PRIMARY KEY (id),
  constraint person_group_name_key UNIQUE (name)
);
create table person_move (
  person_id bigint not null,
  from_municipality text,
  to_municipality text,
  noticed_at timestamp with time zone not null,
  constraint person_move_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
create table phone_day (
  day date not null,
  capacity integer,
  calls integer,
  constraint phone_day_calls_check CHECK ((calls >= 0)),
  constraint phone_day_capacity_check CHECK ((capacity >= 0)),
  constraint phone_day_pkey PRIMARY KEY (day)
);
create table print_day (
  day date not null,
  letters integer not null default 0,
  capacity integer,
  expected_letters integer,
  announced_at timestamp with time zone,
  constraint print_day_capacity_check CHECK ((capacity >= 0)),
  constraint print_day_check CHECK (((announced_at IS NULL) OR (expected_letters IS NOT NULL))),
  constraint print_day_letters_check CHECK ((letters >= 0)),
  constraint print_day_never_more_than_fits CHECK (((capacity IS NULL) OR (letters <= capacity))),
  constraint print_day_pkey PRIMARY KEY (day)
);
create table protected_letter (
  id uuid not null default gen_random_uuid(),
  campaign_id bigint not null,
  person_id bigint not null,
  purpose text not null,
  way text not null,
  language text not null,
  template text not null,
  template_version text not null,
  check_code text not null default new_code(),
  content bytea not null,
  content_sha256 text not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  posted_at timestamp with time zone,
  posted_by text,
  constraint protected_letter_check CHECK (((posted_at IS NULL) = (posted_by IS NULL))),
  constraint protected_letter_made_by_check CHECK ((made_by <> ''::text)),
  constraint protected_letter_way_check CHECK ((way = ANY (ARRAY['own-address'::text, 'forwarding'::text]))),
  constraint protected_letter_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint protected_letter_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint protected_letter_pkey PRIMARY KEY (id),
  constraint protected_letter_check_code_key UNIQUE (check_code),
  constraint protected_letter_person_id_purpose_key UNIQUE (person_id, purpose)
);
create table provider_rate (
  provider text not null,
  last_at timestamp with time zone not null,
  taken_at timestamp with time zone,
  constraint provider_rate_pkey PRIMARY KEY (provider)
);
create table provider_trouble (
  provider text not null,
  code text not null,
  since timestamp with time zone not null,
  probe_at timestamp with time zone not null,
  probes integer not null default 0,
  paused_at timestamp with time zone,
  constraint provider_trouble_provider_check CHECK ((provider = ANY (ARRAY['sms'::text, 'email'::text]))),
  constraint provider_trouble_pkey PRIMARY KEY (provider)
);
create table purpose (
  code text not null,
  name text not null,
  words jsonb not null default '{}'::jsonb,
  valid_from date,
  valid_until date,
  routes jsonb not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  constraint purpose_check CHECK ((valid_until >= valid_from)),
  constraint purpose_code_check CHECK ((code <> ''::text)),
  constraint purpose_name_check CHECK ((name <> ''::text)),
  constraint purpose_routes_check CHECK ((jsonb_typeof(routes) = 'object'::text)),
  constraint purpose_words_check CHECK ((jsonb_typeof(words) = 'object'::text)),
  constraint purpose_pkey PRIMARY KEY (code)
);
create table receipt (
  id bigint generated always as identity not null,
  message_id uuid not null,
  status text not null,
  at timestamp with time zone not null,
  error_code text,
  raw jsonb not null,
  copies smallint not null default 1,
  constraint receipt_copies_check CHECK ((copies > 0)),
  constraint receipt_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  constraint receipt_pkey PRIMARY KEY (id),
  constraint receipt_message_id_status_at_key UNIQUE (message_id, status, at)
);
create table reconciliation (
  id bigint generated always as identity not null,
  file_name text not null,
  sha256 text not null,
  lines integer not null,
  batches jsonb not null,
  made_at timestamp with time zone not null,
  constraint reconciliation_pkey PRIMARY KEY (id),
  constraint reconciliation_once UNIQUE (sha256)
);
create table reconciliation_finding (
  id bigint generated always as identity not null,
  reconciliation_id bigint not null,
  batch_id bigint not null,
  kind text not null,
  letter text not null,
  message_id uuid,
  person_id bigint,
  details jsonb not null default '{}'::jsonb,
  constraint reconciliation_finding_check CHECK (((message_id IS NULL) = (kind = 'not-ours'::text))),
  constraint reconciliation_finding_check1 CHECK (((message_id IS NULL) = (person_id IS NULL))),
  constraint reconciliation_finding_kind_check CHECK ((kind = ANY (ARRAY['doubled'::text, 'missing'::text, 'not-ours'::text, 'other-batch'::text, 'hash-disagrees'::text, 'returned'::text]))),
  constraint reconciliation_finding_batch_id_fkey FOREIGN KEY (batch_id) REFERENCES batch(id),
  constraint reconciliation_finding_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  constraint reconciliation_finding_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint reconciliation_finding_reconciliation_id_fkey FOREIGN KEY (reconciliation_id) REFERENCES reconciliation(id),
  constraint reconciliation_finding_pkey PRIMARY KEY (id),
  constraint reconciliation_finding_once UNIQUE (reconciliation_id, kind, batch_id, letter)
);
create table reissue_move (
  proposal_id bigint not null,
  appointment_id bigint not null,
  from_slot_id bigint not null,
  outcome text not null,
  to_clinic_id bigint,
  to_starts_at timestamp with time zone,
  reason text,
  chain boolean not null default false,
  constraint reissue_move_check CHECK (((outcome = 'moved'::text) = ((to_clinic_id IS NOT NULL) AND (to_starts_at IS NOT NULL)))),
  constraint reissue_move_outcome_check CHECK ((outcome = ANY (ARRAY['moved'::text, 'queued'::text, 'by-hand'::text]))),
  constraint reissue_move_reason CHECK (
CASE outcome
    WHEN 'by-hand'::text THEN (reason IS NOT NULL)
    WHEN 'queued'::text THEN ((reason IS NULL) OR (reason = 'short-notice'::text))
    ELSE (reason IS NULL)
END),
  constraint reissue_move_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointment(id),
  constraint reissue_move_from_slot_id_fkey FOREIGN KEY (from_slot_id) REFERENCES slot(id),
  constraint reissue_move_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES reissue_proposal(id),
  constraint reissue_move_to_clinic_id_fkey FOREIGN KEY (to_clinic_id) REFERENCES clinic(id),
  constraint reissue_move_pkey PRIMARY KEY (proposal_id, appointment_id)
);
create table reissue_proposal (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  from_day date not null,
  to_day date not null,
  slots jsonb,
  chains boolean not null,
  within_days smallint not null,
  overflow integer not null,
  kept integer not null,
  version text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  constraint reissue_needs_two_people CHECK ((approved_by <> proposed_by)),
  constraint reissue_proposal_check CHECK ((to_day >= from_day)),
  constraint reissue_proposal_check1 CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
  constraint reissue_proposal_kept_check CHECK ((kept >= 0)),
  constraint reissue_proposal_overflow_check CHECK ((overflow >= 0)),
  constraint reissue_proposal_within_days_check CHECK (((within_days >= 1) AND (within_days <= 366))),
  constraint reissue_proposal_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint reissue_proposal_pkey PRIMARY KEY (id)
);
create table release_line (
  campaign_id bigint not null,
  day date not null,
  line jsonb not null,
  answer jsonb not null,
  seen_until timestamp with time zone not null,
  constraint release_line_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint release_line_pkey PRIMARY KEY (campaign_id, day)
);
create table reserve_list (
  id bigint generated always as identity not null,
  person_id bigint not null,
  purpose text not null,
  area text not null,
  said_by text not null,
  since timestamp with time zone not null,
  left_at timestamp with time zone,
  left_why text,
  constraint reserve_list_check CHECK (((left_at IS NULL) = (left_why IS NULL))),
  constraint reserve_list_said_by_check CHECK ((said_by = ANY (ARRAY['person'::text, 'clinic'::text]))),
  constraint reserve_list_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint reserve_list_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint reserve_list_pkey PRIMARY KEY (id)
);
create table reserve_place (
  round_id bigint not null,
  number integer not null,
  constraint reserve_place_round_id_fkey FOREIGN KEY (round_id) REFERENCES reserve_round(id),
  constraint reserve_place_pkey PRIMARY KEY (round_id, number)
);
create table reserve_round (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  purpose text not null,
  slot_id bigint not null,
  places integer not null,
  burst integer,
  answer_minutes integer not null,
  opened_by text not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  closed_why text,
  constraint reserve_round_answer_minutes_check CHECK (((answer_minutes >= 5) AND (answer_minutes <= 240))),
  constraint reserve_round_burst_check CHECK (((burst >= 1) AND (burst <= 500))),
  constraint reserve_round_check CHECK (((closed_at IS NULL) = (closed_why IS NULL))),
  constraint reserve_round_places_check CHECK (((places >= 1) AND (places <= 500))),
  constraint reserve_round_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint reserve_round_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint reserve_round_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES slot(id),
  constraint reserve_round_pkey PRIMARY KEY (id)
);
create table restored (
  id bigint generated always as identity not null,
  point timestamp with time zone not null,
  at timestamp with time zone not null,
  restored_by text not null,
  compared_at timestamp with time zone,
  compared_by text,
  constraint restored_check CHECK ((point <= at)),
  constraint restored_check1 CHECK (((compared_at IS NULL) = (compared_by IS NULL))),
  constraint restored_pkey PRIMARY KEY (id)
);
create table signing_key (
  id text not null,
  public_key text not null,
  valid_from date not null,
  valid_to date,
  constraint signing_key_check CHECK ((valid_to >= valid_from)),
  constraint signing_key_id_check CHECK ((id ~ '^[A-Za-z0-9_-]{6}$'::text)),
  constraint signing_key_public_key_check CHECK ((length(public_key) = 43)),
  constraint signing_key_pkey PRIMARY KEY (id),
  constraint signing_key_public_key_key UNIQUE (public_key)
);
create table slot (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  starts_at timestamp with time zone not null,
  minutes smallint not null default 5,
  capacity integer not null,
  overbooking integer not null default 0,
  booked integer not null default 0,
  overbooked integer not null default 0,
  booking_url text,
  booking_phone text,
  has_room boolean generated always as ((booked < (capacity + overbooking))) stored not null,
  published_by text,
  constraint slot_booked_check CHECK ((booked >= 0)),
  constraint slot_booking_url_check CHECK ((booking_url ~ '^https?://'::text)),
  constraint slot_capacity_check CHECK ((capacity >= 0)),
  constraint slot_minutes_check CHECK (((minutes >= 1) AND (minutes <= 1440))),
  constraint slot_never_more_than_fits CHECK ((booked <= ((capacity + overbooking) + overbooked))),
  constraint slot_overbooked_check CHECK ((overbooked >= 0)),
  constraint slot_overbooking_check CHECK ((overbooking >= 0)),
  constraint slot_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint slot_pkey PRIMARY KEY (id),
  constraint slot_clinic_id_starts_at_key UNIQUE (clinic_id, starts_at)
);
create table slot_history (
  slot_id bigint not null,
  capacity integer not null,
  overbooking integer not null,
  since timestamp with time zone not null default clock_timestamp(),
  constraint slot_history_slot_id_fkey FOREIGN KEY (slot_id) REFERENCES slot(id)
);
create table sms_answer (
  provider_id text not null,
  at timestamp with time zone not null,
  message_id uuid,
  outcome text not null,
  constraint sms_answer_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  constraint sms_answer_pkey PRIMARY KEY (provider_id)
);
create table sms_reply (
  id bigint generated always as identity not null,
  provider_id text not null,
  at timestamp with time zone not null,
  phone text not null,
  said text not null,
  kind text not null,
  message_id uuid,
  settled_as text,
  settled_by text,
  settled_at timestamp with time zone,
  constraint sms_reply_check CHECK ((((settled_as IS NULL) = (settled_at IS NULL)) AND ((settled_at IS NULL) = (settled_by IS NULL)))),
  constraint sms_reply_kind_check CHECK ((kind = ANY (ARRAY['unclear'::text, 'stop'::text]))),
  constraint sms_reply_settled_as_check CHECK ((settled_as = ANY (ARRAY['yes'::text, 'no'::text, 'read'::text]))),
  constraint sms_reply_message_id_fkey FOREIGN KEY (message_id) REFERENCES message(id),
  constraint sms_reply_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES sms_answer(provider_id),
  constraint sms_reply_pkey PRIMARY KEY (id),
  constraint sms_reply_provider_id_key UNIQUE (provider_id)
);
create table sms_stop (
  phone text not null,
  at timestamp with time zone not null,
  constraint sms_stop_pkey PRIMARY KEY (phone)
);
create table supply (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  day date not null,
  vials integer not null,
  dose_min numeric(4,2) not null,
  dose_expected numeric(4,2) not null,
  dose_max numeric(4,2) not null,
  state text not null,
  published_on date,
  note text not null default ''::text,
  import_id bigint,
  believed_at timestamp with time zone not null,
  use_by date,
  constraint supply_check CHECK (((dose_min <= dose_expected) AND (dose_expected <= dose_max))),
  constraint supply_dose_min_check CHECK ((dose_min >= (0)::numeric)),
  constraint supply_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'confirmed'::text, 'received'::text]))),
  constraint supply_used_after_it_comes CHECK ((use_by >= day)),
  constraint supply_vials_check CHECK ((vials >= 0)),
  constraint supply_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint supply_import_id_fkey FOREIGN KEY (import_id) REFERENCES import(id),
  constraint supply_pkey PRIMARY KEY (id)
);
create table supply_said (
  id bigint generated always as identity not null,
  clinic_id bigint not null,
  until date not null,
  said_by text not null,
  said_at timestamp with time zone not null,
  ended_by text,
  ended_at timestamp with time zone,
  constraint supply_said_ended_by_somebody CHECK (((ended_by IS NULL) = (ended_at IS NULL))),
  constraint supply_said_of_days_to_come CHECK ((until > ((said_at AT TIME ZONE 'Europe/Stockholm'::text))::date)),
  constraint supply_said_said_by_check CHECK ((said_by <> ''::text)),
  constraint supply_said_clinic_id_fkey FOREIGN KEY (clinic_id) REFERENCES clinic(id),
  constraint supply_said_pkey PRIMARY KEY (id)
);
create table text_approval (
  template text not null,
  language text not null,
  channel text not null,
  version text not null,
  source text not null,
  approver text not null,
  approved_at timestamp with time zone not null,
  constraint text_approval_approver_check CHECK ((approver <> ''::text)),
  constraint text_approval_channel_check CHECK ((channel = ANY (ARRAY['letter'::text, 'sms'::text, 'email'::text, 'phone-script'::text, 'contact-card'::text, 'back'::text, 'page'::text, 'warning'::text]))),
  constraint text_approval_language_check CHECK ((language <> 'sv'::text)),
  constraint text_approval_pkey PRIMARY KEY (template, language, channel, version, source)
);
create table transition (
  machine text not null,
  from_state text not null,
  to_state text not null,
  constraint transition_pkey PRIMARY KEY (machine, from_state, to_state)
);
create table waiting_dose (
  identity_number text not null,
  purpose text not null,
  given_on date not null,
  vaccine text,
  given_at text,
  constraint waiting_dose_purpose_fkey FOREIGN KEY (purpose) REFERENCES purpose(code),
  constraint waiting_dose_pkey PRIMARY KEY (identity_number, purpose)
);
create table wave (
  id bigint generated always as identity not null,
  campaign_id bigint not null,
  area text not null,
  day date not null,
  number integer not null,
  bound text not null,
  reckoning jsonb not null,
  released_at timestamp with time zone not null,
  unreleased integer not null default 0,
  constraint wave_number_check CHECK ((number >= 0)),
  constraint wave_unreleased CHECK (((unreleased >= 0) AND (unreleased <= number))),
  constraint wave_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id),
  constraint wave_pkey PRIMARY KEY (id),
  constraint wave_campaign_id_area_day_key UNIQUE (campaign_id, area, day)
);
CREATE INDEX access_log_person ON public.access_log USING btree (person_id, at);
CREATE INDEX access_log_xact_id_idx ON public.access_log USING btree (xact, id);
CREATE UNIQUE INDEX appointment_one_live ON public.appointment USING btree (person_id, purpose) WHERE (state = ANY (ARRAY['booked'::text, 'attended'::text]));
CREATE INDEX appointment_slot ON public.appointment USING btree (slot_id);
CREATE INDEX batch_print_day ON public.batch USING btree (print_day) WHERE (print_day IS NOT NULL);
CREATE INDEX booking_conflict_appointment ON public.booking_conflict USING btree (appointment_id);
CREATE INDEX bounce_message ON public.bounce USING btree (message_id);
CREATE INDEX bounce_open ON public.bounce USING btree (id) WHERE ((outcome = 'kept'::text) AND (settled_at IS NULL));
CREATE INDEX call_list_clinic ON public.call_list USING btree (clinic_id, next_try) WHERE (done_at IS NULL);
CREATE INDEX call_try_call ON public.call_try USING btree (call_id);
CREATE INDEX campaign_approval_campaign ON public.campaign_approval USING btree (campaign_id, approver, id);
CREATE INDEX campaign_event_xact_id_idx ON public.campaign_event USING btree (xact, id);
CREATE INDEX corrected_message_message ON public.corrected_message USING btree (message_id);
CREATE INDEX dose_event_day ON public.dose_event USING btree (clinic_id, day, id);
CREATE INDEX dose_purpose ON public.dose USING btree (purpose);
CREATE INDEX failed_search_invitation ON public.failed_search USING btree (invitation_id);
CREATE UNIQUE INDEX failed_search_once_a_day ON public.failed_search USING btree (invitation_id, (((at AT TIME ZONE 'Europe/Stockholm'::text))::date));
CREATE INDEX fraud_report_new ON public.fraud_report USING btree (received_at) WHERE (handled_at IS NULL);
CREATE UNIQUE INDEX goal_in_force ON public.goal USING btree (name) WHERE (ended_at IS NULL);
CREATE INDEX guess_ends ON public.guess USING btree (ends_at);
CREATE UNIQUE INDEX heightened_fraud_one ON public.heightened_fraud USING btree ((true)) WHERE (lifted_at IS NULL);
CREATE INDEX household_share_told_by ON public.household_share USING btree (told_by);
CREATE INDEX invitation_appointment ON public.invitation USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);
CREATE INDEX invitation_campaign_state ON public.invitation USING btree (campaign_id, state, released_at);
CREATE UNIQUE INDEX invitation_once ON public.invitation USING btree (purpose, person_id, generation) WHERE (state <> ALL (ARRAY['suppressed'::text, 'waiting'::text, 'withdrawn'::text]));
CREATE UNIQUE INDEX invitation_one_live ON public.invitation USING btree (purpose, person_id) WHERE (state = ANY (ARRAY['planned'::text, 'released'::text, 'answered'::text, 'declined'::text]));
CREATE UNIQUE INDEX invitation_replaces ON public.invitation USING btree (replaces_id) WHERE (replaces_id IS NOT NULL);
CREATE INDEX invitation_waiting ON public.invitation USING btree (campaign_id, area, priority, id) WHERE (state = 'planned'::text);
CREATE UNIQUE INDEX member_of_email ON public.member USING btree (email) WHERE (ended_at IS NULL);
CREATE UNIQUE INDEX member_role_once ON public.member_role USING btree (member, role, clinic) NULLS NOT DISTINCT WHERE (ended_at IS NULL);
CREATE INDEX message_appointment ON public.message USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);
CREATE INDEX message_campaign ON public.message USING btree (campaign_id);
CREATE INDEX message_invitation ON public.message USING btree (invitation_id);
CREATE INDEX message_lost ON public.message USING btree (invitation_id) WHERE lost;
CREATE INDEX message_offer ON public.message USING btree (offer_id) WHERE (offer_id IS NOT NULL);
CREATE UNIQUE INDEX message_provider ON public.message USING btree (channel, provider_id) WHERE (provider_id IS NOT NULL);
CREATE INDEX message_question ON public.message USING btree (answers_from) WHERE (answer_code IS NOT NULL);
CREATE INDEX message_sent ON public.message USING brin (sent_at);
CREATE INDEX next_dose_due ON public.next_dose USING btree (purpose, earliest);
CREATE INDEX notice_published ON public.notice USING btree (published_at) WHERE (published_at IS NOT NULL);
CREATE UNIQUE INDEX offer_code_open ON public.offer USING btree (code) WHERE (state = 'offered'::text);
CREATE INDEX offer_open ON public.offer USING btree (expires_at) WHERE (state = 'offered'::text);
CREATE INDEX offer_reserve ON public.offer USING btree (reserve_id);
CREATE INDEX ordination_municipality ON public.ordination USING btree (municipality, state);
CREATE UNIQUE INDEX ordination_once ON public.ordination USING btree (person_id, purpose);
CREATE INDEX outgoing_letters ON public.outgoing USING btree (campaign_id, priority, leave_by, message_id) INCLUDE (due_at) WHERE ((channel = 'letter'::text) AND (state = 'queued'::text));
CREATE INDEX outgoing_others ON public.outgoing USING btree (channel, priority, due_at, message_id) INCLUDE (campaign_id) WHERE ((channel <> 'letter'::text) AND (state = 'queued'::text));
CREATE INDEX outgoing_under_way ON public.outgoing USING btree (channel, campaign_id) WHERE (state <> 'queued'::text);
CREATE INDEX outside_booking_alone ON public.outside_booking USING btree (person_id, purpose) WHERE (appointment_id IS NULL);
CREATE INDEX outside_booking_appointment ON public.outside_booking USING btree (appointment_id) WHERE (appointment_id IS NOT NULL);
CREATE INDEX outside_booking_person ON public.outside_booking USING btree (person_id, purpose);
CREATE INDEX person_birth_date ON public.person USING btree (birth_date);
CREATE INDEX person_household ON public.person USING btree (household) WHERE (household IS NOT NULL);
CREATE INDEX person_lead ON public.person USING btree (lead_id);
CREATE INDEX person_listed_clinic ON public.person USING btree (listed_clinic);
CREATE INDEX person_move_noticed ON public.person_move USING btree (noticed_at);
CREATE INDEX person_move_person ON public.person_move USING btree (person_id, noticed_at);
CREATE INDEX person_same_as ON public.person USING btree (same_as) WHERE (same_as IS NOT NULL);
CREATE INDEX protected_letter_campaign ON public.protected_letter USING btree (campaign_id);
CREATE INDEX reconciliation_finding_message ON public.reconciliation_finding USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX reconciliation_finding_person ON public.reconciliation_finding USING btree (person_id) WHERE (person_id IS NOT NULL);
CREATE INDEX reissue_move_appointment ON public.reissue_move USING btree (appointment_id);
CREATE INDEX reserve_list_area ON public.reserve_list USING btree (purpose, area) WHERE (left_at IS NULL);
CREATE UNIQUE INDEX reserve_list_once ON public.reserve_list USING btree (person_id, purpose) WHERE (left_at IS NULL);
CREATE UNIQUE INDEX restored_open ON public.restored USING btree ((true)) WHERE (compared_at IS NULL);
CREATE UNIQUE INDEX signing_key_one_in_use ON public.signing_key USING btree ((true)) WHERE (valid_to IS NULL);
CREATE INDEX slot_free ON public.slot USING btree (clinic_id, starts_at) WHERE has_room;
CREATE INDEX slot_history_slot ON public.slot_history USING btree (slot_id, since);
CREATE INDEX slot_overbooked ON public.slot USING btree (clinic_id, starts_at) WHERE (overbooked > 0);
CREATE INDEX slot_published ON public.slot USING btree (published_by, clinic_id) WHERE (published_by IS NOT NULL);
CREATE INDEX sms_reply_message ON public.sms_reply USING btree (message_id);
CREATE INDEX sms_reply_open ON public.sms_reply USING btree (id) WHERE (settled_at IS NULL);
CREATE INDEX supply_latest ON public.supply USING btree (clinic_id, day, id DESC);
CREATE UNIQUE INDEX supply_said_now ON public.supply_said USING btree (clinic_id) WHERE (ended_at IS NULL);
CREATE OR REPLACE FUNCTION public.appointment_counts()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    update slot set booked = booked + d.n, overbooked = least(overbooked, greatest(0, booked + d.n - capacity - overbooking))
      from (select slot_id, count(*) n from after where state in ('booked', 'attended', 'no-show') group by slot_id) d
     where slot.id = d.slot_id;
  elsif tg_op = 'DELETE' then
    update slot set booked = booked - d.n, overbooked = least(overbooked, greatest(0, booked - d.n - capacity - overbooking))
      from (select slot_id, count(*) n from before where state in ('booked', 'attended', 'no-show') group by slot_id) d
     where slot.id = d.slot_id;
  else
    update slot set booked = booked + d.n, overbooked = least(overbooked, greatest(0, booked + d.n - capacity - overbooking))
      from (select slot_id, sum(n) n from (
              select slot_id, 1 n from after where state in ('booked', 'attended', 'no-show')
              union all
              select slot_id, -1 from before where state in ('booked', 'attended', 'no-show')) x
             group by slot_id having sum(n) <> 0) d
     where slot.id = d.slot_id;
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.appointment_takes_doses()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
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
end $function$;
CREATE OR REPLACE FUNCTION public.campaign_needs_two_people()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.state in ('approved', 'planning', 'running') and old.state in ('draft', 'approved', 'paused') and new.state <> old.state
     and (select count(*) from approval_in_force where campaign_id = new.id) < 2 then
    raise exception 'campaign % has not been approved by two people with the same texts', new.name using errcode = 'check_violation';
  end if;
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.code_of(n bigint, secret bytea)
 RETURNS text
 LANGUAGE plpgsql
 IMMUTABLE PARALLEL SAFE
AS $function$
declare
  l int := (n >> 20)::int;
  r int := (n & 1048575)::int;
  h bytea;
  signs constant text := '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
begin
  -- six rounds, each with the first 20 bits of a hash
  h := sha256(secret || '\x00000001' || int4send(r));
  l := l # ((get_byte(h, 0) << 12) | (get_byte(h, 1) << 4) | (get_byte(h, 2) >> 4));
  h := sha256(secret || '\x00000002' || int4send(l));
  r := r # ((get_byte(h, 0) << 12) | (get_byte(h, 1) << 4) | (get_byte(h, 2) >> 4));
  h := sha256(secret || '\x00000003' || int4send(r));
  l := l # ((get_byte(h, 0) << 12) | (get_byte(h, 1) << 4) | (get_byte(h, 2) >> 4));
  h := sha256(secret || '\x00000004' || int4send(l));
  r := r # ((get_byte(h, 0) << 12) | (get_byte(h, 1) << 4) | (get_byte(h, 2) >> 4));
  h := sha256(secret || '\x00000005' || int4send(r));
  l := l # ((get_byte(h, 0) << 12) | (get_byte(h, 1) << 4) | (get_byte(h, 2) >> 4));
  h := sha256(secret || '\x00000006' || int4send(l));
  r := r # ((get_byte(h, 0) << 12) | (get_byte(h, 1) << 4) | (get_byte(h, 2) >> 4));
  return substr(signs, 1 + (r & 31), 1) || substr(signs, 1 + ((r >> 5) & 31), 1)
      || substr(signs, 1 + ((r >> 10) & 31), 1) || substr(signs, 1 + (r >> 15), 1)
      || substr(signs, 1 + (l & 31), 1) || substr(signs, 1 + ((l >> 5) & 31), 1)
      || substr(signs, 1 + ((l >> 10) & 31), 1) || substr(signs, 1 + (l >> 15), 1);
end $function$;
CREATE OR REPLACE FUNCTION public.funnel_adds_up()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.cohort_size <> (select count(*) from invitation where campaign_id = new.id) then
    raise exception 'campaign %: the funnel does not add up to the cohort', new.name using errcode = 'check_violation';
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.give_waiting_doses()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  with theirs as (
    delete from waiting_dose w
     using person p
     where p.identity_number = w.identity_number
    returning p.lead_id, w.purpose, w.given_on, w.vaccine, w.given_at)
  insert into dose (person_id, purpose, given_on, vaccine, given_at)
  select lead_id, purpose, given_on, vaccine, given_at
    from theirs
  on conflict (person_id, purpose) do nothing;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.hold_doses(slots bigint[])
 RETURNS void
 LANGUAGE sql
AS $function$
  select from clinic_doses
   where clinic_id in (select clinic_id from slot where id = any(slots))
   order by clinic_id
     for update
$function$;
CREATE OR REPLACE FUNCTION public.intervals_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'an interval rule is never changed: make a new version' using errcode = 'check_violation';
end $function$;
CREATE OR REPLACE FUNCTION public.invitations_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'an invitation is never removed: it ends in a state with a reason' using errcode = 'check_violation';
end $function$;
CREATE OR REPLACE FUNCTION public.member_leaves_without_roles()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update member_role set ended_at = new.ended_at, ended_by = new.ended_by
   where member = new.id and ended_at is null;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.member_role_of_a_live_member()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from member where id = new.member and ended_at is null for share;
  if not found then
    raise exception 'member % has left', new.member using errcode = 'check_violation';
  end if;
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.new_code()
 RETURNS text
 LANGUAGE plpgsql
AS $function$
begin
  return code_of(nextval('code_number'), (select secret from code_key));
end $function$;
CREATE OR REPLACE FUNCTION public.offers_in_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from after n join offer w on w.round_id = n.round_id and w.rank < n.rank and w.state = 'waiting'
              where n.state not in ('waiting', 'passed-over', 'not-needed')) then
    raise exception 'an offer out of order: somebody before it in the round waits, and no reason is on record' using errcode = 'check_violation';
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.only_added_to()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is only added to', tg_table_name;
end $function$;
CREATE OR REPLACE FUNCTION public.only_legal_transitions()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.state <> old.state and not exists (
       select from transition t where t.machine = tg_table_name and t.from_state = old.state and t.to_state = new.state) then
    raise exception '% % may not go from % to %', tg_table_name, new.id, old.state, new.state using errcode = 'check_violation';
  end if;
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.outgoing_follows()
 RETURNS trigger
 LANGUAGE plpgsql
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_seqscan TO 'off'
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into outgoing (message_id, state, channel, campaign_id, priority, due_at, leave_by)
      select id, state, channel, campaign_id, priority, due_at, coalesce(leave_by, due_at)
        from after
       where state = 'queued' or (channel <> 'letter' and state in ('sending', 'in-doubt'));
  elsif tg_op = 'DELETE' then
    delete from outgoing o using before b where o.message_id = b.id;
  else
    merge into outgoing o
    using after a on o.message_id = a.id
     when matched and not (a.state = 'queued' or (a.channel <> 'letter' and a.state in ('sending', 'in-doubt'))) then delete
     when matched and (o.state, o.priority, o.due_at, o.leave_by)
                      is distinct from (a.state, a.priority, a.due_at, coalesce(a.leave_by, a.due_at)) then
          update set state = a.state, priority = a.priority, due_at = a.due_at, leave_by = coalesce(a.leave_by, a.due_at)
     when not matched and (a.state = 'queued' or (a.channel <> 'letter' and a.state in ('sending', 'in-doubt'))) then
          insert (message_id, state, channel, campaign_id, priority, due_at, leave_by)
          values (a.id, a.state, a.channel, a.campaign_id, a.priority, a.due_at, coalesce(a.leave_by, a.due_at));
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.person_email_is_new()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.email_bounced_on := null;
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.person_link_is_one_step()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from person p where p.id = new.same_as and p.same_as is not null)
    or exists (select from person p where p.lead_id = new.id and p.id <> new.id) then
    raise exception 'person % can only be linked to a leading record', new.id using errcode = 'check_violation';
  end if;
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.person_moves()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.protection = 'skyddad-folkbokforing' then
    delete from person_move where person_id = new.id;
  else
    insert into person_move (person_id, from_municipality, to_municipality, noticed_at)
      values (new.id, old.municipality, new.municipality, new.updated_at);
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.person_protected_is_bare()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.phone := null;
  new.email := null;
  new.household := null;
  if new.protection = 'skyddad-folkbokforing' then
    new.registered_address := null;
    new.special_address := null;
    new.foreign_address := null;
    new.listed_clinic := null;
    new.returned_address := null;
    new.returned_on := null;
    new.returned_why := null;
  end if;
  return new;
end $function$;
CREATE OR REPLACE FUNCTION public.protected_letter_stays()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a letter that has been posted is kept as it was';
end $function$;
CREATE OR REPLACE FUNCTION public.sealed_batches_stay()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  wrong record;
begin
  with came as (
    select id, batch_id from after where batch_id is not null
    except
    select id, batch_id from before
  ), went as (
    select id, batch_id from before where batch_id is not null
    except
    select id, batch_id from after
  )
  select x.id, x.batch_id into wrong
    from (
      select c.id, c.batch_id from came c left join batch b on b.id = c.batch_id where b.state is distinct from 'open'
      union all
      select w.id, w.batch_id from went w join batch b on b.id = w.batch_id where b.state in ('sealed', 'handed-over')
      union all
      (select id, batch_id from came
       except
       select unnest(b.letter_ids), b.id from batch b where b.id in (select batch_id from came))) x
   limit 1;
  if found then
    raise exception 'letter %: batch % is sealed, or made without it', wrong.id, wrong.batch_id using errcode = 'check_violation';
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.slot_remembers()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    insert into slot_history (slot_id, capacity, overbooking) select id, capacity, overbooking from after;
  else
    insert into slot_history (slot_id, capacity, overbooking)
      select a.id, a.capacity, a.overbooking from after a join before b using (id)
       where (a.capacity, a.overbooking) is distinct from (b.capacity, b.overbooking);
  end if;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.take_doses(slots bigint[], people bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
end $function$;
CREATE OR REPLACE FUNCTION public.times_with_doses(clinic bigint)
 RETURNS TABLE(opens_at timestamp with time zone, closes_at timestamp with time zone)
 LANGUAGE sql
 STABLE
AS $function$
  select coalesce(lower(r), '-infinity'), coalesce(upper(r), 'infinity')
    from unnest(
           tstzmultirange(tstzrange(null, null)) - coalesce(
             (select range_agg(tstzrange(starts_at, nullif(ends_at, 'infinity')))
                from dose_span
               where clinic_id = clinic
                 and spent),
             '{}')) r
$function$;
CREATE OR REPLACE FUNCTION public.transitions_known()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  watched text;
  legal text;
begin
  foreach watched in array array['message', 'invitation'] loop -- the tables of many rows
    select string_agg(format('(%L, %L)', from_state, to_state), ', ' order by from_state, to_state) into legal from transition where machine = watched;
    execute format('create or replace trigger %1$I after update of state on %2$I for each row
                      when (old.state <> new.state and (old.state, new.state) not in (%3$s)) execute function only_legal_transitions()', watched || '_transition', watched, legal);
  end loop;
  return null;
end $function$;
CREATE OR REPLACE FUNCTION public.uuid_of(text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (SELECT (((((substr(h.h, 1, 12) || '8'::text) || substr(h.h, 14, 3)) || '8'::text) || substr(h.h, 18, 15)))::uuid AS uuid FROM encode(sha256(convert_to($1, 'UTF8'::name)), 'hex'::text) h(h));
CREATE TRIGGER access_log_only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON public.access_log FOR EACH STATEMENT EXECUTE FUNCTION only_added_to();
CREATE TRIGGER appointment_counts_delete AFTER DELETE ON public.appointment REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION appointment_counts();
CREATE TRIGGER appointment_counts_insert AFTER INSERT ON public.appointment REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION appointment_counts();
CREATE TRIGGER appointment_counts_update AFTER UPDATE ON public.appointment REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION appointment_counts();
CREATE TRIGGER appointment_takes_doses_delete AFTER DELETE ON public.appointment REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION appointment_takes_doses();
CREATE TRIGGER appointment_takes_doses_insert AFTER INSERT ON public.appointment REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION appointment_takes_doses();
CREATE TRIGGER appointment_takes_doses_update AFTER UPDATE ON public.appointment REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION appointment_takes_doses();
CREATE TRIGGER batch_transition BEFORE UPDATE OF state ON public.batch FOR EACH ROW EXECUTE FUNCTION only_legal_transitions();
CREATE TRIGGER campaign_event_only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON public.campaign_event FOR EACH STATEMENT EXECUTE FUNCTION only_added_to();
CREATE TRIGGER campaign_needs_two_people BEFORE UPDATE OF state ON public.campaign FOR EACH ROW EXECUTE FUNCTION campaign_needs_two_people();
CREATE TRIGGER campaign_transition BEFORE UPDATE OF state ON public.campaign FOR EACH ROW EXECUTE FUNCTION only_legal_transitions();
CREATE TRIGGER chained_line_only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON public.chained_line FOR EACH STATEMENT EXECUTE FUNCTION only_added_to();
CREATE CONSTRAINT TRIGGER funnel_adds_up AFTER UPDATE OF cohort_size, state ON public.campaign DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.cohort_size IS NOT NULL)) EXECUTE FUNCTION funnel_adds_up();
CREATE TRIGGER give_waiting_doses AFTER INSERT ON public.person FOR EACH STATEMENT EXECUTE FUNCTION give_waiting_doses();
CREATE TRIGGER intervals_stay BEFORE DELETE OR UPDATE ON public.dose_interval FOR EACH STATEMENT EXECUTE FUNCTION intervals_stay();
CREATE TRIGGER invitation_transition AFTER UPDATE OF state ON public.invitation FOR EACH ROW WHEN (((old.state <> new.state) AND (((((((((((((((((((((((((old.state <> 'answered'::text) OR (new.state <> 'declined'::text)) AND ((old.state <> 'answered'::text) OR (new.state <> 'released'::text))) AND ((old.state <> 'answered'::text) OR (new.state <> 'superseded'::text))) AND ((old.state <> 'answered'::text) OR (new.state <> 'withdrawn'::text))) AND ((old.state <> 'declined'::text) OR (new.state <> 'answered'::text))) AND ((old.state <> 'declined'::text) OR (new.state <> 'released'::text))) AND ((old.state <> 'declined'::text) OR (new.state <> 'superseded'::text))) AND ((old.state <> 'declined'::text) OR (new.state <> 'withdrawn'::text))) AND ((old.state <> 'expired'::text) OR (new.state <> 'answered'::text))) AND ((old.state <> 'expired'::text) OR (new.state <> 'superseded'::text))) AND ((old.state <> 'expired'::text) OR (new.state <> 'withdrawn'::text))) AND ((old.state <> 'planned'::text) OR (new.state <> 'released'::text))) AND ((old.state <> 'planned'::text) OR (new.state <> 'suppressed'::text))) AND ((old.state <> 'planned'::text) OR (new.state <> 'waiting'::text))) AND ((old.state <> 'planned'::text) OR (new.state <> 'withdrawn'::text))) AND ((old.state <> 'released'::text) OR (new.state <> 'answered'::text))) AND ((old.state <> 'released'::text) OR (new.state <> 'declined'::text))) AND ((old.state <> 'released'::text) OR (new.state <> 'expired'::text))) AND ((old.state <> 'released'::text) OR (new.state <> 'superseded'::text))) AND ((old.state <> 'released'::text) OR (new.state <> 'withdrawn'::text))) AND ((old.state <> 'suppressed'::text) OR (new.state <> 'planned'::text))) AND ((old.state <> 'waiting'::text) OR (new.state <> 'planned'::text))) AND ((old.state <> 'waiting'::text) OR (new.state <> 'suppressed'::text))) AND ((old.state <> 'waiting'::text) OR (new.state <> 'withdrawn'::text))))) EXECUTE FUNCTION only_legal_transitions();
CREATE TRIGGER invitations_stay BEFORE DELETE ON public.invitation FOR EACH STATEMENT EXECUTE FUNCTION invitations_stay();
CREATE TRIGGER member_leaves_without_roles AFTER UPDATE OF ended_at ON public.member FOR EACH ROW WHEN (((old.ended_at IS NULL) AND (new.ended_at IS NOT NULL))) EXECUTE FUNCTION member_leaves_without_roles();
CREATE TRIGGER member_role_of_a_live_member BEFORE INSERT ON public.member_role FOR EACH ROW EXECUTE FUNCTION member_role_of_a_live_member();
CREATE TRIGGER message_transition AFTER UPDATE OF state ON public.message FOR EACH ROW WHEN (((old.state <> new.state) AND ((((((((((((((((((((old.state <> 'failed'::text) OR (new.state <> 'delivered'::text)) AND ((old.state <> 'in-doubt'::text) OR (new.state <> 'delivered'::text))) AND ((old.state <> 'in-doubt'::text) OR (new.state <> 'failed'::text))) AND ((old.state <> 'in-doubt'::text) OR (new.state <> 'queued'::text))) AND ((old.state <> 'in-doubt'::text) OR (new.state <> 'sent'::text))) AND ((old.state <> 'queued'::text) OR (new.state <> 'delivered'::text))) AND ((old.state <> 'queued'::text) OR (new.state <> 'failed'::text))) AND ((old.state <> 'queued'::text) OR (new.state <> 'recalled'::text))) AND ((old.state <> 'queued'::text) OR (new.state <> 'sending'::text))) AND ((old.state <> 'queued'::text) OR (new.state <> 'suppressed'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'delivered'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'failed'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'in-doubt'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'queued'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'recalled'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'sent'::text))) AND ((old.state <> 'sending'::text) OR (new.state <> 'suppressed'::text))) AND ((old.state <> 'sent'::text) OR (new.state <> 'delivered'::text))) AND ((old.state <> 'sent'::text) OR (new.state <> 'failed'::text))))) EXECUTE FUNCTION only_legal_transitions();
CREATE TRIGGER offer_transition BEFORE UPDATE OF state ON public.offer FOR EACH ROW EXECUTE FUNCTION only_legal_transitions();
CREATE TRIGGER offers_in_order_insert AFTER INSERT ON public.offer REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION offers_in_order();
CREATE TRIGGER offers_in_order_update AFTER UPDATE ON public.offer REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION offers_in_order();
CREATE TRIGGER ordination_transition BEFORE UPDATE OF state ON public.ordination FOR EACH ROW EXECUTE FUNCTION only_legal_transitions();
CREATE TRIGGER outgoing_delete AFTER DELETE ON public.message REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION outgoing_follows();
CREATE TRIGGER outgoing_insert AFTER INSERT ON public.message REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION outgoing_follows();
CREATE TRIGGER outgoing_update AFTER UPDATE ON public.message REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION outgoing_follows();
CREATE TRIGGER person_email_is_new BEFORE UPDATE OF email ON public.person FOR EACH ROW WHEN (((old.email IS DISTINCT FROM new.email) AND (new.email_bounced_on IS NOT NULL))) EXECUTE FUNCTION person_email_is_new();
CREATE TRIGGER person_link_is_one_step BEFORE INSERT OR UPDATE OF same_as ON public.person FOR EACH ROW WHEN ((new.same_as IS NOT NULL)) EXECUTE FUNCTION person_link_is_one_step();
CREATE TRIGGER person_moves AFTER UPDATE OF municipality, protection ON public.person FOR EACH ROW WHEN (((old.municipality IS DISTINCT FROM new.municipality) OR ((old.protection <> new.protection) AND (new.protection = 'skyddad-folkbokforing'::text)))) EXECUTE FUNCTION person_moves();
CREATE TRIGGER person_protected_is_bare BEFORE INSERT OR UPDATE ON public.person FOR EACH ROW WHEN ((new.protection <> 'none'::text)) EXECUTE FUNCTION person_protected_is_bare();
CREATE TRIGGER protected_letter_stays BEFORE UPDATE ON public.protected_letter FOR EACH ROW WHEN (((old.posted_at IS NOT NULL) AND ((SUBSTRING(new.content FROM 1 FOR 1) IS DISTINCT FROM '\x01'::bytea) OR ((to_jsonb(old.*) - 'content'::text) IS DISTINCT FROM (to_jsonb(new.*) - 'content'::text))))) EXECUTE FUNCTION protected_letter_stays();
CREATE TRIGGER sealed_batches_stay AFTER UPDATE ON public.message REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION sealed_batches_stay();
CREATE TRIGGER slot_remembers_insert AFTER INSERT ON public.slot REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION slot_remembers();
CREATE TRIGGER slot_remembers_update AFTER UPDATE ON public.slot REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION slot_remembers();
CREATE TRIGGER transitions_known AFTER INSERT OR DELETE OR UPDATE ON public.transition FOR EACH STATEMENT EXECUTE FUNCTION transitions_known();
CREATE VIEW approval_in_force AS  SELECT a.campaign_id,
    a.approver,
    a.approved_at,
    a.texts
   FROM (( SELECT DISTINCT ON (campaign_approval.campaign_id, campaign_approval.approver) campaign_approval.campaign_id,
            campaign_approval.approver,
            campaign_approval.approved_at,
            campaign_approval.id,
            campaign_approval.texts
           FROM campaign_approval
          ORDER BY campaign_approval.campaign_id, campaign_approval.approver, campaign_approval.id DESC) a
     JOIN ( SELECT DISTINCT ON (campaign_approval.campaign_id) campaign_approval.campaign_id,
            campaign_approval.texts
           FROM campaign_approval
          ORDER BY campaign_approval.campaign_id, campaign_approval.id DESC) n ON (((n.campaign_id = a.campaign_id) AND (NOT (n.texts IS DISTINCT FROM a.texts)))));
CREATE VIEW funnel AS  SELECT campaign_id,
    state,
    reason,
    (count(*))::integer AS number
   FROM invitation i
  GROUP BY campaign_id, state, reason;
CREATE VIEW open_booking_conflict AS  SELECT k.id,
    k.outside_booking_id,
    k.appointment_id,
    k.kind,
    k.found_at
   FROM ((booking_conflict k
     JOIN outside_booking o ON ((o.id = k.outside_booking_id)))
     JOIN appointment a ON ((a.id = k.appointment_id)))
  WHERE ((o.state = 'booked'::text) AND
        CASE k.kind
            WHEN 'second-booking'::text THEN ((o.appointment_id IS NULL) AND (a.state = ANY (ARRAY['booked'::text, 'attended'::text])))
            ELSE ((o.appointment_id = k.appointment_id) AND (a.state = ANY (ARRAY['moved'::text, 'cancelled'::text])))
        END);
CREATE VIEW reconciliation_affected AS  SELECT DISTINCT reconciliation_id,
    kind,
    message_id,
    person_id
   FROM reconciliation_finding
  WHERE (kind = ANY (ARRAY['doubled'::text, 'other-batch'::text, 'hash-disagrees'::text]));
CREATE VIEW supply_now AS  SELECT DISTINCT ON (clinic_id, day) id,
    clinic_id,
    day,
    vials,
    dose_min,
    dose_expected,
    dose_max,
    state,
    published_on,
    note,
    import_id,
    believed_at,
    use_by
   FROM supply
  ORDER BY clinic_id, day, id DESC;
