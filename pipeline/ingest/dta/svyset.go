package dta

import (
	"fmt"
	"strconv"
	"strings"
)

// mostStages is how many stages of a design are looked for.
const mostStages = 20

// Svyset is the command by which Stata's svyset had said how the sample was drawn, of the
// characteristics that it keeps with the data (_svy_su1, _svy_strata1, ...), or "" where the
// file has none. What it keeps that is no option of a design is left to whoever reads the
// command: it is among its options all the same.
func (f *File) Svyset() string {
	kept := map[string]string{}
	for _, c := range f.Characteristics {
		if name, is := strings.CutPrefix(c.Name, "_svy_"); is && c.Variable == "_dta" {
			kept[name] = strings.TrimSpace(c.Text)
		}
	}
	if kept["version"] == "" && kept["su1"] == "" && kept["wvar"] == "" {
		return ""
	}
	said := "svyset"
	stages, err := strconv.Atoi(kept["stages"])
	if err != nil {
		stages = 1
	}
	for stage := 1; stage <= max(1, min(stages, mostStages)); stage++ {
		of := func(name string) string { return kept[name+strconv.Itoa(stage)] }
		if stage > 1 {
			said += " ||"
		}
		if unit := of("su"); unit != "" {
			said += " " + unit
		} else {
			said += " _n"
		}
		if w := kept["wvar"]; stage == 1 && w != "" {
			sort := kept["wtype"]
			if sort == "" {
				sort = "pweight"
			}
			said += fmt.Sprintf(" [%s=%s]", sort, w)
		}
		var options []string
		for _, name := range []string{"strata", "fpc", "weight"} {
			if value := of(name); value != "" {
				options = append(options, fmt.Sprintf("%s(%s)", name, value))
			}
		}
		if stage == 1 {
			for _, name := range []string{"brrweight", "fay", "bsrweight", "bsn", "jkrweight", "sdrweight", "dof", "poststrata", "postweight", "vce", "singleunit"} {
				if value := kept[name]; value != "" {
					options = append(options, fmt.Sprintf("%s(%s)", name, value))
				}
			}
			if method := kept["calmethod"]; method != "" {
				options = append(options, fmt.Sprintf("%s(%s)", method, kept["calmodel"]))
			}
			if kept["mse"] != "" {
				options = append(options, "mse")
			}
		}
		if options != nil {
			said += ", " + strings.Join(options, " ")
		}
	}
	return said
}
