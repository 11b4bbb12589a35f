// Reads CSV files, those of one table after another with "--" between them: one at a time and
// then all of a table as one, guessing types as DuckDB does by itself. Prints as JSON, one
// array a line, each file's columns with their types, and after those of a table the number of
// rows of all together.
import { DuckDBInstance } from "@duckdb/node-api";

const connection = await (await DuckDBInstance.create(":memory:")).connect();
let quoted = [];
for (const file of [...process.argv.slice(2), "--"]) {
  if (file === "--") {
    const reader = await connection.runAndReadAll(`SELECT count(*) FROM read_csv([${quoted.join(", ")}], union_by_name = true)`);
    console.log(JSON.stringify([Number(reader.getRows()[0][0])]));
    quoted = [];
    continue;
  }
  quoted.push(`'${file.replaceAll("'", "''")}'`);
  const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_csv(${quoted.at(-1)})`);
  console.log(JSON.stringify(reader.getRows().map((row) => [row[0], row[1]])));
}
