package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"togetherwecan/indicators"
	"togetherwecan/pipeline"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

func (a *app) site() *cobra.Command {
	var dir, base string
	cmd := &cobra.Command{
		Use:   "site OUT --store DIR",
		Short: "Write the releases as a static site",
		Long: `Writes the pages of a store's releases into a folder: the plan at a glance and to
print, a page for each strand, indicator, breakdown, department and release, evidence,
corrections, method and an index of words, with drawings, feeds, the files to take away
and the data of each page. They need no script and no network, and open from a disk as
from a server.

What a release first said of an indicator has a page that stays; the newest is at an
address of its own. A site that is there already is replaced whole, and what has not
changed is taken over as it was made. A folder that has something else in it is refused.

--base-url is the address that the site will have: with it pages name their own, and
there is a map of the site. Without it the page for addresses that have none, 404.html,
takes the site for the whole of its server.`,
		Example: `  twc site public --store store
  twc site public --store store --base-url https://www.example.gov.uk/indicators/`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			built, err := a.buildSite(cmd, dir, base, args[0])
			if err != nil {
				return err
			}
			a.line("%s: %s, %s as they were", args[0], report.Plural(built.Pages, "page"), report.Plural(built.Kept, "file"))
			return nil
		},
	}
	storeFlag(cmd, &dir, "")
	cmd.Flags().StringVar(&base, "base-url", "", "`address` that the site will have")
	a.catalogueFlag(cmd)
	return cmd
}

// buildSite writes the site of a store.
func (a *app) buildSite(cmd *cobra.Command, dir, base, out string) (pipeline.SiteBuilt, error) {
	store, _, err := openStore(cmd, dir, "")
	if err != nil {
		return pipeline.SiteBuilt{}, err
	}
	if err := outside(dir, out); err != nil {
		return pipeline.SiteBuilt{}, err
	}
	c, register, _, err := a.withPlan("")
	if err != nil {
		return pipeline.SiteBuilt{}, err
	}
	printed, err := printedFigures()
	if err != nil {
		return pipeline.SiteBuilt{}, err
	}
	return pipeline.Site(pipeline.SiteOptions{
		Store: store, Out: out, Base: base, Catalogue: c, Register: register, Method: indicators.Method,
		Printed: printed,
	})
}

func (a *app) serve() *cobra.Command {
	var dir string
	var port int
	cmd := &cobra.Command{
		Use:   "serve [SITE]",
		Short: "Show a site in a browser of this machine",
		Long: `Serves the folder that twc site wrote, or with --store the site of a store, which is
made for it in a folder of its own and removed at the end. Only this machine can reach
it: it listens on 127.0.0.1. Control-C ends it.`,
		Example: `  twc serve public
  twc serve --store store --port 8080`,
		Args: arguments(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if port < 0 || port > math.MaxUint16 {
				return usage("usage: "+cmd.UseLine(), "--port %d, want a number of 1 to %d, or 0 for one that is free", port, math.MaxUint16)
			}
			folder, root := "", "/"
			switch {
			case len(args) == 1:
				folder = args[0]
				var err error
				if root, err = pipeline.SiteRoot(folder); err != nil {
					return err
				}
			default:
				temporary, err := os.MkdirTemp("", "twc-site-")
				if err != nil {
					return refusal.Problems{{Kind: refusal.Disk, What: refusal.Reason(err).Error()}}
				}
				defer os.RemoveAll(temporary)
				folder = filepath.Join(temporary, "site")
				if _, err := a.buildSite(cmd, dir, "", folder); err != nil {
					return err
				}
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return a.listen(ctx, folder, root, port)
		},
	}
	storeFlag(cmd, &dir, " to make the site of")
	cmd.Flags().IntVar(&port, "port", 0, "`number` of the port (default one that is free)")
	a.catalogueFlag(cmd)
	return cmd
}

// listen serves a folder to this machine, at a path, until a context ends.
func (a *app) listen(ctx context.Context, folder, root string, port int) error {
	refuse := func(err error) error {
		return refusal.Problems{{Kind: refusal.Disk, Where: "port " + strconv.Itoa(port), What: err.Error(), Hint: "--port names another"}}
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return refuse(err)
	}
	a.line("http://%s%s shows %s; Control-C ends it", listener.Addr(), root, folder)
	server := &http.Server{Handler: served(folder, root), ReadHeaderTimeout: 10 * time.Second}
	ended := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer ended()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return refuse(fmt.Errorf("no longer served: %w", err))
	}
	return nil
}

// served answers with the files of a folder at a path, as a server of a site does: with its
// 404.html where there is no file, nor an index.html of a folder.
func served(folder, root string) http.Handler {
	at := os.DirFS(folder)
	files := http.FileServerFS(at)
	below := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := path.Join(".", r.URL.Path)
		info, err := fs.Stat(at, name)
		if err == nil && info.IsDir() {
			_, err = fs.Stat(at, path.Join(name, "index.html"))
		}
		if err == nil {
			files.ServeHTTP(w, r)
			return
		}
		text, _ := fs.ReadFile(at, "404.html")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(text)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && root != "/" {
			http.Redirect(w, r, root, http.StatusFound)
			return
		}
		http.StripPrefix(strings.TrimSuffix(root, "/"), below).ServeHTTP(w, r)
	})
}
