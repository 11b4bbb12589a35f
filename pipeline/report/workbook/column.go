package workbook

// A field is a column of a sheet: which column of the dataset's table it shows, under which
// head, and what stands where that is null. In a head {unit} stands for the unit of the
// column's numbers where all rows have the same, {points} for that of their errors, and
// {level} for the level of the intervals.
type field struct {
	column string // or one of those that begin with @, which are made of several
	head   string
	null   string // shorthand; "" is notApplicable of text and notAvailable of numbers
}

// The shorthand of the government's statisticians.
const (
	confidential  = "[c]"
	notAvailable  = "[x]"
	notApplicable = "[z]"
)

// shorthand lists what each says, in the order of the notes.
var shorthand = [][2]string{
	{confidential, "Confidential: too few people stand behind the number, or it would tell one that they stand behind."},
	{"[low]", "Low: under half the last digit shown, but not 0."},
	{"[u]", "Unreliable: too few people were asked for the number to be relied on."},
	{notAvailable, "Not available: the number could not be made, or nobody gave it. The columns Notes and Reason say why where it is known."},
	{notApplicable, "Not applicable: there is nothing to give here, such as a note on a row that needs none, or a sampling error of a complete count."},
}

// The columns that are made of several.
const (
	whoCounted  = "@base"
	categoryOf  = "@category"
	areaOf      = "@area"
	intervalFor = "@level" // the level of intervals, where they are not all of one
)

