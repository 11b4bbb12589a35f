package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
)

// sourceFlags are those that say how an extract is read, on every command that
// reads one.
func sourceFlags(cmd *cobra.Command, s *ingest.Source) {
	flags := cmd.Flags()
	flags.StringVar(&s.Reader, "reader", "", "`name` of the file's reader, where its extension does not tell, or - has none: "+strings.Join(codebook.Readers[1:], ", "))
	flags.Var(&checked{&s.Encoding, ingest.WrongEncoding}, "encoding", "`name` of the encoding of the file's text, where what the file says is wrong or nothing: windows-1252, KOI8-R ...")
	flags.Var(&checked{&s.Delimiter, ingest.WrongDelimiter}, "delimiter", "`character` between the fields of a delimited file, where its extension and head do not tell: ';', bar ...")
	flags.StringVar(&s.Part, "part", "", "`name` of the table to read of a file that holds several: a sheet of a workbook, or a member of a SAS transport file")
	flags.StringVar(&s.Labels, "labels", "", "`file` of the value labels of a SAS data set, its catalogue (.sas7bcat), where it is not beside it")
	complete(cmd, "reader", codebook.Readers[1:])
	complete(cmd, "encoding", []string{"UTF-8", "windows-1252", "windows-1251", "KOI8-R", "IBM850", "macintosh", "Shift_JIS"})
	complete(cmd, "delimiter", []string{"comma", "semicolon", "TAB", "bar"})
}

// given is the source of a command's argument: a file, or for - standard input.
// Remove is to be called once it has been read.
func given(cmd *cobra.Command, s ingest.Source, argument string) (of ingest.Source, remove func(), err error) {
	if argument == "-" {
		return s.Spool(cmd.InOrStdin(), ingest.DefaultLimits)
	}
	s.Path = argument
	s.Where = s.Called()
	return s, func() {}, nil
}

// A checked value is a flag's that is wrong where a function says why.
type checked struct {
	to    *string
	wrong func(string) string
}

func (c *checked) String() string { return *c.to }
func (c *checked) Type() string   { return "name" }

func (c *checked) Set(value string) error {
	if why := c.wrong(value); why != "" {
		return errors.New(why)
	}
	*c.to = value
	return nil
}
