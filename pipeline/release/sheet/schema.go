package sheet

// A Schema describes a table's CSV as a Frictionless Table Schema.
type Schema struct {
	Fields        []Field  `json:"fields"`
	MissingValues []string `json:"missingValues"`
	PrimaryKey    []string `json:"primaryKey,omitempty"`
}

// A Field describes a column.
type Field struct {
	Name        string       `json:"name"`
	Type        string       `json:"type"`
	Description string       `json:"description"`
	Constraints *Constraints `json:"constraints,omitempty"`
}

// Constraints are what always holds of a column's cells.
type Constraints struct {
	Required bool `json:"required"`
}

// SchemaOf describes columns.
func SchemaOf[R any](columns []Column[R]) Schema {
	s := Schema{MissingValues: []string{""}}
	names := map[Type]string{Text: "string", Number: "number", Count: "integer"}
	for _, c := range columns {
		f := Field{Name: c.Name, Type: names[c.Type()], Description: c.About}
		if c.Key {
			s.PrimaryKey = append(s.PrimaryKey, c.Name)
		}
		if c.Key || c.Required {
			f.Constraints = &Constraints{Required: true}
		}
		s.Fields = append(s.Fields, f)
	}
	return s
}
