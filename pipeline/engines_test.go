package pipeline_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/tally"
)

// An engine runs statements in a table of its own, and gives what they print as CSV.
type engine struct {
	dialect string
	nan     string            // as the engine writes it
	types   map[string]string // of the columns
	ask     func(t *testing.T, setup, statements []string) string
}

// A rowOfTable is a row of the table that engines are held against, as texts; "" is missing.
type rowOfTable [6]string

var surveyColumns = []string{"region", "school", "wt", "sex", "smokes", "word"}

// respondents are rows with weights missing and 0, a category that one shard alone has, a PSU
// absent from a domain, one whose weights are all 0, labels of text, some with quotes, and
// PSU numbers that begin anew in each stratum.
func respondents() []rowOfTable {
	r := rand.New(rand.NewPCG(15, 0))
	var made []rowOfTable
	for h, region := range []string{"north", "south's", `the "east", coast`} {
		for psu := 1; psu <= 5+h; psu++ {
			for range 6 + r.IntN(9) {
				of := rowOfTable{region, strconv.Itoa(psu), strconv.FormatFloat(float64(1+r.IntN(9000))/1024, 'f', -1, 64), strconv.Itoa(1 + r.IntN(2)), strconv.Itoa(r.IntN(3)), []string{"a", "b", "café", "c,d"}[r.IntN(4)]}
				switch r.IntN(14) {
				case 0:
					of[2] = ""
				case 1:
					of[2] = "0"
				case 2:
					of[4] = ""
				case 3:
					of[3] = ""
				case 4:
					of[4] = "9"
				case 5:
					of[5] = ""
				}
				if psu == 2 { // of which nobody is in a domain
					of[3] = "1"
				}
				if psu == 3 {
					of[2] = "0"
				}
				made = append(made, of)
			}
		}
	}
	made[0][4], made[0][2] = "7", "2.5" // of one respondent alone
	return made
}

// ddl are the statements that make a table of rows.
func (e *engine) ddl(rows []rowOfTable) []string {
	var columns []string
	for _, name := range surveyColumns {
		columns = append(columns, fmt.Sprintf(`"%s" %s`, name, e.types[name]))
	}
	made := []string{"CREATE TABLE survey (" + strings.Join(columns, ", ") + ")" + e.types[""]}
	if len(rows) == 0 {
		return made
	}
	var values []string
	for _, row := range rows {
		var cells []string
		for i, cell := range row {
			switch {
			case cell == "":
				cell = "NULL"
			case surveyColumns[i] == "region" || surveyColumns[i] == "word":
				cell = "'" + strings.ReplaceAll(cell, "'", "''") + "'"
			}
			cells = append(cells, cell)
		}
		values = append(values, "("+strings.Join(cells, ", ")+")")
	}
	return append(made, "INSERT INTO survey VALUES "+strings.Join(values, ", "))
}

// duckdbEngine is DuckDB of npm.
func duckdbEngine(t *testing.T) *engine {
	modules := os.Getenv("TWC_READERS")
	other(t, "DuckDB; see TWC_READERS in the README", modules != "")
	return &engine{"duckdb", "CAST('NaN' AS DOUBLE)", map[string]string{"region": "VARCHAR", "school": "INTEGER", "wt": "DOUBLE", "sex": "INTEGER", "smokes": "DOUBLE", "word": "VARCHAR"}, func(t *testing.T, setup, statements []string) string {
		text, err := json.Marshal(map[string][]string{"setup": setup, "statements": statements})
		if err != nil {
			t.Fatal(err)
		}
		asked := filepath.Join(t.TempDir(), "asked.json")
		write(t, asked, text)
		return strings.Join(linesOf(duckdb(t, "tally.mjs", asked)), "\n") + "\n"
	}}
}

func linesOf(lines [][]byte) []string {
	var made []string
	for _, l := range lines {
		made = append(made, string(l))
	}
	return made
}

// free is a port that nothing listens at.
func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// until tries something for a minute.
func until(t *testing.T, what string, try func() error) {
	t.Helper()
	var err error
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if err = try(); err == nil {
			return
		}
	}
	t.Fatalf("%s did not come up: %v", what, err)
}

