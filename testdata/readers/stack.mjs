// Reads CSV files one at a time and then all as one table, guessing types as
// DuckDB does by itself. Prints as JSON, one array a line, each file's columns
// with their types, and at the end the number of rows of all together.
import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const quoted = process.argv.slice(2).map((file) => `'${file.replaceAll("'", "''")}'`);
for (const file of quoted) {
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_csv(${file})`);
  console.log(JSON.stringify(reader.getRows().map((row) => [row[0], row[1]])));
}
const reader = await connection.runAndReadAll(`SELECT count(*) FROM read_csv([${quoted.join(", ")}], union_by_name = true)`);
console.log(JSON.stringify([Number(reader.getRows()[0][0])]));
