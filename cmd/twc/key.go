package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
)

func (a *app) key() *cobra.Command {
	var password, log string
	var without bool
	cmd := &cobra.Command{
		Use:   "key NAME",
		Short: "Make a pair of keys to sign releases with",
		Long: `Writes NAME.key, the secret key that signs, and NAME.pub, the public key that
verifies, as minisign -G does: either program takes the keys of the other. The secret
key has a password, which is asked for, or none. Files that are there already are not
overwritten.

--log makes the keys of a log instead, which has a name, such as an address of whose
it is: the one signs its checkpoints, by the other anybody verifies them, as notes are
signed and verified (c2sp.org/signed-note). They have no password.

Keep the secret key out of the store, and hand the public key to whoever reads
releases, by another way than the releases.`,
		Example: `  twc key department
  twc key department --password-file password
  twc key department --no-password
  twc key log --log statistics.example.gov.uk/indicators`,
		Args: arguments(1, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			secret, public := args[0]+".key", args[0]+".pub"
			for _, name := range []string{secret, public} {
				if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
					return refusal.Problems{{Kind: refusal.Usage, Where: name, What: "is there already, and is not overwritten", Hint: "name another pair, or remove what is there"}}
				}
			}
			var word string
			var err error
			switch {
			case log != "" && (without || password != ""):
				return usage("leave the other one out", "--log, whose key has no password")
			case log != "":
			case without && password != "":
				return usage("leave one of the two out", "--no-password, and --password-file %s", password)
			case !without:
				word, err = a.newPassword(password, secret)
			}
			if err != nil {
				return err
			}
			var pair publish.KeyPair
			if log == "" {
				pair, err = publish.NewKey(word, rand.Reader)
			} else if pair, err = publish.NewLogKey(log, rand.Reader); err != nil {
				return usage("usage: "+cmd.UseLine(), "--log: %v", err)
			}
			if err == nil {
				err = disk.WriteFile(secret, pair.Secret, 0o600)
			}
			if err == nil {
				err = disk.WriteFile(public, pair.Public, 0o644)
			}
			if err != nil {
				_ = os.Remove(secret) // no half of a pair is left
				return refusal.Problems{{Kind: refusal.Disk, Where: args[0], What: refusal.Reason(err).Error()}}
			}
			a.line("key %s: %s signs, %s verifies", pair.ID, secret, public)
			return nil
		},
	}
	passwordFlag(cmd, &password)
	cmd.Flags().StringVar(&log, "log", "", "make the keys of a log of this `name`")
	cmd.Flags().BoolVar(&without, "no-password", false, "whoever has the secret key can sign")
	return cmd
}

// newPassword is one that is read from a file, or asked for twice.
func (a *app) newPassword(file, secret string) (string, error) {
	word, err := a.password(file, "Password for "+secret+": ")
	if err != nil || file != "" {
		return word, err
	}
	again, err := a.password("", "Again: ")
	if err == nil && again != word {
		err = usage("twc key asks again", "the two passwords differ")
	}
	return word, err
}
