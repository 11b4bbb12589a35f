package main

import (
	"strings"

	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/question"
)

// predicted are the predictions that --predict asks for.
func (r *flagReader) predicted() []question.Prediction {
	var made []question.Prediction
	for _, text := range r.predictions {
		name, values, given := nameBefore(text, '=')
		p := question.Prediction{Variable: name}
		if len(divided(text, ':')) > 1 {
			r.wrong("predict", "%q, want a variable, or its values as V=20,40; --margin calibrates weights", text)
		} else if given {
			p.At = r.codes("predict", values)
		}
		made = append(made, p)
	}
	return made
}

// otherFamilies are what other systems call families of models.
var otherFamilies = map[string]string{
	"identity": "gaussian", "linear": "gaussian", "normal": "gaussian", "ols": "gaussian", "regress": "gaussian",
	"logistic": "binomial", "logit": "binomial", "bernoulli": "binomial",
	"count": "poisson", "log": "poisson", "loglinear": "poisson",
	"cumulative": "ordinal", "ologit": "ordinal", "olr": "ordinal", "polr": "ordinal",
}

// oneFamily wants a family that is known.
func (r *flagReader) oneFamily() {
	if meant := otherFamilies[strings.ToLower(r.family)]; meant != "" {
		r.wrong("family", "%q, want %s; did you mean %q?", r.family, strings.Join(model.Families(), ", "), meant)
		return
	}
	r.one("family", r.family, model.Families())
}
