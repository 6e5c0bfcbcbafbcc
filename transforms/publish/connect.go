package publish

import (
	"context"
	"strings"

	"cloud.google.com/go/bigquery"
	"cloud.google.com/go/storage"
	"google.golang.org/api/option"
)

// Connect opens the service of a project with the machine's credentials, or an emulator's
// endpoint (http://host:port/bigquery/v2/) without any.
func Connect(ctx context.Context, project, endpoint string) (*bigquery.Client, error) {
	var opts []option.ClientOption
	if endpoint != "" {
		opts = append(opts, option.WithEndpoint(emulatorPath(endpoint)), option.WithoutAuthentication())
	}
	return bigquery.NewClient(ctx, project, opts...)
}

// emulatorPath adds the path that the client wants in an endpoint.
func emulatorPath(endpoint string) string {
	endpoint = strings.TrimSuffix(endpoint, "/")
	if !strings.HasSuffix(endpoint, "/bigquery/v2") {
		endpoint += "/bigquery/v2"
	}
	return endpoint + "/"
}

// ConnectObjects opens Cloud Storage with the machine's credentials.
func ConnectObjects(ctx context.Context) (CloudStorage, error) {
	client, err := storage.NewClient(ctx)
	return CloudStorage{client}, err
}
