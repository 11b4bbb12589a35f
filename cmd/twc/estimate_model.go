package main

import (
	"strings"

	"togetherwecan/pipeline/question"
)

// predicted are the predictions that --predict asks for.
func (r *flagReader) predicted() []question.Prediction {
	var made []question.Prediction
	for _, text := range r.predictions {
		name, values, given := strings.Cut(text, "=")
		p := question.Prediction{Variable: name}
		if strings.Contains(text, ":") {
			r.wrong("predict", "%q, want a variable, or its values as V=20,40; --margin calibrates weights", text)
		} else if given {
			p.At = r.codes("predict", values)
		}
		made = append(made, p)
	}
	return made
}
