package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
)

// sourceFlags are those that say how an extract is read, on every command that
// reads one.
func sourceFlags(flags *pflag.FlagSet, s *ingest.Source) {
	flags.StringVar(&s.Reader, "reader", "", "`name` of the file's reader, where its extension does not tell, or - has none:\n"+strings.Join(codebook.Readers[1:], ", "))
	flags.Var((*encodingName)(&s.Encoding), "encoding", "`name` of the encoding of the file's text, where what the file says is wrong or nothing: windows-1252, KOI8-R ...")
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

// An encodingName is a flag's value that is the name of an encoding.
type encodingName string

func (e *encodingName) String() string { return string(*e) }
func (e *encodingName) Type() string   { return "name" }

func (e *encodingName) Set(name string) error {
	if why := ingest.WrongEncoding(name); why != "" {
		return errors.New(why)
	}
	*e = encodingName(name)
	return nil
}
