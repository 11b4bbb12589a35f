package publish

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
)

// Every way to fill a disk leaves the store as it was, or whole.
func TestFullDisk(t *testing.T) {
	home := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", home).CombinedOutput(); err != nil {
		t.Skipf("no small disk can be mounted here: %s", out)
	}
	defer func() {
		if out, err := exec.Command("umount", home).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}()
	ballast := filepath.Join(home, "ballast")
	published, refused := 0, 0
	for size := 0; size <= 256; size += 4 {
		if err := os.WriteFile(ballast, make([]byte, size<<10), 0o644); err != nil {
			t.Logf("the disk is full at %d KiB of ballast", size)
			break
		}
		dir := filepath.Join(home, "new", "store")
		s := open(t, dir)
		id, err := s.Publish("2002-05-01", pack("2001"))
		switch {
		case err == nil:
			published++
			if _, err := s.Verify(true); err != nil {
				t.Errorf("%d KiB of ballast: %v", size, err)
			}
			if err := os.RemoveAll(filepath.Dir(dir)); err != nil {
				t.Fatal(err)
			}
		default:
			refused++
			wants(t, err, refusal.Disk, "no space left on device")
			if entries, _ := os.ReadDir(home); len(entries) != 1 || id != "" {
				t.Errorf("%d KiB of ballast: %q and %v left behind", size, id, entries)
			}
		}
	}
	if published == 0 || refused == 0 {
		t.Errorf("%d published and %d refused, want some of both", published, refused)
	}

	// A store that has releases keeps them.
	if err := os.WriteFile(ballast, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(home, "store"))
	publish(t, s, "2002-05-01", pack("2001"))
	before := tree(t, s.Dir())
	for n := 1; ; n++ {
		if _, err := s.Publish("2002-05-01", pack("2001")); err != nil {
			wants(t, err, refusal.Disk, "no space left on device")
			break
		}
		before = tree(t, s.Dir())
		if n > 50 {
			t.Fatal("the disk never fills")
		}
	}
	if diff := cmp.Diff(before, tree(t, s.Dir())); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Verify(true); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyDisk(t *testing.T) {
	home := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "tmpfs", home).CombinedOutput(); err != nil {
		t.Skipf("no disk can be mounted here: %s", out)
	}
	defer func() {
		if out, err := exec.Command("umount", home).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}()
	s := open(t, filepath.Join(home, "store"))
	publish(t, s, "2002-05-01", pack("2001"))
	if out, err := exec.Command("mount", "-o", "remount,ro", home).CombinedOutput(); err != nil {
		t.Skipf("the disk cannot be made read-only: %s", out)
	}
	_, err := s.Publish("2004-05-01", pack("2001"))
	wants(t, err, refusal.Disk, "read-only file system")
	_, err = open(t, filepath.Join(home, "other")).Publish("2004-05-01", pack("2001"))
	wants(t, err, refusal.Disk, "cannot mkdir: read-only file system")
	if _, err := s.Verify(true); err != nil {
		t.Errorf("a store on a read-only disk can be verified: %v", err)
	}
}

func TestNoPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is forbidden to root")
	}
	home := t.TempDir()
	if err := os.Chmod(home, 0o555); err != nil {
		t.Fatal(err)
	}
	_, err := open(t, filepath.Join(home, "store")).Publish("2002-05-01", pack("2001"))
	wants(t, err, refusal.Disk, "permission denied")
}
