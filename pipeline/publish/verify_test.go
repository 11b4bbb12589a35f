package publish

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// rewrite replaces a sealed file's text.
func rewrite(t *testing.T, path string, edit func(string) string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	after := edit(string(data))
	if after == string(data) {
		t.Fatalf("nothing to change in %s", path)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(after), 0o644); err != nil {
		t.Fatal(err)
	}
}

func swap(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

// reseal makes the digests of a release's files right again, and takes away the log,
// as someone would who covers up a change, and returns the digest of its release.json.
func reseal(t *testing.T, s *Store, id string, edit func(*release.Manifest)) string {
	t.Helper()
	dir := s.path(releasesName, id)
	files := tree(t, dir)
	m, err := release.DecodeManifest([]byte(files[manifestName]))
	if err != nil {
		t.Fatal(err)
	}
	for i := range m.Files {
		f := &m.Files[i]
		f.SHA256, f.Bytes = release.Digest([]byte(files[f.Path])), int64(len(files[f.Path]))
	}
	if edit != nil {
		edit(m)
	}
	data := m.Encode()
	sums := encodeSums(append(m.Files, release.File{Path: manifestName, SHA256: release.Digest(data)}))
	for name, text := range map[string][]byte{manifestName: data, sumsName: sums} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.RemoveAll(s.path(logName)); err != nil {
		t.Fatal(err)
	}
	return release.Digest(data)
}

func TestVerifyFinds(t *testing.T) {
	const first, second = "releases/2002-05-01.1/", "releases/2004-05-01.1/"
	const csv, parquetFile = "indicators/volunteering/volunteering.csv", "indicators/volunteering/volunteering.parquet"
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, *Store)
		deep  bool // found only by reading the Parquet files
		want  []string
	}{
		{"a damaged Parquet file", func(t *testing.T, s *Store) {
			rewrite(t, s.path(first+parquetFile), func(text string) string { return text[:50] + "\xff" + text[51:] })
		}, false, []string{first + parquetFile + ": changed: SHA-256 is "}},
		{"a damaged CSV file", func(t *testing.T, s *Store) {
			rewrite(t, s.path(first+csv), swap("42.934121", "42.934122"))
		}, false, []string{first + csv + ": changed: SHA-256 is "}},
		{"a damaged manifest", func(t *testing.T, s *Store) {
			rewrite(t, s.path(first+"release.json"), swap("c0de", "c0d3"))
		}, false, []string{first + "release.json: changed: SHA-256 is "}},
		{"a manifest that is none", func(t *testing.T, s *Store) {
			rewrite(t, s.path(second+"release.json"), swap(`"code"`, `"coda"`))
		}, false, []string{second + "release.json: changed"}},
		{"a missing file", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(first + csv)); err != nil {
				t.Fatal(err)
			}
		}, false, []string{first + csv + ": missing"}},
		{"an extra file", func(t *testing.T, s *Store) {
			if err := os.WriteFile(s.path(first+"indicators/extra.txt"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}, false, []string{first + "indicators/extra.txt: no part of the release: not in SHA256SUMS"}},
		{"an extra file beside the releases", func(t *testing.T, s *Store) {
			if err := os.WriteFile(s.path("notes.txt"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}, false, []string{"notes.txt: no part of a store"}},
		{"a link for a file", func(t *testing.T, s *Store) {
			if err := os.Rename(s.path(first+csv), s.path("..", "elsewhere.csv")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(s.path("..", "elsewhere.csv"), s.path(first+csv)); err != nil {
				t.Skip(err)
			}
		}, false, []string{first + csv + ": missing", first + csv + ": not a regular file"}},
		{"missing digests", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(second + "SHA256SUMS")); err != nil {
				t.Fatal(err)
			}
		}, false, []string{second + "SHA256SUMS: missing"}},
		{"damaged digests", func(t *testing.T, s *Store) {
			rewrite(t, s.path(second+"SHA256SUMS"), swap("  README.md", " README.md"))
		}, false, []string{second + "SHA256SUMS: changed: line 2: "}},
		{"a broken chain", func(t *testing.T, s *Store) {
			reseal(t, s, "2002-05-01.1", func(m *release.Manifest) { m.Reason = "other" })
		}, false, []string{first + "release.json: changed: SHA-256 is "}},
		{"a changed figure whose digests were made right", func(t *testing.T, s *Store) {
			rewrite(t, s.path(second+csv), swap("42.934121", "42.934122"))
			reseal(t, s, "2004-05-01.1", nil)
		}, false, []string{"catalog.json: is not what", second + csv + ": the identity of its rows and words is "}},
		{"a changed figure whose identity was made right too", func(t *testing.T, s *Store) {
			rewrite(t, s.path(second+csv), swap("42.934121", "42.934122"))
			changes, err := os.ReadFile(s.path(second + "indicators/volunteering/volunteering.changes.csv"))
			if err != nil {
				t.Fatal(err)
			}
			figures, err := os.ReadFile(s.path(second + csv))
			if err != nil {
				t.Fatal(err)
			}
			reseal(t, s, "2004-05-01.1", func(m *release.Manifest) {
				m.Indicator("volunteering").Identity = release.Content{Words: pack("2001", "2003").Labels.Words("volunteering")}.Identity(figures, changes)
			})
			catalog, err := s.catalog("", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(s.path(catalogName), catalog, 0o644); err != nil {
				t.Fatal(err)
			}
		}, true, []string{second + parquetFile + ": not what the CSV says: column value, row 1: 42.934121, want 42.934122"}},
		{"a changed definition whose digests were made right", func(t *testing.T, s *Store) {
			rewrite(t, s.path(second+"indicators/volunteering/definition.yaml"), swap("id", "ID"))
			reseal(t, s, "2004-05-01.1", nil)
		}, false, []string{"catalog.json: is not what", second + "indicators/volunteering/definition.yaml: SHA-256 is "}},
		{"another count in the manifest", func(t *testing.T, s *Store) {
			reseal(t, s, "2004-05-01.1", func(m *release.Manifest) { m.Indicators[1].Withheld = 0 })
		}, false, []string{"catalog.json: is not what", second + csv + ": 6 figures, 2 withheld; the manifest says 6 and 0"}},
		{"a file that the manifest does not list", func(t *testing.T, s *Store) {
			if err := os.WriteFile(s.path(second+"extra.txt"), nil, 0o644); err != nil {
				t.Fatal(err)
			}
			rewrite(t, s.path(second+sumsName), func(text string) string { return insertSum(text, "extra.txt") })
		}, false, []string{second + "release.json: extra.txt is in SHA256SUMS and not in the manifest"}},
		{"a pointer to nothing", func(t *testing.T, s *Store) {
			rewrite(t, s.path(currentName), swap("2004", "2009"))
		}, false, []string{"CURRENT: names 2009-05-01.1, the newest release is 2004-05-01.1"}},
		{"a pointer that is none", func(t *testing.T, s *Store) {
			rewrite(t, s.path(currentName), swap("\n", ""))
		}, false, []string{`CURRENT: "2004-05-01.1", want the id of a release and a line feed`}},
		{"a release that is gone", func(t *testing.T, s *Store) {
			if err := os.RemoveAll(s.path(first)); err != nil {
				t.Fatal(err)
			}
		}, false, []string{"catalog.json: is not what", "log/checkpoint: not the log of these releases: entry 0 is 2002-05-01.1", "releases/2002-05-01.1: missing: 2004-05-01.1 follows it"}},
		{"a damaged catalogue", func(t *testing.T, s *Store) {
			rewrite(t, s.path(catalogName), swap("1.1.0", "1.2.0"))
		}, false, []string{"catalog.json: is not what the releases give"}},
		{"no catalogue", func(t *testing.T, s *Store) {
			if err := os.Remove(s.path(catalogName)); err != nil {
				t.Fatal(err)
			}
		}, false, []string{"catalog.json: missing"}},
		{"all at once", func(t *testing.T, s *Store) {
			rewrite(t, s.path(first+csv), swap("42.934121", "42.934122"))
			rewrite(t, s.path(second+parquetFile), swap("PAR1", "PAR2"))
			rewrite(t, s.path(catalogName), swap("1.1.0", "1.2.0"))
		}, false, []string{"catalog.json: is not", first + csv + ": changed", second + parquetFile + ": changed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := two(t)
			c.spoil(t, s)
			if c.deep {
				if _, err := s.Verify(false); err != nil {
					t.Errorf("found without reading the Parquet files: %v", err)
				}
			}
			_, err := s.Verify(true)
			ps := refusal.Of(err, refusal.Integrity)
			if len(ps) != len(c.want) {
				t.Fatalf("got %d problems, want %d:\n%v", len(ps), len(c.want), err)
			}
			for i, p := range ps {
				if !strings.HasPrefix(p.Error(), c.want[i]) || p.Kind != refusal.Integrity {
					t.Errorf("got  %v (kind %d)\nwant %s", p, p.Kind, c.want[i])
				}
			}
		})
	}
}

// insertSum adds an empty file's line to SHA256SUMS, in its place.
func insertSum(text, path string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if _, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  "); ok && name > path {
			lines[i] = release.Digest(nil) + "  " + path + "\n" + line
			break
		}
	}
	return strings.Join(lines, "")
}

func TestVerifyEmpty(t *testing.T) {
	wants(t, verified(open(t, filepath.Join(t.TempDir(), "store")), true), refusal.Disk, "no release in the store")
}

// Nothing is built on what is damaged.
func TestContentOfDamagedRelease(t *testing.T) {
	s := two(t)
	rewrite(t, s.path("releases/2004-05-01.1/indicators/volunteering/volunteering.csv"), swap("42.934121", "42.934122"))
	r := current(t, s)
	_, err := r.Content("volunteering")
	wants(t, err, refusal.Integrity, "volunteering.csv: the identity of its rows and words is ")
	_, err = s.Publish("2005-05-01", pack("2001", "2003"))
	wants(t, err, refusal.Integrity, "volunteering.csv: the identity of its rows and words is ")
	_, err = r.Content("no-such")
	wants(t, err, refusal.Data, `no indicator "no-such" in the release`)
	_, err = s.Release("../x")
	wants(t, err, refusal.Usage, `no release "../x" in `)
	rewrite(t, s.path("releases/2004-05-01.1/release.json"), swap("c0de", "c0d3"))
	_, err = s.Current()
	wants(t, err, refusal.Integrity, "release.json: changed: SHA-256 is ")
}
