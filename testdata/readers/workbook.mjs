// Prints the cells of workbooks as JSON, one array a line: file, sheet, row and column from 1,
// type (n for a number, s for text, d for a date, b, e) and value. SheetJS reads both formats.
import { createRequire } from "node:module";

const XLSX = createRequire(import.meta.url)("xlsx");

for (const [file, path] of process.argv.slice(2).entries()) {
  const book = XLSX.readFile(path, { cellDates: true });
  for (const name of book.SheetNames) {
    for (const [at, cell] of Object.entries(book.Sheets[name])) {
      if (at.startsWith("!") || cell.t === "z") continue;
      const { r, c } = XLSX.utils.decode_cell(at);
      console.log(JSON.stringify([file, name, r + 1, c + 1, cell.t, cell.v]));
    }
  }
}