// postgresEngine is a server of its own, which takes no order from root.
func postgresEngine(t *testing.T) *engine {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	other(t, "PostgreSQL of Debian's package postgresql", len(found) > 0)
	bin := filepath.Dir(found[len(found)-1])
	folder, err := os.MkdirTemp("/tmp", "twc-postgres") // whose path a socket's name has room for
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	as := func(name string, args ...string) *exec.Cmd {
		if os.Getuid() != 0 {
			return exec.Command(name, args...)
		}
		return exec.Command("setpriv", append([]string{"--reuid=nobody", "--regid=nogroup", "--clear-groups", name}, args...)...)
	}
	if os.Getuid() == 0 {
		if out, err := exec.Command("chown", "nobody", folder).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	data, port := filepath.Join(folder, "data"), free(t)
	do := func(cmd *exec.Cmd) {
		t.Helper()
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", cmd.Args, err, out)
		}
	}
	do(as(filepath.Join(bin, "initdb"), "-D", data, "-U", "twc", "-A", "trust", "-E", "UTF8", "--no-sync"))
	server := as(filepath.Join(bin, "postgres"), "-D", data, "-p", port, "-k", folder, "-h", "", "-c", "fsync=off")
	server.Dir = folder
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() })
	psql := func(text string, args ...string) (string, error) {
		cmd := exec.Command(filepath.Join(bin, "psql"), append([]string{"--no-psqlrc", "--quiet", "--csv", "--tuples-only", "-v", "ON_ERROR_STOP=1", "-h", folder, "-p", port, "-U", "twc"}, args...)...)
		cmd.Stdin = strings.NewReader(text)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, &stderr)
		}
		return string(out), err
	}
	until(t, "PostgreSQL", func() error { _, err := psql("SELECT 1", "-d", "postgres"); return err })
	return &engine{"postgres", "CAST('NaN' AS DOUBLE PRECISION)", map[string]string{"region": "TEXT", "school": "INTEGER", "wt": "DOUBLE PRECISION", "sex": "SMALLINT", "smokes": "NUMERIC", "word": "TEXT"}, func(t *testing.T, setup, statements []string) string {
		text := "DROP TABLE IF EXISTS survey;\n" + strings.Join(setup, ";\n") + ";\n" + strings.Join(statements, ";\n") + ";\n"
		out, err := psql("SET client_min_messages = error;\n"+text, "-d", "postgres")
		if err != nil {
			t.Fatal(err)
		}
		return out
	}}
}

// clickhouseEngine is a server of its own, asked over HTTP.
func clickhouseEngine(t *testing.T) *engine {
	path, err := exec.LookPath("clickhouse-server")
	other(t, "ClickHouse of Debian's package clickhouse-server", err == nil)
	folder := t.TempDir()
	port := free(t)
	config := fmt.Sprintf(`<yandex><logger><level>error</level><console>1</console></logger><http_port>%s</http_port><tcp_port>%s</tcp_port><listen_host>127.0.0.1</listen_host>
<path>%s/data/</path><tmp_path>%s/tmp/</tmp_path><user_files_path>%s/files/</user_files_path><mark_cache_size>1073741824</mark_cache_size><users_config>%s/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database></yandex>`,
		port, free(t), folder, folder, folder, folder)
	users := `<yandex><profiles><default/></profiles><users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>`
	write(t, filepath.Join(folder, "config.xml"), []byte(config))
	write(t, filepath.Join(folder, "users.xml"), []byte(users))
	server := exec.Command(path, "--config-file="+filepath.Join(folder, "config.xml"))
	server.Dir = folder
	var log bytes.Buffer
	server.Stdout, server.Stderr = &log, &log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
		if t.Failed() {
			t.Logf("%.2000s", &log)
		}
	})
	post := func(text string) (string, error) {
		answer, err := http.Post("http://127.0.0.1:"+port+"/", "text/plain", strings.NewReader(text))
		if err != nil {
			return "", err
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", answer.Status, body)
		}
		return string(body), err
	}
	until(t, "ClickHouse", func() error { _, err := post("SELECT 1"); return err })
	return &engine{"clickhouse", "nan", map[string]string{"region": "Nullable(String)", "school": "Int32", "wt": "Nullable(Float64)", "sex": "Nullable(UInt8)", "smokes": "Nullable(Float64)", "word": "Nullable(String)", "": " ENGINE = Memory"}, func(t *testing.T, setup, statements []string) string {
		var out strings.Builder
		for _, s := range append([]string{"DROP TABLE IF EXISTS survey"}, setup...) {
			if _, err := post(s); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range statements {
			found, err := post(s + " FORMAT CSV")
			if err != nil {
				t.Fatalf("%v\n%s", err, s)
			}
			out.WriteString(found)
		}
		return out.String()
	}}
}

// condition is one of --where.
func condition(text string) *expression.Expression {
	e, fault := expression.Parse(text, expression.OfFile)
	if fault != nil {
		panic(fault.What)
	}
	return e
}

