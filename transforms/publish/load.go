package publish

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cloud.google.com/go/bigquery"
	"google.golang.org/api/googleapi"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// maxAttempts is how often a table's load is begun anew. A job id whose job has failed, or
// whose staging table is gone, cannot be used again.
const maxAttempts = 20

// maxURIs is how many objects one load job may name.
const maxURIs = 10_000

// contentHash is 8 hex digits of SHA-256 over the parts of a table.
func contentHash(files warehouse.TableFiles) string {
	hash := sha256.New()
	_ = json.NewEncoder(hash).Encode(files) // of strings and integers: cannot fail
	return hex.EncodeToString(hash.Sum(nil))[:8]
}

// checkParts compares the parts on disk with the manifest and the schema.
func (p *publisher) checkParts(t tableFiles) error {
	var rows int64
	for _, file := range t.files.Files {
		path := filepath.Join(p.run.Dir, filepath.FromSlash(file.Name))
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if info.Size() != file.Bytes {
			return fmt.Errorf("%w: %s has %d bytes, the manifest says %d", ErrCheck, file.Name, info.Size(), file.Bytes)
		}
		if err := warehouse.SchemaCheck(path, t.columns); err != nil {
			return fmt.Errorf("%w: %w", ErrCheck, err)
		}
		n, err := warehouse.Rows(path)
		if err != nil {
			return err
		}
		if n != file.Rows {
			return fmt.Errorf("%w: %s has %d rows, the manifest says %d", ErrCheck, file.Name, n, file.Rows)
		}
		rows += n
	}
	if rows != t.files.Rows {
		return fmt.Errorf("%w: the parts have %d rows, the manifest says %d", ErrCheck, rows, t.files.Rows)
	}
	return nil
}

// errAgain tells that an attempt cannot succeed any more, but the next one may.
var errAgain = errors.New("this attempt is spent")

// stage loads the parts of a table into a staging table of their own and checks it. Parts
// are appended, each by one job that runs once whoever starts it.
func (p *publisher) stage(ctx context.Context, t tableFiles) (staging string, jobs []string, err error) {
	for attempt := 1; attempt <= maxAttempts; attempt++ {
		staging = fmt.Sprintf("stg_%s__%s_%s_a%d", t.table.Name, strings.ReplaceAll(p.run.ID, "-", "_"), t.sha8, attempt)
		var attached bool
		jobs, attached, err = p.attempt(ctx, t, staging, attempt)
		if err == nil {
			err = p.checkStaging(ctx, t, staging)
		}
		if attached && errors.Is(err, errRowCount) {
			// The jobs ran long ago, into a table that has been dropped or made anew since.
			err = fmt.Errorf("%w: %w", errAgain, err)
		}
		if !errors.Is(err, errAgain) {
			return staging, jobs, err
		}
	}
	return "", nil, fmt.Errorf("%d attempts to load: %w", maxAttempts, err)
}

// attempt runs the load jobs of one attempt. attached tells that a job was there before.
func (p *publisher) attempt(ctx context.Context, t tableFiles, staging string, attempt int) (jobs []string, attached bool, err error) {
	schema := Schema(t.columns)
	table := p.contact().Table(staging)
	err = p.call(ctx, func(ctx context.Context) error {
		return table.Create(ctx, &bigquery.TableMetadata{Schema: schema, ExpirationTime: p.opts.StagingExpire, Labels: labels(p.run.ID)})
	})
	if err != nil && !isStatus(err, 409) {
		return nil, false, fmt.Errorf("creating the staging table: %w", err)
	}
	sources, err := p.sources(ctx, t)
	if err != nil {
		return nil, false, err
	}
	prefix := p.jobPrefix(t, attempt)
	for i, open := range sources {
		id := prefix
		if len(sources) > 1 {
			id = fmt.Sprintf("%s_p%d", prefix, i)
		}
		before, err := p.load(ctx, id, table, schema, open)
		attached = attached || before
		if err != nil {
			return jobs, attached, fmt.Errorf("load job %s: %w", id, err)
		}
		jobs = append(jobs, id)
	}
	return jobs, attached, nil
}

