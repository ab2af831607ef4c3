import type { Db } from './pool.ts'
import { rows } from './pool.ts'

const header =
  '-- What the migrations make. Written by `npm run schema`; CI fails when it is stale.\n'

/** The schema as text, from the catalogue: tables with columns and constraints, indexes, functions, triggers, views. */
export async function dumpSchema(db: Db): Promise<string> {
  const tables = await rows<{ name: string; columns: string[]; constraints: string[] }>(
    db,
    `select c.relname as name,
            array(select format('  %I %s%s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                         case when a.attidentity = 'a' then ' generated always as identity'
                              when a.attgenerated = 's'
                              then ' generated always as (' || pg_get_expr(d.adbin, d.adrelid) || ') stored'
                              else '' end,
                         case when a.attnotnull then ' not null' else '' end,
                         case when d.adbin is not null and a.attgenerated = ''
                              then ' default ' || pg_get_expr(d.adbin, d.adrelid)
                              else '' end)
                    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
            array(select format('  constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
                    from pg_constraint k
                   where k.conrelid = c.oid and k.contype <> 'n'
                   order by k.contype, k.conname) as constraints
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'public' and c.relkind = 'r' and c.relname <> 'migration' order by c.relname`,
  )
  const definitions = await rows<{ definition: string }>(
    db,
    `select definition from (
       select 1 as kind, i.relname as name, pg_get_indexdef(i.oid) as definition
         from pg_class i
         join pg_index x on x.indexrelid = i.oid
         join pg_namespace n on n.oid = i.relnamespace
         join pg_class t on t.oid = x.indrelid
        where n.nspname = 'public'
          and t.relname <> 'migration'
          and not exists (select from pg_constraint k where k.conindid = i.oid)
       union all
       select 2, p.proname, rtrim(pg_get_functiondef(p.oid), E'\\n')
         from pg_proc p
         join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'public'
       union all
       select 3, t.tgname, pg_get_triggerdef(t.oid)
         from pg_trigger t
         join pg_class c on c.oid = t.tgrelid
         join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and not t.tgisinternal
       union all
       select 4, c.relname, format('CREATE VIEW %I AS %s', c.relname, rtrim(pg_get_viewdef(c.oid), ';'))
         from pg_class c
         join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind = 'v') x
      order by kind, name, definition`,
  )
  const tableText = tables.map(
    (t) => `create table ${t.name} (\n${[...t.columns, ...t.constraints].join(',\n')}\n);`,
  )
  return [header, ...tableText, ...definitions.map((d) => `${d.definition};`)].join('\n') + '\n'
}
