package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// twc is the job as a command.
func twc(path string) []string {
	command := []string{"./twc", "estimate", path, "--stratum", "stratum", "--psu", "psu", "--weight", "weight", "--missing=-9,-8,-1", "--format", "csv"}
	p := plan()
	for _, item := range p.Items {
		command = append(command, "--proportion", item.Variable+"="+strings.Join(item.Counted, ","))
	}
	for _, by := range p.By[1:] {
		command = append(command, "--by", by[0])
	}
	return command
}

// agreeTold checks that the command's figures are those of the job, and the
// same from any number of threads.
func (b *bench) agreeTold(n string, want map[string]map[string]float64) error {
	one, err := os.ReadFile(filepath.Join(b.dir, "twc"+n+".csv"))
	if err != nil {
		return err
	}
	two, err := os.ReadFile(filepath.Join(b.dir, "twc-threads"+n+".csv"))
	if err != nil {
		return err
	}
	if !bytes.Equal(one, two) {
		return fmt.Errorf("twc estimate: what two threads print is not what one does")
	}
	records, err := csv.NewReader(bytes.NewReader(one)).ReadAll()
	if err != nil {
		return err
	}
	if len(records) != len(want)+1 {
		return fmt.Errorf("twc estimate: %d figures, want %d", len(records)-1, len(want))
	}
	names := map[string]string{"p": "value", "se": "std_error", "lo": "ci_lower", "hi": "ci_upper", "deff": "design_effect", "n": "base_unweighted", "df": "df"}
	for _, record := range records[1:] {
		of := map[string]string{}
		for i, name := range records[0] {
			of[name] = record[i]
		}
		key := of["variable"] + ",0,0"
		if of["breakdown"] != "all" {
			key = of["variable"] + "," + strings.TrimPrefix(of["breakdown"], "b") + "," + of["category"]
		}
		for name, column := range names {
			w, most := want[key][name], 0.0
			if name == "p" || name == "se" || name == "lo" || name == "hi" {
				w *= 100 // percent
			}
			if name == "lo" || name == "hi" {
				most = 1e-14 * w // the level is a number there, and a constant here
			}
			if x, err := strconv.ParseFloat(of[column], 64); err != nil || !(math.Abs(x-w) <= most) {
				return fmt.Errorf("twc estimate: %s of %s is %q, want %v", name, key, of[column], w)
			}
		}
	}
	return nil
}