// engineQuestions are those that engines are asked.
func engineQuestions() map[string]question.Question {
	plain := question.Question{
		Design: codebook.DesignSource{Stratum: codebook.Names{"region"}, PSU: codebook.Names{"school"}, Nested: true, Lonely: codebook.LonelyCertainty},
		Weight: codebook.Weight{Variable: "wt"},
		Asks: []question.Ask{
			{Statistic: indicator.Proportion, Variable: "smokes"},
			{Statistic: indicator.Proportion, Variable: "smokes", Codes: []string{"1", "2"}},
			{Statistic: indicator.Proportion, Variable: "word"},
			{Statistic: indicator.Count, Variable: "sex", Codes: []string{"2"}},
		},
		By:      [][]string{{"sex", "word"}, {"smokes"}},
		Missing: []question.MissingCode{{Variable: "smokes", Code: "9"}},
	}
	of := func(change func(q *question.Question)) question.Question {
		q := plain
		change(&q)
		return q
	}
	k := 5 // in which weights have halves, which engines round in three ways
	return map[string]question.Question{
		"strata and PSUs": plain,
		"some":            of(func(q *question.Question) { q.Where = []question.Restriction{{Variable: "sex", Codes: []string{"1"}}} }),
		"some by their numbers": of(func(q *question.Question) {
			q.Chosen = []*expression.Expression{condition(`(smokes >= 1 and not sex = 2) or word in ("c,d", "café") or missing(smokes) and sex != 1`)}
			q.Bands = []question.Banding{{Variable: "smokes", From: []float64{1, 2, 4}}}
			q.Asks = q.Asks[2:]
		}),
		"a unit":      of(func(q *question.Question) { q.Design.Unit = &k }),
		"PSUs":        of(func(q *question.Question) { q.Design.Stratum = nil }),
		"respondents": of(func(q *question.Question) { q.Design.PSU = nil }),
		"a factor":    of(func(q *question.Question) { q.Design.PSU, q.Design.Stratum, q.Design.Factor = nil, nil, 1.3 }),
		"no weight":   of(func(q *question.Question) { q.Weight.Variable = "" }),
	}
}

