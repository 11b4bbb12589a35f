package estimate_test

import (
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// TestOracle reproduces the reference results that R's survey gave: every row
// of every family in the folder that TWC_ORACLE names, or ../shared/oracle. It
// reports the agreement of each family and statistic, and by name each row
// that is not reproduced. A row is excluded only by a rule that says why the
// reference is no reference there.
//
// Where R's versions differ, 4.5 is the reference: its numbers are read from
// differs.csv. A row of which that says nothing may be of 4.1, whose
// definitions are then tried, by name, after ours.
func TestOracle(t *testing.T) {
	folder := resultsFolder(t)
	families, problems := oracleFamilies(folder)
	for _, err := range problems {
		t.Error(err)
	}
	later, err := newerReference(filepath.Join(folder, "differs.csv"))
	if err != nil {
		t.Error(err)
	}
	var all agreement
	var mutex sync.Mutex
	t.Cleanup(func() { t.Logf("all families: %s", &all) })
	for _, family := range families {
		t.Run(family, func(t *testing.T) {
			t.Parallel()
			o := newOracle(folder, family)
			if err := o.read(later); err != nil {
				t.Fatal(err)
			}
			of := o.run(t)
			mutex.Lock()
			defer mutex.Unlock()
			all.add(of)
		})
	}
}

// A result is what the engine gives for a row: numbers by column, or by name
// in extra; or why the row is excluded, or the engine refuses it.
type result struct {
	got      map[string]float64
	excluded string
	refused  string
	defined  string // by which definition of the reference's got is, where it is not what the engine gives
}

// A check reproduces the rows of one statistic.
type check func(s *sample, r *row) result

// checks are by statistic.
var checks = map[string]check{}

// An oracle is a family of results with its designs.
type oracle struct {
	folder    string
	family    string
	rows      []*row
	designs   map[string]spec
	undefined error // why there are no designs
	samples   map[string]built
	data      map[string]*sample // by the names of files, their data without a design
	heads     map[string][]string
}

// A built is a design with its data, or why there is none.
type built struct {
	sample *sample
	err    error
}

// An agreement counts rows.
type agreement struct {
	rows, agree, defined, excluded int
	names                          map[string][]string // of the rows that do not simply agree, by the reason
}

func (c *agreement) add(other *agreement) {
	c.rows, c.agree, c.defined, c.excluded = c.rows+other.rows, c.agree+other.agree, c.defined+other.defined, c.excluded+other.excluded
}

func (c *agreement) name(reason, id string) { c.names[reason] = append(c.names[reason], id) }

func (c *agreement) String() string {
	return fmt.Sprintf("%5d rows: %5d agree, %4d by the reference's definition, %4d excluded, %4d not reproduced",
		c.rows, c.agree, c.defined, c.excluded, c.rows-c.agree-c.defined-c.excluded)
}

// run reproduces the rows of a family, and reports them: each that is not
// reproduced on a line of its own.
func (o *oracle) run(t *testing.T) *agreement {
	agreements := map[string]*agreement{}
	var failures []string
	for i, r := range o.rows {
		if i%oracleStep != 0 {
			continue
		}
		c := agreements[r.statistic]
		if c == nil {
			c = &agreement{names: map[string][]string{}}
			agreements[r.statistic] = c
		}
		c.rows++
		switch problem, found := o.reproduce(r); {
		case problem != "":
			failures = append(failures, fmt.Sprintf("%s %s %s %s %s=%s %s: %s", r.id, r.text("design_id"), r.statistic, r.variable, r.domainVar, r.domain, r.method, problem))
		case found.excluded != "":
			c.excluded++
			c.name("excluded: "+found.excluded, r.id)
		case found.defined != "":
			c.defined++
			c.name("by the reference's definition: "+found.defined, r.id)
		default:
			c.agree++
			if ours := r.oursAlone(found.got); ours != "" {
				c.name("agree, and the reference gives no "+ours, r.id)
			}
		}
	}
	all := &agreement{}
	for _, statistic := range slices.Sorted(maps.Keys(agreements)) {
		c := agreements[statistic]
		all.add(c)
		t.Logf("%-12s %-14s %s", o.family, statistic, c)
		for _, reason := range slices.Sorted(maps.Keys(c.names)) {
			t.Logf("    %d %s: %s", len(c.names[reason]), reason, inShort(c.names[reason]))
		}
	}
	t.Logf("%-12s %-14s %s", o.family, "all", all)
	for _, f := range failures {
		t.Error(f)
	}
	return all
}

// inShort names rows by the number of their case, and of the row in it:
// "0012.01,03 0013.01".
func inShort(ids []string) string {
	var b strings.Builder
	last := ""
	for _, id := range ids {
		number, at, _ := strings.Cut(id[strings.LastIndex(id, "-")+1:], ".")
		switch {
		case number == last:
			b.WriteString("," + at)
		case last == "":
			b.WriteString(number + "." + at)
		default:
			b.WriteString(" " + number + "." + at)
		}
		last = number
	}
	return b.String()
}

// reproduce compares a row with what the engine gives. A panic is a row that is
// not reproduced.
func (o *oracle) reproduce(r *row) (problem string, found result) {
	defer func() {
		if v := recover(); v != nil {
			problem = fmt.Sprintf("panic: %v", v)
		}
	}()
	if r.unread != "" {
		return r.unread, result{}
	}
	s, err := o.sample(r.text("design_id"))
	if err != nil && r.statistic == "degf" { // which the reference gives for a design that it then refuses
		s, err = o.unrefused(r.text("design_id"))
	}
	if message := r.text("r_error"); message != "" {
		return stopped(s, err, r, message)
	}
	if err != nil {
		return err.Error(), result{}
	}
	check := checks[r.statistic]
	if check == nil {
		return "no check of the statistic " + r.statistic, result{}
	}
	if found = check(s, r); found.excluded != "" {
		return "", found
	}
	if problem = r.judge(&found); problem == "" || !s.centred() {
		return problem, found
	}
	older := *r
	older.want = maps.Clone(r.want) // a check may leave numbers out
	if as := check(s.uncentred(), &older); as.excluded == "" && older.judge(&as) == "" {
		as.defined = centredOn0
		return "", as
	}
	return problem, found
}

// judge says in what a result is not the row.
func (r *row) judge(found *result) string {
	if found.refused != "" {
		return "refused: " + found.refused
	}
	problem := r.differences(found.got)
	if problem == "" || !r.atEnd(found) {
		return problem
	}
	return ""
}

// atEnd takes an estimate of 0 or 1 with an error of 0, which has no limits of
// ours, for the reference's: it gives the estimate itself as both.
func (r *row) atEnd(found *result) bool {
	value, se := found.got["estimate"], found.got["se"]
	if r.method != "t_degf" || se != 0 || value != 0 && value != 1 || !math.IsNaN(found.got["ci_low"]) || !math.IsNaN(found.got["ci_high"]) {
		return false
	}
	as := maps.Clone(found.got)
	as["ci_low"], as["ci_high"] = value, value
	if r.differences(as) != "" {
		return false
	}
	found.got, found.defined = as, "an estimate of 0 or 1 with an error of 0: the reference's limits are the estimate, where we give none"
	return true
}

var onePSU = regexp.MustCompile(`^Stratum \((.*)\) has only one PSU at stage (\d+)`)

// stopped compares the engine's answer with the message with which the
// reference stopped. A stratum with one PSU is to be refused, by its name or by
// the stage. Of any other stop the engine may refuse the row, or have nothing
// to give. Where the reference's search for limits failed they are to be in
// order: the value between them, or both the value without an error.
func stopped(s *sample, refused error, r *row, message string) (problem string, found result) {
	if len(r.want) > 0 {
		return "the reference stopped, and gives numbers: " + message, result{}
	}
	if one := onePSU.FindStringSubmatch(message); one != nil {
		switch {
		case refused == nil:
			return "the design is not refused; the reference stopped: " + message, result{}
		case !namesLonely(refused.Error(), one[1], one[2]):
			return fmt.Sprintf("refused without naming the stratum: %v; the reference stopped: %s", refused, message), result{}
		}
		return "", result{}
	}
	if refused != nil {
		return refused.Error(), result{}
	}
	check := checks[r.statistic]
	if check == nil {
		return "no check of the statistic " + r.statistic, result{}
	}
	found = check(s, r)
	message = generic(message)
	if found.refused != "" {
		return "", result{excluded: "the reference stopped, and we refuse it: " + message}
	}
	if found.excluded != "" {
		return "", result{excluded: "the reference stopped: " + message + "; " + found.excluded}
	}
	value, se, low, high := found.got["estimate"], found.got["se"], found.got["ci_low"], found.got["ci_high"]
	inOrder := 0 < low && low < value && value < high && high < 1 || se == 0 && low == value && high == value
	_, limits := found.got["ci_low"]
	switch {
	case math.IsNaN(value) || limits && math.IsNaN(low) && math.IsNaN(high) || math.IsNaN(found.got["p_value"]):
		return "", result{excluded: "the reference stopped, and we have none: " + message}
	case r.statistic == "proportion" && r.method == "likelihood" && inOrder:
		return "", result{excluded: "the reference's search for the limits failed, where ours are in order: " + message}
	}
	return fmt.Sprintf("the reference stopped, and we give estimate %g, limits %g to %g: %s", value, low, high, message), found
}

// namesLonely says whether a refusal says what the reference's says: one PSU in
// that stratum, or one cluster in strata of that stage.
func namesLonely(refusal, stratum, stage string) bool {
	return strings.Contains(refusal, fmt.Sprintf("stratum %q: 1 PSU", stratum)) ||
		strings.Contains(refusal, "strata of stage "+stage+" with 1 cluster")
}

// differences says where numbers are not those of the row; "" is nowhere.
func (r *row) differences(of map[string]float64) string {
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(r.want)) {
		want := r.want[name]
		got, ok := of[name]
		switch {
		case !ok:
			differ = append(differ, name+" not given")
		case !agree(got, want, r.tolerance(name), r.size(name)):
			differ = append(differ, fmt.Sprintf("%s %.12g, want %.12g (%.1e)", name, got, want, (got-want)/want))
		}
	}
	return strings.Join(differ, "; ")
}

// oursAlone names the results that the reference leaves empty and we have. It
// leaves other columns empty where it was not asked for them.
func (r *row) oursAlone(got map[string]float64) string {
	var names []string
	for _, name := range []string{"estimate", "se", "df", "ci_low", "ci_high"} {
		if v, ok := got[name]; ok && !math.IsNaN(v) && slices.Contains(r.blank, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}