// jobPrefix begins the ids of an attempt's load jobs: the same content gets the same ids,
// whoever loads it.
func (p *publisher) jobPrefix(t tableFiles, attempt int) string {
	return fmt.Sprintf("cdp_%s_%s_%s_a%d", t.table.Name, p.run.ID, t.sha8, attempt)
}

// opener gives the source of one load job anew each time, and what to close after it.
type opener func(schema bigquery.Schema) (bigquery.LoadSource, func() error, error)

// sources are the load jobs that a table needs: one over its objects, or one for each part.
func (p *publisher) sources(ctx context.Context, t tableFiles) ([]opener, error) {
	if p.target.Bucket == "" {
		out := make([]opener, len(t.files.Files))
		for i, file := range t.files.Files {
			out[i] = p.fromDisk(file)
		}
		return out, nil
	}
	if p.objects == nil {
		return nil, errors.New("a bucket is given, but nothing to write objects with")
	}
	var uris []string
	for _, file := range t.files.Files {
		uri := strings.TrimSuffix(p.target.Bucket, "/") + "/runs/" + p.run.ID + "/" + file.Name
		if err := p.objects.Put(ctx, uri, filepath.Join(p.run.Dir, filepath.FromSlash(file.Name)), file); err != nil {
			return nil, fmt.Errorf("writing %s: %w", uri, err)
		}
		uris = append(uris, uri)
	}
	var out []opener
	for begin := 0; begin < len(uris); begin += maxURIs {
		chunk := uris[begin:min(begin+maxURIs, len(uris))]
		out = append(out, func(schema bigquery.Schema) (bigquery.LoadSource, func() error, error) {
			ref := bigquery.NewGCSReference(chunk...)
			configure(&ref.FileConfig, schema)
			return ref, func() error { return nil }, nil
		})
	}
	return out, nil
}

func (p *publisher) fromDisk(file warehouse.FileInfo) opener {
	return func(schema bigquery.Schema) (bigquery.LoadSource, func() error, error) {
		f, err := os.Open(filepath.Join(p.run.Dir, filepath.FromSlash(file.Name)))
		if err != nil {
			return nil, nil, err
		}
		source := bigquery.NewReaderSource(f)
		configure(&source.FileConfig, schema)
		return source, f.Close, nil
	}
}

func configure(c *bigquery.FileConfig, schema bigquery.Schema) {
	c.SourceFormat, c.Schema = bigquery.Parquet, schema
	c.ParquetOptions = &bigquery.ParquetOptions{EnableListInference: true, EnumAsString: true}
}

// load runs one load job, or waits for the job of that id when there is one (attached).
func (p *publisher) load(ctx context.Context, id string, table *bigquery.Table, schema bigquery.Schema, open opener) (attached bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.opts.JobTimeout)
	defer cancel()
	source, closeSource, err := open(schema)
	if err != nil {
		return false, err
	}
	defer func() { _ = closeSource() }()
	loader := table.LoaderFrom(source)
	loader.JobID, loader.Location = id, p.target.Location
	loader.CreateDisposition, loader.WriteDisposition = bigquery.CreateNever, bigquery.WriteAppend
	loader.DecimalTargetTypes = []bigquery.DecimalTargetType{bigquery.NumericTargetType, bigquery.BigNumericTargetType}
	loader.Labels = labels(p.run.ID)
	loader.MediaOptions = []googleapi.MediaOption{googleapi.ChunkSize(0)}
	job, err := loader.Run(ctx)
	if attached = isStatus(err, 409); attached {
		job, err = p.client.JobFromIDLocation(ctx, id, p.target.Location)
	}
	if err != nil {
		return attached, err
	}
	status, err := job.Wait(ctx)
	if err == nil {
		err = status.Err()
	}
	if err != nil && (attached || transient(err)) {
		err = fmt.Errorf("%w: %w", errAgain, err)
	}
	return attached, err
}

// transient tells whether a failed job may succeed under another id.
func transient(err error) bool {
	var e *bigquery.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Reason {
	case "backendError", "internalError", "rateLimitExceeded", "jobBackendError", "jobInternalError", "jobRateLimitExceeded", "stopped":
		return true
	}
	return false
}

// isStatus tells whether the service answered with an HTTP status.
func isStatus(err error, code int) bool {
	var e *googleapi.Error
	return errors.As(err, &e) && e.Code == code
}