// Engines tally what this program does: the same lines, whatever shards the rows are in,
// and the figures of the file to the last bit. make engines asks all questions.
func TestEngines(t *testing.T) {
	rows := respondents()
	file := filepath.Join(t.TempDir(), "survey.csv")
	text := strings.Join(surveyColumns, ",") + "\n"
	for _, row := range rows {
		for i, cell := range row {
			if strings.ContainsAny(cell, `",`) {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			text += cell + map[bool]string{true: "\n", false: ","}[i == len(row)-1]
		}
	}
	write(t, file, []byte(text))
	f := pipeline.File{Source: ingest.Source{Path: file}, Limits: ingest.DefaultLimits}
	for _, start := range []struct {
		name string
		make func(*testing.T) *engine
	}{{"duckdb", duckdbEngine}, {"postgres", postgresEngine}, {"clickhouse", clickhouseEngine}} {
		t.Run(start.name, func(t *testing.T) {
			e := start.make(t)
			if os.Getenv("TWC_ENGINES") == "" {
				heldAgainst(t, e, f, engineQuestions()["some"], tally.OfStrata, rows, []int{3})
				return
			}
			t.Run("traps", func(t *testing.T) { trapped(t, e, f, rows) })
			for name, q := range engineQuestions() {
				for _, level := range pipeline.Levels {
					if level == tally.OfStrata && q.Design.PSU == nil {
						continue
					}
					shards := []int{3}
					if name == "strata and PSUs" {
						shards = []int{1, 3, 7}
					}
					t.Run(name+" by "+level, func(t *testing.T) { heldAgainst(t, e, f, q, level, rows, shards) })
				}
			}
		})
	}
}

// trapped holds that what engines let pass is refused: a table that is still empty, weights
// that are no numbers, of which two engines say that they are above 0, or below it, and codes that
// nobody knows; and that weights that are kept as decimals are the doubles that a file has.
func trapped(t *testing.T, e *engine, f pipeline.File, rows []rowOfTable) {
	q := engineQuestions()["strata and PSUs"]
	statements, err := pipeline.Statements(f, q, pipeline.Warehouse{Dialect: e.dialect, Table: "survey", Level: tally.OfStrata})
	if err != nil {
		t.Fatal(err)
	}
	told := func(setup []string) (*tally.Part, string) {
		path := filepath.Join(t.TempDir(), "part")
		write(t, path, []byte(e.ask(t, setup, statements)))
		part, ps := pipeline.ReadTallies([]string{path})
		return part, ps.Error()
	}
	insert := func(weight, sex string) []string {
		return append(e.ddl(rows), fmt.Sprintf("INSERT INTO survey VALUES ('north', 1, %s, %s, 1, 'a')", weight, sex))
	}
	for _, c := range []struct {
		what  string
		setup []string
		want  string
	}{
		{"an empty table", e.ddl(nil), "no respondents"},
		{"a weight that is no number", insert(e.nan, "1"), "weights that are no numbers"},
		{"a negative weight", insert("-1", "1"), "negative weights: 1"},
		{"a weight beyond the unit", insert("1e15", "1"), "weights that are no numbers, or of 2^"},
		{"a code that nobody knows", insert("1", "3"), `variable "sex": 1 respondent with codes`},
		{"no stratum", append(e.ddl(rows), "INSERT INTO survey VALUES (NULL, 1, 1, 1, 1, 'a')"), "1 weighted respondent without a stratum"},
	} {
		if _, got := told(c.setup); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
	w := pipeline.Warehouse{Dialect: e.dialect, Table: "survey", Level: tally.OfStrata, Whole: true}
	if statements, err = pipeline.Statements(f, q, w); err != nil {
		t.Fatal(err)
	}
	if _, got := told(e.ddl(rows)); got != "" {
		t.Errorf("all rows: %s", got)
	}
	if _, got := told(e.ddl(rows[:len(rows)-9])); !strings.Contains(got, "rows whose weights are") {
		t.Errorf("rows that are still on their way: got %q, want a refusal", got)
	}
	near := slices.Clone(rows)
	near[1][2] = nearly(t, near[1][2])
	if _, got := told(e.ddl(near)); !strings.Contains(got, "rows whose weights are") {
		t.Errorf("a weight that is read wrongly in its last place: got %q, want a refusal", got)
	}
	decimals := *e
	decimals.types = maps.Clone(e.types)
	decimals.types["wt"] = map[string]string{"clickhouse": "Nullable(Decimal(18, 10))"}[e.dialect]
	if decimals.types["wt"] == "" {
		decimals.types["wt"] = "DECIMAL(18, 10)"
	}
	whole, got := told(e.ddl(rows))
	kept, more := told(decimals.ddl(rows))
	if got != "" || more != "" || kept.Sum() != whole.Sum() {
		t.Errorf("weights as decimals are others: %s%s", got, more)
	}
}

// nearly is a weight of the next unit that a tally can tell.
func nearly(t *testing.T, weight string) string {
	w, err := strconv.ParseFloat(weight, 64)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatFloat(w+1.0/(1<<10), 'f', -1, 64)
}

// heldAgainst holds an engine against this program.
func heldAgainst(t *testing.T, e *engine, f pipeline.File, q question.Question, level string, rows []rowOfTable, shards []int) {
	statements, err := pipeline.Statements(f, q, pipeline.Warehouse{Dialect: e.dialect, Table: "survey", Level: level})
	if err != nil {
		t.Fatal(err)
	}
	var unit int
	for _, shards := range shards {
		folder, of := t.TempDir(), make([][]rowOfTable, shards)
		for i, row := range rows {
			shard := i * 7919 % 101 % shards
			if level == tally.OfStrata { // which are whole
				shard = int(row[0][0]) % shards
				if q.Design.Stratum == nil {
					shard = 0
				}
			}
			of[shard] = append(of[shard], row)
		}
		of = slices.DeleteFunc(of, func(rows []rowOfTable) bool { return len(rows) == 0 })
		var paths []string
		for i, some := range of {
			path := filepath.Join(folder, fmt.Sprint("part", i))
			write(t, path, []byte(e.ask(t, e.ddl(some), statements)))
			paths = append(paths, path)
		}
		part, ps := pipeline.ReadTallies(paths)
		if err := ps.Err(); err != nil {
			t.Fatalf("%d shards: %v", shards, err)
		}
		unit = part.Head.K
		own := q
		own.Design.Unit = &unit
		want, err := pipeline.Tally(f, own, level)
		if err != nil {
			t.Fatal(err)
		}
		if part.Sum() != want.Sum() {
			t.Fatalf("%d shards: other lines than ours:\n%s", shards, unlike(string(part.Lines()), string(want.Lines())))
		}
		tallied, err := pipeline.Ask(pipeline.File{Tallies: paths}, own)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := pipeline.Ask(f, own)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := fmt.Sprintf("%+v %v", tallied.Figures, tallied.DF), fmt.Sprintf("%+v %v", answer.Figures, answer.DF); got != want {
			t.Errorf("%d shards: figures\n%s\nwant\n%s", shards, got, want)
		}
	}
}

// unlike are the first lines that two texts do not have in common.
func unlike(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "got  " + a[i] + "\nwant " + b[i]
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}
