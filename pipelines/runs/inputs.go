package runs

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-cdp/tributary/pipelines/config"
)

// InputFile is one file of a source.
type InputFile struct {
	Source string `json:"source"`
	Name   string `json:"name"` // below the source's folder, slashes
	Path   string `json:"-"`    // differs between machines
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Inputs says what a run is made from. It is written before the first job and fixes the
// parent, so that every stage of the run, whenever it is launched, sees the same.
type Inputs struct {
	RunID       string            `json:"run_id"`
	Parent      string            `json:"parent"`
	AsOf        string            `json:"as_of"`
	Code        string            `json:"code"`
	ConfigHash  string            `json:"config_sha256"`
	SaltHash    string            `json:"salt_sha256_8"`
	Extra       map[string]string `json:"extra"` // decisions, model, suppression, fx, ledger: sha256
	Files       []InputFile       `json:"files"`
	Fingerprint string            `json:"fingerprint"` // of all of the above but parent, run id and paths
}

// Gather hashes all inputs of a run. Files come sorted by (source, name). read is told how many
// bytes of the sources' files have been read so far, from one goroutine at a time.
func Gather(c *config.Config, files []InputFile, parent, code string, read func(bytes int64)) (*Inputs, error) {
	in := &Inputs{Parent: parent, AsOf: c.AsOfDate(), Code: code, Extra: map[string]string{}, Files: files}
	sort.Slice(in.Files, func(i, j int) bool {
		if in.Files[i].Source != in.Files[j].Source {
			return in.Files[i].Source < in.Files[j].Source
		}
		return in.Files[i].Name < in.Files[j].Name
	})
	if err := hashFiles(in.Files, read); err != nil {
		return nil, err
	}
	configHash, err := hashConfig(c)
	if err != nil {
		return nil, err
	}
	in.ConfigHash = configHash
	salt := sha256.Sum256(c.Salt())
	in.SaltHash = hex.EncodeToString(salt[:4])
	for name, path := range map[string]string{
		"decisions": c.Identity.Decisions, "model": c.Identity.Model, "suppression": c.Suppression,
		"fx": c.FX.File, "ledger": filepath.Join(c.Output.Path, "ledger"),
	} {
		if path == "" {
			continue
		}
		sum, err := hashTree(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		in.Extra[name] = sum
	}
	in.Fingerprint = in.fingerprint("")
	in.RunID = in.AsOf + "-" + in.fingerprint(parent)[:10]
	return in, nil
}

// fingerprint is the base32 SHA-256 of everything that decides a run's output.
func (in *Inputs) fingerprint(parent string) string {
	hash := sha256.New()
	line := func(parts ...string) { fmt.Fprintln(hash, strings.Join(parts, "\x00")) }
	line("as_of", in.AsOf)
	line("config", in.ConfigHash)
	for _, file := range in.Files {
		line("file", file.Source, file.Name, file.SHA256)
	}
	names := make([]string, 0, len(in.Extra))
	for name := range in.Extra {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		line("extra", name, in.Extra[name])
	}
	line("code", in.Code)
	line("salt", in.SaltHash)
	line("parent", parent)
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(hash.Sum(nil)))
}

// hashConfig hashes the config without paths, output, runner and engine keys, with the text
// of the rules and of profile files that lie beside it.
func hashConfig(c *config.Config) (string, error) {
	plain := *c
	plain.AsOf, plain.SaltFile, plain.Rules, plain.Suppression = "", "", "", ""
	plain.Shared, plain.Output = false, config.Output{}
	plain.FX.File, plain.Identity.Decisions, plain.Identity.Model = "", "", ""
	plain.Sources = make([]config.Source, len(c.Sources))
	hash := sha256.New()
	for i, source := range c.Sources {
		if strings.HasSuffix(source.Profile, ".yaml") {
			sum, err := hashFile(source.Profile)
			if err != nil {
				return "", fmt.Errorf("source %s: %w", source.Name, err)
			}
			source.Profile = sum
		}
		source.Path = ""
		plain.Sources[i] = source
	}
	text, err := yaml.Marshal(&plain)
	if err != nil {
		return "", fmt.Errorf("hashing the config: %w", err)
	}
	hash.Write(text)
	rules, err := RuleFiles(c.Rules)
	if err != nil {
		return "", err
	}
	for _, path := range rules {
		sum, err := hashFile(path)
		if err != nil {
			return "", err
		}
		fmt.Fprintln(hash, filepath.Base(path), sum)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// RuleFiles lists the rule files of a folder in order of their names.
func RuleFiles(dir string) ([]string, error) {
	if dir == "" {
		return nil, nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("listing rules: %w", err)
	}
	sort.Strings(paths)
	return paths, nil
}

// hashWorkers bounds how many files are hashed side by side.
const hashWorkers = 4

func hashFiles(files []InputFile, read func(bytes int64)) error {
	counted := &counter{read: read}
	errs := make([]error, len(files))
	var wait sync.WaitGroup
	slots := make(chan struct{}, hashWorkers)
	for i := range files {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			files[i].SHA256, errs[i] = hashFile(files[i].Path, counted)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// hashTree hashes a file, or the names and contents of all files below a folder.
func hashTree(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return hashFile(path)
	}
	hash := sha256.New()
	err = filepath.WalkDir(path, func(name string, entry os.DirEntry, err error) error { // in order of names
		if err != nil || entry.IsDir() {
			return err
		}
		sum, err := hashFile(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(path, name)
		if err != nil {
			return err
		}
		fmt.Fprintln(hash, filepath.ToSlash(relative), sum)
		return nil
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}

// counter counts the bytes that several goroutines read.
type counter struct {
	mutex sync.Mutex
	bytes int64
	read  func(bytes int64)
}

// Write takes what was read.
func (c *counter) Write(data []byte) (int, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.bytes += int64(len(data))
	c.read(c.bytes)
	return len(data), nil
}

// hashFile hashes a file; what is read is also handed to others.
func hashFile(path string, others ...io.Writer) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.CopyBuffer(io.MultiWriter(append(others, hash)...), file, make([]byte, 1<<20)); err != nil {
		return "", fmt.Errorf("hashing %s: %w", path, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Day is a date YYYY-MM-DD in days since 1970-01-01.
func Day(date string) (int32, error) {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return 0, fmt.Errorf("as_of: %w", err)
	}
	return int32(t.Unix() / 86400), nil
}

// ReadInputs reads the inputs.json of a run.
func ReadInputs(l Layout) (*Inputs, error) {
	data, err := os.ReadFile(l.Inputs())
	if err != nil {
		return nil, fmt.Errorf("reading what run %s was made from: %w", l.RunID, err)
	}
	in := &Inputs{}
	if err := json.Unmarshal(data, in); err != nil {
		return nil, fmt.Errorf("%s: %w", l.Inputs(), err)
	}
	return in, nil
}

// Write writes inputs.json.
func (in *Inputs) Write(l Layout) error {
	data, err := json.MarshalIndent(in, "", "  ")
	if err != nil {
		return err
	}
	return WriteFile(l.Inputs(), append(data, '\n'))
}
