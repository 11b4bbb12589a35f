package codepage

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"togetherwecan/pipeline/ingest/hostile"
)

func TestMutations(t *testing.T) { hostile.Mutations(t, encodingTarget(), encodingNameTarget()) }

func FuzzEncodings(f *testing.F)     { hostile.Fuzz(f, encodingTarget()) }
func FuzzEncodingNames(f *testing.F) { hostile.Fuzz(f, encodingNameTarget()) }

var encodings = []string{
	"UTF-8", "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257",
	"windows-1258", "windows-874", "ISO-8859-1", "ISO-8859-2", "ISO-8859-5", "ISO-8859-7", "ISO-8859-15", "IBM437", "IBM850", "IBM866", "KOI8-R",
	"macintosh", "Shift_JIS", "EUC-JP", "EUC-KR", "GBK", "GB18030", "Big5",
}

// encodingTarget is text, after a byte that says its encoding: UTF-8 comes of
// it, with U+FFFD only where it is said to be replaced; a code page's letters are
// the bytes again; and a character cut at the end is all that is left away.
func encodingTarget() hostile.Target {
	target := hostile.Target{Name: "encodings", Tokens: []string{"caf\xe9", "\x80", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x93\xfa\x96\x7b", "\xd6\xd0", "\x81\x30\x81\x30", "\x1b$B", "\xc3", "\xef\xbf\xbd"}}
	for i := range len(encodings) + 1 {
		for _, text := range []string{"plain", "caf\xe9 \x80\x9c", "\xe2\x82\xac caf\xc3\xa9", "\x93\xfa\x96\x7b", "\xd6\xd0\xce\xc4"} {
			target.Seeds = append(target.Seeds, append([]byte{byte(i)}, text...))
		}
	}
	target.Check = func(data []byte, _ uint64) error {
		if len(data) == 0 {
			return nil
		}
		var e Encoding // that of a file which does not say
		if i := int(data[0]) % (len(encodings) + 1); i < len(encodings) {
			var ok bool
			if e, ok = Named(encodings[i]); !ok {
				return errors.New("an encoding is not known")
			}
		}
		b := data[1:]
		s, how := e.Text(b)
		wrong := strings.ContainsRune(s, utf8.RuneError)
		ofUTF8 := e.Name == "UTF-8" || e.Name == "" && utf8.Valid(b)
		switch {
		case !utf8.ValidString(s):
			return fmt.Errorf("%s: %q is %q, want UTF-8", e.Name, b, s)
		case how == Whole && wrong && !ofUTF8, how == Replaced && !wrong:
			return fmt.Errorf("%s: %q is %q, and read %v", e.Name, b, s, how)
		case ofUTF8 && ((how == Whole) != utf8.Valid(b) || how == Whole && s != string(b)):
			return fmt.Errorf("%s: %q is %q, and read %v", e.Name, b, s, how)
		case how == Cut && (e.page != nil || e.wide == nil && (!bytes.HasPrefix(b, []byte(s)) || len(b)-len(s) >= utf8.UTFMax)):
			return fmt.Errorf("%s: the whole of %q is %q", e.Name, b, s)
		}
		page := e.page
		if e.Name == "" && !ofUTF8 {
			page = charmap.Windows1252
		}
		if how == Whole && page != nil {
			if back, err := page.NewEncoder().Bytes([]byte(s)); err != nil || !bytes.Equal(back, b) {
				return fmt.Errorf("%s: %q is %q, which is %q: %v", e.Name, b, s, back, err)
			}
		}
		if ofUTF8 && how == Whole { // a text of UTF-8 that is cut anywhere
			for n := range b {
				part, how := UTF8.Text(b[:n])
				if !bytes.HasPrefix(b, []byte(part)) || how == Replaced {
					return fmt.Errorf("%q is %q, and read %v", b[:n], part, how)
				}
			}
		}
		return nil
	}
	return target
}

// encodingNameTarget holds that the name given of an encoding is one that
// finds the same encoding again.
func encodingNameTarget() hostile.Target {
	target := hostile.Target{Name: "names of encodings", Tokens: []string{"cp", "windows", "ISO", "iso", "-", "_", "8859", "utf", "IBM", "1252", "x-", "cs"}}
	for _, name := range encodings {
		target.Seeds = append(target.Seeds, []byte(name))
	}
	target.Check = func(data []byte, _ uint64) error {
		e, ok := Named(string(data))
		if !ok {
			return nil
		}
		again, ok := Named(e.Name)
		if !ok || again.Name != e.Name || again.page != e.page || again.wide != e.wide {
			return fmt.Errorf("%q is %q, which is %q", data, e.Name, again.Name)
		}
		return nil
	}
	return target
}
