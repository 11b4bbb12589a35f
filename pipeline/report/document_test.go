package report_test

import (
	"strings"
	"testing"

	"togetherwecan/pipeline/report"
)

// signs mean something to Markdown, LaTeX or HTML.
const signs = `a*b_c [x](y) <b> & | ~ ^ $1 # % {\ "` + "`--"

// document has each kind of block: what it is of, a paragraph, a table with its caption and
// notes, and one without.
func document() *report.Document {
	d := &report.Document{Title: "f <1>.csv"}
	d.Add("", "1. what it is of")
	d.Table([]string{"alone"}, [][]string{{"x"}}, 1)
	d.Add("", "")
	d.Add("", "Before")
	d.Add("", "Caption "+signs)
	d.Table([]string{signs, ">Value", ">95% interval"}, [][]string{{"[c]", "-0.5* (-1.5 to 2.5)"}, {"* two\nlines", "3", "a-b"}}, 1)
	d.Add("  ", "* a note")
	d.Add("  ", signs)
	d.Table([]string{"none"}, nil, 1)
	d.Add("", "- last")
	return d
}

// TestDocument: what the signs of a label mean in a form is taken from them, captions and
// notes stay with their table, and rows of LaTeX that begin as the argument of the one
// before do not.
func TestDocument(t *testing.T) {
	for form, want := range map[string]string{
		"markdown": `1\. what it is of

| alone |
| --- |
| x |

Before

**Caption a\*b\_c \[x\](y) \<b\> \& \| \~ \^ \$1 # % \{\\ "` + "\\`" + `--**

| a\*b\_c \[x\](y) \<b\> \& \| \~ \^ \$1 # % \{\\ "` + "\\`" + `-- | Value | 95% interval |
| --- | ---: | ---: |
| \[c\] | -0.5\* (-1.5 to 2.5) |  |
| \* two lines | 3 | a-b |

\* a note

a\*b\_c \[x\](y) \<b\> \& \| \~ \^ \$1 # % \{\\ "` + "\\`" + `--

\- last
`,
		"latex": `% \usepackage{booktabs}, \usepackage[T1]{fontenc}, and \usepackage[utf8]{inputenc} before LaTeX of 2018

1. what it is of

\begin{table}[htbp]
\centering
\begin{tabular}{l}
\toprule
alone \\
\midrule
x \\
\bottomrule
\end{tabular}
\end{table}

Before

\begin{table}[htbp]
\centering
\caption{Caption SIGNS}
\begin{tabular}{lrr}
\toprule
SIGNS & Value & 95\% interval \\
\midrule
{}[c] & $-$0.5* ($-$1.5 to 2.5) &  \\
{}* two lines & 3 & a-b \\
\bottomrule
\end{tabular}
\par\smallskip\footnotesize{} * a note
\par\smallskip\footnotesize{} SIGNS
\end{table}

- last
`,
	} {
		want = strings.ReplaceAll(want, "SIGNS", `a*b\_c [x](y) \textless{}b\textgreater{} \& \textbar{} \textasciitilde{} \textasciicircum{} \$1 \# \% \{\textbackslash{} \textquotedbl{}\textasciigrave{}-{}-`)
		if got := document().Write(form); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", form, got, want)
		}
	}
	page := document().Write("html")
	for _, want := range []string{
		"<title>f &lt;1&gt;.csv</title>", "<p>1. what it is of</p>\n<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"Table\">\n<table>\n<thead>", "<p>Before</p>\n", "\">\n<table>\n<caption>Caption a*b_c [x](y) &lt;b&gt; &amp; | ~ ^ $1 # % {\\ &#34;`--</caption>",
		`<th scope="col" class="n">Value</th>`, `<tr><th scope="row">[c]</th><td class="n">-0.5* (-1.5 to 2.5)</td><td class="n"></td></tr>`, "</table>\n</div>\n<p class=\"note\">* a note</p>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s\nwant in it %s", page, want)
		}
	}
}

// A label that begins with a blank is indented in every form.
func TestDocumentIndents(t *testing.T) {
	d := &report.Document{}
	d.Table([]string{"Label", ">n"}, [][]string{{"sex", ""}, {"  [men]", "3"}}, 1)
	for form, want := range map[string]string{
		"markdown": "| sex |  |\n| &emsp;\\[men\\] | 3 |\n",
		"latex":    "sex &  \\\\\n\\quad [men] & 3 \\\\\n",
		"html":     "<tr><th scope=\"row\" class=\"in\">[men]</th><td class=\"n\">3</td></tr>",
	} {
		if text := d.Write(form); !strings.Contains(text, want) {
			t.Errorf("%s: %s\nwant in it %s", form, text, want)
		}
	}
}
