package query

import (
	"fmt"
	"slices"
	"strings"

	"togetherwecan/pipeline/tally"
)

// A Dialect is how an engine writes what the statements take.
type Dialect struct {
	Name     string
	Run      string // how its statements are run
	NeverRun bool   // by whoever wrote this
	Form     int    // of sums of products over PSUs

	quote     string // of names
	backslash bool   // a backslash in a text escapes
	types     [4]string
	half      string // of a number of 64 bits, rounded down
	most      int    // columns of a statement; 0 is any number
}

// The places of the types.
const (
	typeDouble = iota
	typeInteger
	typeWide
	typeText
)

// Dialects are those that statements are written in.
var Dialects = []*Dialect{
	{Name: "postgres", Run: "psql --no-psqlrc --quiet --csv --tuples-only --file tally.sql > part.tally", Form: 128, quote: `"`, types: [4]string{"DOUBLE PRECISION", "BIGINT", "NUMERIC", "TEXT"}, half: "(CAST(%s AS BIGINT) / %d)", most: 1600},
	{Name: "duckdb", Run: "duckdb -csv -noheader warehouse.duckdb < tally.sql > part.tally", Form: 128, quote: `"`, types: [4]string{"DOUBLE", "BIGINT", "HUGEINT", "VARCHAR"}, half: "(CAST(%s AS BIGINT) // %d)"},
	{Name: "clickhouse", Run: "clickhouse-client --multiquery --format CSV < tally.sql > part.tally", Form: 64, quote: `"`, backslash: true, types: [4]string{"Float64", "Int64", "Decimal(38, 0)", "String"}, half: "intDiv(%s, %d)"},
	{Name: "spark", Run: "each statement by spark.sql(...), written as CSV without a header", NeverRun: true, Form: 128, quote: "`", backslash: true, types: [4]string{"DOUBLE", "BIGINT", "DECIMAL(38, 0)", "STRING"}, half: "(CAST(%s AS BIGINT) DIV %d)"},
	{Name: "bigquery", Run: "bq query --use_legacy_sql=false --format=csv, each statement, without its first line", NeverRun: true, Form: 128, quote: "`", backslash: true, types: [4]string{"FLOAT64", "INT64", "BIGNUMERIC", "STRING"}, half: "DIV(CAST(%s AS INT64), %d)"},
}

// DialectNames are their names.
func DialectNames() []string {
	var names []string
	for _, d := range Dialects {
		names = append(names, d.Name)
	}
	return names
}

// DialectBy is the dialect of a name, or nil.
func DialectBy(name string) *Dialect {
	if i := slices.IndexFunc(Dialects, func(d *Dialect) bool { return d.Name == name }); i >= 0 {
		return Dialects[i]
	}
	return nil
}

// FormAt is the form of sums of products at a level.
func (d *Dialect) FormAt(level string) int {
	if level == tally.OfStrata {
		return d.Form
	}
	return 128
}

func (d *Dialect) cast(x string, to int) string {
	if d.Name == "clickhouse" {
		switch to {
		case typeText:
			return "toString(" + x + ")"
		case typeInteger:
			return "toInt64(" + x + ")"
		case typeDouble:
			return "toFloat64(" + x + ")"
		}
		return "toDecimal128(" + x + ", 0)"
	}
	return fmt.Sprintf("CAST(%s AS %s)", x, d.types[to])
}

func (d *Dialect) double(x string) string  { return d.cast(x, typeDouble) }
func (d *Dialect) integer(x string) string { return d.cast(x, typeInteger) }
func (d *Dialect) wide(x string) string    { return d.cast(x, typeWide) }
func (d *Dialect) text(x string) string    { return d.cast(x, typeText) }
func (d *Dialect) halved(x string) string  { return fmt.Sprintf(d.half, x, 1<<tally.Half) }

// name is a column's, between its quotes.
func (d *Dialect) name(column string) string {
	if d.backslash {
		column = strings.ReplaceAll(column, `\`, `\\`)
	}
	double := d.quote + d.quote
	if d.backslash {
		double = `\` + d.quote
	}
	return d.quote + strings.ReplaceAll(column, d.quote, double) + d.quote
}

// literal is a text between its quotes.
func (d *Dialect) literal(text string) string {
	if d.backslash {
		return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
	}
	return "'" + strings.ReplaceAll(text, "'", "''") + "'"
}
