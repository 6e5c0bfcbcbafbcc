package runs

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
)

// ReadSalt finds the secret that keys customer ids the way the config does: the file, else
// the environment, else the project's name. Workers call it, so that no graph carries a secret.
func ReadSalt(file, project string) ([]byte, error) {
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the salt: %w", err)
		}
		return []byte(strings.TrimSpace(string(data))), nil
	}
	if value := os.Getenv("TRIBUTARY_SALT"); value != "" {
		return []byte(value), nil
	}
	sum := sha256.Sum256([]byte("tributary/" + project))
	return sum[:], nil
}
