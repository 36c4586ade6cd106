import { closestName } from 'devservices/machine';

import type { Connection } from '../connection.ts';
import { permissionErrors } from '../errors.ts';
import type { SqlDirectory } from './sql-directory.ts';

/** What a table of the application is like, as far as it matters. */
export interface TableShape {
  /** By name. */
  columns: ReadonlyMap<string, ColumnShape>;
  /** What its indexes are of, each part as Postgres writes it. */
  indexes: readonly IndexShape[];
}

export interface ColumnShape {
  /** Postgres' own short name: `int8`, `varchar`. */
  type: string;
  /** Longest text, in characters. */
  limit: number | null;
  /** As it stands in an expression. */
  quoted: string;
}

export interface IndexShape {
  name: string;
  /** Whether `on conflict` can be about it. */
  isKey: boolean;
  parts: readonly string[];
}

export interface Shapes {
  users: TableShape;
  permissions: TableShape;
}

interface Row {
  columns: (ColumnShape & { name: string })[] | null;
  indexes: IndexShape[] | null;
}

/** Reads how both tables are, in one statement. Throws DS_DIRECTORY_MISMATCH naming all that is missing. */
export async function loadShapes(
  { sql, query }: Connection<unknown>,
  { users, permissions }: SqlDirectory,
  description: string,
): Promise<Shapes> {
  const asked = sql.join(
    [users.table, permissions.table].map(
      (table, place) => sql`(${place}::int, ${quoteTable(table)})`,
    ),
  );
  const { rows } = await sql<Row>`
    select (
      select json_agg(json_build_object(
        'name', a.attname, 'quoted', quote_ident(a.attname), 'type', coalesce(b.typname, t.typname),
        'limit', case when coalesce(b.oid, t.oid) in ('varchar'::regtype, 'bpchar'::regtype)
          then nullif(case when b.oid is null then a.atttypmod else t.typtypmod end, -1) - 4 end))
      from pg_attribute a
      join pg_type t on t.oid = a.atttypid
      left join pg_type b on t.typtype = 'd' and b.oid = t.typbasetype
      where a.attrelid = asked.id and a.attnum > 0 and not a.attisdropped
    ) as columns, (
      select json_agg(json_build_object(
        'name', c.relname,
        'isKey', i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null,
        'parts', (select json_agg(pg_get_indexdef(i.indexrelid, part, false) order by part)
          from generate_series(1, i.indnkeyatts) part)))
      from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = asked.id
    ) as indexes
    from (select place, to_regclass(name) as id from (values ${asked}) as names (place, name)) asked
    order by place`.execute(query);
  const problems: string[] = [];
  const shapeOf = (row: Row | undefined, table: string, names: readonly (string | undefined)[]) => {
    const columns = new Map((row?.columns ?? []).map(({ name, ...column }) => [name, column]));
    if (columns.size === 0) problems.push(`there is no table ${table}`);
    else problems.push(...missing(columns, table, names));
    return { columns, indexes: row?.indexes ?? [] };
  };
  const { table: usersTable, ...userColumns } = users;
  const { table: permissionsTable, ...permissionColumns } = permissions;
  const shapes = {
    users: shapeOf(rows[0], usersTable, Object.values(userColumns)),
    permissions: shapeOf(rows[1], permissionsTable, Object.values(permissionColumns)),
  };
  if (problems.length === 0) return shapes;
  throw permissionErrors.create('DS_DIRECTORY_MISMATCH', {
    directory: description,
    problem: problems.join('; '),
  });
}

/** `"schema"."table"`, as Postgres reads a name that is given as text. */
function quoteTable(table: string): string {
  return table
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
}

function missing(
  columns: ReadonlyMap<string, unknown>,
  table: string,
  names: readonly (string | undefined)[],
): string[] {
  return names
    .filter((name): name is string => name !== undefined && !columns.has(name))
    .map((name) => {
      const closest = closestName(name, columns.keys());
      const note = closest === undefined ? '' : ` (did you mean ${closest}?)`;
      return `${table} has no column ${name}${note}`;
    });
}
