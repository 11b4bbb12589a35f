// Holds the data packages of folders against version 1 of the standard, by its validator, which
// reads every row, and against the JSON Schema of version 2, the first argument. Prints as JSON, one
// object a line, what each folder's package is: valid by 1, by 2, rows read by resource, and faults.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const { Package } = require("datapackage");
const Ajv = require("ajv");

const schema = JSON.parse(readFileSync(process.argv[2]));
delete schema.$schema; // draft 7, which the validator takes by itself
const second = new Ajv({ strict: false, validateFormats: false }).compile(schema);

for (const folder of process.argv.slice(3)) {
  const text = readFileSync(path.join(folder, "datapackage.json"));
  const told = { one: false, two: second(JSON.parse(text)), rows: {}, faults: (second.errors ?? []).map((e) => `2: ${e.instancePath} ${e.message}`) };
  try {
    const p = await Package.load(JSON.parse(text), { basePath: folder, strict: false });
    told.one = p.valid;
    told.faults.push(...p.errors.map((e) => `1: ${e.message}`));
    for (const r of p.resources) {
      try {
        told.rows[r.name] = (await r.read({ keyed: false })).length;
      } catch (e) {
        told.faults.push(`${r.name}: ${e.message}`, ...(e.errors ?? []).map((x) => `${r.name}: ${x.message}`));
      }
    }
  } catch (e) {
    told.faults.push(`1: ${e.message}`);
  }
  console.log(JSON.stringify(told));
}
