package publish

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"cloud.google.com/go/storage"

	"github.com/tributary-cdp/tributary/transforms/warehouse"
)

// Objects writes files into an object store.
type Objects interface {
	// Put writes a file under uri unless this very content is there.
	Put(ctx context.Context, uri, file string, info warehouse.FileInfo) error
}

// CloudStorage writes into Google Cloud Storage.
type CloudStorage struct{ Client *storage.Client }

// hashKey is the metadata key under which an object carries its content's SHA-256.
const hashKey = "sha256"

// Put implements Objects. The object is replaced only if it is what was looked at.
func (s CloudStorage) Put(ctx context.Context, uri, file string, info warehouse.FileInfo) error {
	bucket, name, err := splitURI(uri)
	if err != nil {
		return err
	}
	object := s.Client.Bucket(bucket).Object(name)
	attrs, err := object.Attrs(ctx)
	switch {
	case errors.Is(err, storage.ErrObjectNotExist):
		object = object.If(storage.Conditions{DoesNotExist: true})
	case err != nil:
		return err
	case attrs.Size == info.Bytes && attrs.Metadata[hashKey] == info.SHA256:
		return nil
	default:
		object = object.If(storage.Conditions{GenerationMatch: attrs.Generation})
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // abandons the object when copying fails
	w := object.NewWriter(ctx)
	w.ContentType, w.Metadata = "application/vnd.apache.parquet", map[string]string{hashKey: info.SHA256}
	n, err := io.Copy(w, f)
	if err != nil {
		return err
	}
	if n != info.Bytes {
		return fmt.Errorf("%s has %d bytes, the manifest says %d", info.Name, n, info.Bytes)
	}
	return w.Close()
}

func splitURI(uri string) (bucket, object string, err error) {
	rest, ok := strings.CutPrefix(uri, "gs://")
	bucket, object, found := strings.Cut(rest, "/")
	if !ok || !found || bucket == "" || object == "" {
		return "", "", fmt.Errorf("%q is not gs://bucket/object", uri)
	}
	return bucket, object, nil
}
