package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"

	"togetherwecan/cmd/bench/answer"
)

// A fixedQuestion is a question with R's answers, as a test reads it.
type fixedQuestion struct {
	ID      string                        `json:"id"`
	File    string                        `json:"file"`
	Args    []string                      `json:"args"` // behind the file
	Numbers map[string]map[string]float64 `json:"numbers"`
}

// fixed writes a small campaign for a test: the files, and the questions with those of
// R's numbers that have no reason to differ.
func (w *work) fixed(folder string) error {
	b, err := w.ask(0)
	if err != nil {
		return err
	}
	var made []fixedQuestion
	n := 0
	for _, f := range b.files {
		name := f.name + ".csv"
		if err := os.WriteFile(filepath.Join(folder, name), []byte(f.csv()), 0o644); err != nil {
			return err
		}
		for _, q := range f.questions {
			args := command(f.survey, w.path(name), q)
			out, err := exec.Command(w.twc(), args...).Output()
			if err != nil || b.failed[q.id] != "" {
				continue
			}
			ours, err := answer.Read(out)
			if err != nil {
				return err
			}
			numbers := map[string]map[string]float64{}
			for place, fields := range b.numbers[q.id] {
				for _, field := range answer.Fields {
					x, mine := ours[place][field]
					y, theirs := fields[field]
					p := &pair{f.survey, q, place, field, x, y, mine, theirs && !math.IsNaN(y), ours[place], fields}
					if !p.inTheirs || p.reason() != nil {
						continue
					}
					if numbers[place] == nil {
						numbers[place] = map[string]float64{}
					}
					numbers[place][field] = y
					n++
				}
			}
			made = append(made, fixedQuestion{q.id, name, args[2:], numbers})
		}
	}
	text, err := json.MarshalIndent(made, "", " ")
	if err != nil {
		return err
	}
	fmt.Printf("%d questions, %d numbers\n", len(made), n)
	return os.WriteFile(filepath.Join(folder, "questions.json"), append(text, '\n'), 0o644)
}
