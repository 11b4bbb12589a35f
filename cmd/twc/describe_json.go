package main

import "togetherwecan/pipeline/description"

// An intervalJSON is what a file declares missing, for programs.
type intervalJSON struct {
	Low  *float64 `json:"low"` // null without a bound
	High *float64 `json:"high"`
}

// A variableJSON is a variable for programs; what is not there is null.
type variableJSON struct {
	Name     string             `json:"name"`
	Label    string             `json:"label,omitempty"`
	Kind     string             `json:"kind"`
	Format   string             `json:"format,omitempty"`
	Measure  string             `json:"measure,omitempty"`
	Width    int                `json:"width,omitempty"`
	Present  int                `json:"present"`
	Declared int                `json:"declared"` // rows with a value that the file declares missing
	Missing  int                `json:"missing"`  // rows without a value
	Min      *float64           `json:"min"`
	Max      *float64           `json:"max"`
	Mean     *float64           `json:"mean"`
	Earliest string             `json:"earliest,omitempty"` // min and max as dates
	Latest   string             `json:"latest,omitempty"`
	Codes    []description.Code `json:"codes"`
	Every    bool               `json:"codes_complete"` // false where more values occur than are listed
	Ranges   []intervalJSON     `json:"declared_missing,omitempty"`
	Texts    []string           `json:"declared_missing_texts,omitempty"`
	Weight   string             `json:"may_be_weight,omitempty"`
	Notes    []string           `json:"notes,omitempty"`
}

func variablesJSON(of []description.Variable) []variableJSON {
	variables := make([]variableJSON, len(of))
	for i, v := range of {
		r := v.Recorded
		variables[i] = variableJSON{
			Name: v.Name, Label: v.Label, Kind: v.Type(), Format: r.Format, Measure: r.Measure, Width: r.Width,
			Present: v.Present, Declared: v.Declared, Missing: v.Missing, Min: number(v.Min), Max: number(v.Max), Mean: number(v.Mean),
			Earliest: v.Earliest, Latest: v.Latest,
			Codes: append([]description.Code{}, v.Codes...), Every: v.Every, Texts: r.Texts, Weight: v.Weight, Notes: v.Notes,
		}
		for _, m := range r.Missing {
			variables[i].Ranges = append(variables[i].Ranges, intervalJSON{number(m.Low), number(m.High)})
		}
	}
	return variables
}
