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

// reduced gives the question what --errors says.
func (r *flagReader) reduced(q *question.Question) {
	r.one("errors", r.errors, question.ErrorKinds)
	if r.errors == question.ErrorsLinearised {
		return
	}
	q.ModelErrors = r.errors
	switch {
	case len(q.Models) == 0: // which is said of every flag without its subject
	case model.FamilyOf(q.Family) != model.Gaussian:
		r.wrong("errors", "%s of a %s model, want --family %s: they are of linear models", r.errors, r.family, model.Gaussian)
	case q.Weight.Replicates != nil:
		r.wrong("errors", "%s beside replicates, whose errors are their own: want strata and PSUs", r.errors)
	case r.errors == question.ErrorsCR2 && reweighted(q):
		r.wrong("errors", "%s of calibrated or trimmed weights, want %s: it takes weights as they are", r.errors, question.ErrorsBellMcCaffrey)
	}
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
