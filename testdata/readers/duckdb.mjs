// Prints the rows of a Parquet file as JSON, one array a line, the columns'
// names first: numbers as numbers, null as null.
import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
const file = process.argv[2].replaceAll("'", "''");
const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`);
console.log(JSON.stringify(reader.columnNames()));
for (const row of reader.getRows()) {
  console.log(JSON.stringify(row.map((cell) => (typeof cell === "bigint" ? Number(cell) : cell))));
}
