-- A UUID that is made from a text (version 8 of RFC 9562: the first 122 bits of its SHA-256).
create function uuid_of(text) returns uuid
language sql immutable parallel safe
return (
  select (substr(h, 1, 12) || '8' || substr(h, 14, 3) || '8' || substr(h, 18, 15))::uuid
    from encode(sha256(convert_to($1, 'UTF8')), 'hex') as h);
