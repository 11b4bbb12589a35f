package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
)

// mostKey is how long a file of a key or a password may be.
const mostKey = 4 << 10

// A signing is the files of what a command signs with.
type signing struct{ release, log, password string }

// flags adds those of a command, in which the key of releases has a name.
func (s *signing) flags(cmd *cobra.Command, release string) {
	cmd.Flags().StringVar(&s.release, release, "", "`file` of the minisign secret key to sign releases with")
	cmd.Flags().StringVar(&s.log, "log-key", "", "`file` of the secret key of the log, to sign its checkpoint and to prove releases with")
	passwordFlag(cmd, &s.password)
}

// passwordFlag is the file of a key's password.
func passwordFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "password-file", "", "`file` whose first line is the key's password, - for standard input (default: asked for)")
}

// keys reads the keys, and asks for the password of one that has one.
func (a *app) keys(s signing) (publish.Keys, error) {
	var keys publish.Keys
	if s.log != "" {
		text, err := ingest.Text(s.log, s.log, mostKey)
		if err != nil {
			return keys, err
		}
		if keys.Log, err = publish.DecodeLogKey(text); err != nil {
			return keys, usage("twc key --log NAME makes one", "%s: %v", s.log, err)
		}
	}
	if s.release == "" {
		return keys, nil
	}
	text, err := ingest.Text(s.release, s.release, mostKey)
	if err != nil {
		return keys, err
	}
	password := ""
	if publish.Sealed(text) {
		if password, err = a.password(s.password, "Password of "+s.release+": "); err != nil {
			return keys, err
		}
	}
	if keys.Release, err = publish.DecodeSecretKey(text, password); err != nil {
		return keys, usage("twc key makes one, as minisign -G does", "%s: %v", s.release, err)
	}
	return keys, nil
}

// password reads a password from the first line of a file, "-" for standard input,
// or asks for it at the terminal where no file is named.
func (a *app) password(file, prompt string) (string, error) {
	var text []byte
	var err error
	switch {
	case file == "-":
		text, err = io.ReadAll(io.LimitReader(os.Stdin, mostKey))
	case file != "":
		text, err = ingest.Text(file, file, mostKey)
	case !term.IsTerminal(int(os.Stdin.Fd())):
		return "", usage("--password-file names a file of it, or - for standard input", "the key has a password, and there is no terminal to ask for it")
	default:
		text, err = a.ask(prompt)
	}
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return "", usage("a key without one needs no password", "the password is empty")
	}
	return string(line), nil
}

// ask reads a line from the terminal that is not shown there.
func (a *app) ask(prompt string) ([]byte, error) {
	fd := int(os.Stdin.Fd())
	was, err := term.GetState(fd)
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "terminal", What: err.Error()}}
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	answered := make(chan struct{})
	go func() {
		select {
		case <-interrupted:
			_ = term.Restore(fd, was) // who interrupts sees again what is typed
			os.Exit(int(refusal.Usage))
		case <-answered:
		}
	}()
	fmt.Fprint(a.stderr, prompt)
	text, err := term.ReadPassword(fd)
	close(answered)
	signal.Stop(interrupted)
	fmt.Fprintln(a.stderr)
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Usage, Where: "terminal", What: err.Error()}}
	}
	return text, nil
}
