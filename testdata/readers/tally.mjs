// Runs statements in DuckDB, of which each record is printed as CSV.
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const { setup, statements } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const db = await (await DuckDBInstance.create(':memory:')).connect();
for (const statement of setup) await db.run(statement);
const quoted = (cell) => (cell === null ? '' : `"${String(cell).replaceAll('"', '""')}"`);
for (const statement of statements) {
  const found = await db.runAndReadAll(statement);
  for (const row of found.getRows()) console.log(row.map(quoted).join(','));
}