// fields are those of each table's sheets, from left to right. A column with nothing in any
// row of a sheet is left out of it, and so is one with Total in all.
var fields = map[string][]field{
	"figures": {
		{"indicator_label", "Indicator", ""},
		{"item_label", "Item", ""},
		{"source_label", "Source", ""},
		{"population_label", "Population", ""},
		{"breakdown_label", "Breakdown", ""},
		{categoryOf, "Category", ""},
		{"value", "Value {unit}", ""},
		{"ci_lower", "Lower limit of the {level} interval {unit}", ""},
		{"ci_upper", "Upper limit of the {level} interval {unit}", ""},
		{"std_error", "Standard error {points}", ""},
		{"unit", "Unit", ""},
		{"base_unweighted", "Unweighted base (respondents)", ""},
		{"numerator", "Numerator", ""},
		{"denominator", "Denominator", ""},
		{"notes_label", "Notes", ""},
		{"notice", "Correction or withdrawal", ""},
		{whoCounted, "Who is counted", ""},
		{"period", "Period", ""},
		{"statistic_label", "Statistic", ""},
		{intervalFor, "Level of the interval", ""},
		{"ci_method", "How the interval was made", ""},
		{"df", "Degrees of freedom", ""},
		{"design_effect", "Design effect", ""},
		{"error_source", "What the error rests on", ""},
		{"weight", "Weight", ""},
		{areaOf, "Area code (GSS)", ""},
		{"indicator", "Indicator code", ""},
		{"source", "Source code", ""},
	},
	"changes": {
		{"indicator_label", "Indicator", ""},
		{"item_label", "Item", ""},
		{"from_source_label", "From", ""},
		{"to_source_label", "To", ""},
		{"population_label", "Population", ""},
		{"breakdown_label", "Breakdown", ""},
		{categoryOf, "Category", ""},
		{"change", "Change {unit}", ""},
		{"ci_lower", "Lower limit of the {level} interval {unit}", ""},
		{"ci_upper", "Upper limit of the {level} interval {unit}", ""},
		{"std_error", "Standard error {unit}", ""},
		{"unit", "Unit", ""},
		{"verdict", "Verdict", ""},
		{"reason_label", "Reason", ""},
		{"p_value", "P-value of no change", ""},
		{"p_adjusted", "P-value, adjusted over the categories", ""},
		{"notes_label", "Notes", ""},
		{"notice", "Correction or withdrawal", ""},
		{"statistic_label", "Statistic", ""},
		{intervalFor, "Level of the interval", ""},
		{"ci_method", "How the interval was made", ""},
		{"df", "Degrees of freedom", ""},
		{areaOf, "Area code (GSS)", ""},
		{"indicator", "Indicator code", ""},
		{"from_source", "From, source code", ""},
		{"to_source", "To, source code", ""},
	},
	"evidence": {
		{"indicator_label", "Evaluation", ""},
		{"kind", "Kind of row", ""},
		{"date", "Date", ""},
		{"text", "What it says", ""},
		{"state_label", "State of a milestone", ""},
		{"direction_label", "Direction of a finding", ""},
		{"design", "Design of the study", ""},
		{"method_label", "How it compares", ""},
		{"strength", "Strength of the evidence", ""},
		{"document", "Document", ""},
		{"page", "Page", ""},
		{"known_label", "How far the document was read", ""},
		{"notice", "Correction or withdrawal", ""},
		{"document_sha256", "SHA-256 of the document", notAvailable},
		{"indicator", "Evaluation code", ""},
		{"entry", "Entry", ""},
	},
	"targets": {
		{"indicator_label", "Indicator", ""},
		{"measures", "Measures", ""},
		{"target_label", "Target", ""},
		{"item_label", "Item", ""},
		{"source_label", "Source", ""},
		{"population_label", "Population", ""},
		{"breakdown_label", "Breakdown", ""},
		{categoryOf, "Category", ""},
		{"scope_label", "Row is about", ""},
		{"rule_label", "Met where", ""},
		{"unit", "Unit", ""},
		{"baseline", "Baseline {unit}", ""},
		{"baseline_source_label", "Source of the baseline", ""},
		{"level", "Level to reach {unit}", notApplicable},
		{"date", "To be met by", ""},
		{"value", "Value {unit}", ""},
		{"expected", "Expected by then {unit}", notApplicable},
		{"p_value", "P-value", notApplicable},
		{"verdict", "Verdict", ""},
		{"reason_label", "Reason", ""},
		{"notes_label", "Notes", ""},
		{"notice", "Correction or withdrawal", ""},
		{areaOf, "Area code (GSS)", ""},
		{"indicator", "Indicator code", ""},
		{"target", "Target code", ""},
		{"source", "Source code", ""},
	},
	"trends": {
		{"indicator_label", "Indicator", ""},
		{"measures", "Measures", ""},
		{"item_label", "Item", ""},
		{"from_source_label", "From", ""},
		{"to_source_label", "To", ""},
		{"population_label", "Population", ""},
		{"breakdown_label", "Breakdown", ""},
		{categoryOf, "Category", ""},
		{"points", "Points (figures)", ""},
		{"slope", "Slope {unit}", ""},
		{"ci_lower", "Lower limit of the {level} interval {unit}", ""},
		{"ci_upper", "Upper limit of the {level} interval {unit}", ""},
		{"std_error", "Standard error {unit}", ""},
		{"unit", "Unit", ""},
		{"verdict", "Verdict", ""},
		{"p_value", "P-value of no slope", ""},
		{"fit_p_value", "P-value of a straight line", ""},
		{"notes_label", "Notes", ""},
		{"notice", "Correction or withdrawal", ""},
		{"statistic_label", "Statistic", ""},
		{intervalFor, "Level of the interval", ""},
		{"df", "Degrees of freedom", notApplicable},
		{areaOf, "Area code (GSS)", ""},
		{"indicator", "Indicator code", ""},
		{"from_source", "From, source code", ""},
		{"to_source", "To, source code", ""},
	},
	"funnels": {
		{"indicator_label", "Indicator", ""},
		{"measures", "Measures", ""},
		{"item_label", "Item", ""},
		{"source_label", "Source", ""},
		{"population_label", "Population", ""},
		{"breakdown_label", "Breakdown", ""},
		{categoryOf, "Category", ""},
		{"value", "Value {unit}", ""},
		{"whole", "Value of the whole {unit}", ""},
		{"lower_95", "Lower limit of chance at 95 per cent {unit}", ""},
		{"upper_95", "Upper limit of chance at 95 per cent {unit}", ""},
		{"lower_998", "Lower limit of chance at 99.8 per cent {unit}", ""},
		{"upper_998", "Upper limit of chance at 99.8 per cent {unit}", ""},
		{"unit", "Unit", ""},
		{"side_label", "Where it lies", ""},
		{"level", "Level that it lies outside", notApplicable},
		{"notes_label", "Notes", ""},
		{"notice", "Correction or withdrawal", ""},
		{areaOf, "Area code (GSS)", ""},
		{"indicator", "Indicator code", ""},
		{"source", "Source code", ""},
	},
	"measures": {
		{"measure", "Measure", ""},
		{"measure_label", "What it measures", ""},
		{"leads", "Lead departments", ""},
		{"rests_on", "Rests on", ""},
		{"indicator_label", "Indicator", ""},
		{"figures", "Figures (rows)", ""},
		{"evidence", "Evidence (rows)", ""},
		{"missing", "What is missing, and why", ""},
		{"strand", "Strand of the plan", ""},
		{"indicator", "Indicator code", ""},
	},
	"actions": {
		{"action", "Action", ""},
		{"text", "What will be done, in this project's words", ""},
		{"strand_label", "Strand", ""},
		{"place", "Where the plan says so", ""},
		{"department", "Department", ""},
	},
	"moves": {
		{"indicator", "Indicator code", ""},
		{"table", "Table", ""},
		{"event", "What happened", ""},
		{"from_source", "Earlier source code", ""},
		{"source", "Source code", ""},
		{"population", "Population code", ""},
		{"breakdown", "Breakdown code", ""},
		{"category", "Category code", ""},
		{"item", "Item code", ""},
		{"entry", "Entry", ""},
		{"column", "Column", ""},
		{"was", "Was", ""},
		{"now", "Now", ""},
		{"unit", "Unit", ""},
		{"change", "Change", notApplicable},
		{"digits", "Change in units of the last digit", notApplicable},
		{"std_errors", "Change over its standard error", notApplicable},
		{"columns", "All columns that differ", ""},
		{"revision", "Type of revision", ""},
	},
	"notes": {
		{"kind", "Kind of note", ""},
		{"of", "What it is about", "All"},
		{"text", "Note", ""},
	},
	"codes": {
		{"column", "Column of the files", ""},
		{"of", "Of", "All"},
		{"code", "Code", ""},
		{"code_label", "What it means", ""},
	},
}

// unshown are the columns of the dataset's tables that no sheet shows, beside the codes of
// what is shown in words.
var unshown = []string{"measures", "leads", "status", "status_label", "ci_level", "country_gss", "region_gss", "police_force_area_gss", "order", "verdict_label", "kind_label", "measure", "measure_label", "source_label", "source"}
