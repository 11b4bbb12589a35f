package expression

import "testing"

// TestListed: an expression whose values all stand in it, or are made of such, and others.
func TestListed(t *testing.T) {
	for text, want := range map[string]bool{
		"if(age > 65, 2, 1)":                   true,
		"if(age > 65, age, 1)":                 false,
		"1 + (age > 65) * 2":                   true,
		"1000 * age + sex":                     false,
		"age":                                  false,
		"age in (3, 4) or missing(sex)":        true,
		"-coalesce(if(age > 3, missing, 2),1)": true,
		"max(age, 3)":                          false,
		`recode(age; 1..5 "few", else "more")`: true,
		"recode(age; 1..5 = 1, else copy)":     false,
		"recode(age; 1..5 copy, else = 9)":     false,
	} {
		e, fault := Parse(text, OfFile)
		if fault != nil {
			t.Fatalf("%s: %v", text, fault)
		}
		if got := e.Listed(); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}
