# Tributary. `make demo` and `make test` need Go and nothing else.
SHELL   := /bin/bash
VERSION := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unversioned)
# A dirty tree gets a hash of its changes, so that a changed program never looks like the same one.
DIRTY   := $(shell git status --porcelain 2>/dev/null | grep -q . && (git diff HEAD; git ls-files -o --exclude-standard -z | xargs -0 cat) 2>/dev/null | sha256sum | cut -c1-8)
LDFLAGS := -s -w -X github.com/tributary-cdp/tributary/pipelines/runs.CodeVersion=$(VERSION)$(if $(DIRTY),-$(DIRTY))
CACHE   := $(or $(TRIBUTARY_CACHE),$(HOME)/.cache/tributary)
export CGO_ENABLED := 0
export GOAMD64     := v1
export TRIBUTARY_CACHE := $(CACHE)

GOLANGCI_VERSION := v2.15.0
GOFUMPT_VERSION  := v0.12.0

.PHONY: build demo test test-all engines bench accuracy lint generate fmt fuzz clean

build: ## the program: bin/tributary
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/tributary ./cmd/tributary

demo: build ## makes a demo company and runs the whole job on it
	bin/tributary demo demo-company
	bin/tributary run --config demo-company/tributary.yaml --out demo-company/out
	@echo
	@echo "Look at it:  demo-company/out/latest/report/index.html"
	@echo "Tables:      demo-company/out/latest/customers/*.parquet (and bin/tributary tables)"
	@echo "Why?         bin/tributary explain --config demo-company/tributary.yaml --out demo-company/out ID"

test: ## all tests that need Go only
	go run ./tools/testrun ./...

test-all: engines ## with DuckDB, browser, emulators and engines
	TRIBUTARY_TEST_ENGINES=1 go run ./tools/testrun -ci ./...

engines: ## installs what test-all needs into $(CACHE), pinned
	tools/install-engines.sh '$(CACHE)'

accuracy: engines ## identity against known truth: docs/accuracy.md; value models and churn against holdouts: docs/accuracy-value.md, docs/accuracy-churn.md
	bench/accuracy/run.sh
	bench/accuracy/clv.sh
	bench/accuracy/churn.sh

bench: build ## reproduces the figures in docs and bench/*/RESULTS.md
	for b in bench/*/run.sh; do $$b; done

lint: $(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION)
	$< run ./...

$(CACHE)/bin/golangci-lint-$(GOLANGCI_VERSION):
	GOBIN=$(CACHE)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	mv $(CACHE)/bin/golangci-lint $@

generate: ## docs/tables.md, docs/measures.md and other generated files
	go generate ./...

fmt: $(CACHE)/bin/gofumpt-$(GOFUMPT_VERSION)
	$< -w $$(git ls-files '*.go')

$(CACHE)/bin/gofumpt-$(GOFUMPT_VERSION):
	GOBIN=$(CACHE)/bin go install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
	mv $(CACHE)/bin/gofumpt $@

fuzz: ## every fuzz target for a while; FUZZTIME=60s for longer
	tools/fuzz.sh $(FUZZTIME)

clean:
	rm -rf bin demo-company out
