# heatsync. `make help` says what there is. Two targets do all set-up on a fresh
# machine with Go, git and make: demo and test.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

VERSION := $(patsubst v%,%,$(shell git describe --tags --always --dirty 2>/dev/null || echo devel))
LDFLAGS := -X github.com/heatsync/heatsync/internal/version.version=$(VERSION)
GOBUILD := CGO_ENABLED=0 go build -buildvcs=false -ldflags '$(LDFLAGS)'

# Each folder of tools/ is a module that pins programs; a changed pin builds anew.
TOOLS := $(CURDIR)/bin/tools
export PATH := $(TOOLS):$(PATH)

# The real OpenStack of test/openstack; the state folder holds its clouds.yaml.
export HEATSYNC_OPENSTACK_DIR ?= $(or $(TMPDIR),/tmp)/heatsync-openstack
OPENSTACK_TIER ?= magnum
OPENSTACK_TESTS = ./test/contract ./test/acceptance ./test/torture
# what of these is for it: make test has the rest, over heatsim
ON_OPENSTACK = OpenStack|Test(Torture|TokensOfAMinute|TwoAgentsByMistake)/OpenStack
# Of the client of Heat and the drivers, side by side: stories of one cluster, clusters
# of every distro; HEAT_TESTS='TestReal|OnHeat$' has the ports of kubernetes too.
HEAT_TESTS ?= TestReal|TestStoryOnHeat|TestInsideOnHeat|TestClustersOnHeat

# How long make torture goes on before the quiet, and over how many clusters.
TORTURE ?= 60m
TORTURE_CLUSTERS ?= 100
# How many kills make kills waits for; make test-openstack plays the same with ten.
KILLS ?= 50

# whatever begins with a shell's name, and what such scripts source
SHELL_SCRIPTS = $(shell git ls-files -co --exclude-standard -z | xargs -0 awk \
	'(FNR == 1 && /^\#!.*[\/ ](ba)?sh$$/) || FILENAME ~ /\.sh$$/ {print FILENAME} {nextfile}')

##@ Everyday

.PHONY: help
help: ## Say what there is to make
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## Build heatsync and its drivers into bin/
	@mkdir -p bin
	$(GOBUILD) -o bin/ ./cmd/...

.PHONY: demo
demo: build ## Play the tour: no cloud, no configuration
	bin/heatsync demo --tour

.PHONY: test-fast
test-fast: ## The Go tests alone, without the race detector
	go test ./...

.PHONY: test
test: lint ## Everything that needs no cloud: all checks, all tests with the race detector
	tools/packages gcc sshd promtool cloud-init openssl jq
	CGO_ENABLED=1 go test -race -timeout 20m ./...

.PHONY: cover
cover: ## Test coverage: a figure per function on the terminal, bin/cover.html to read
	@mkdir -p bin
	go test -coverpkg=./... -coverprofile=bin/cover.out ./...
	go tool cover -html=bin/cover.out -o bin/cover.html
	go tool cover -func=bin/cover.out

.PHONY: bench
bench: ## Requests, CPU, memory and latency for fleets of 1 to 10,000 clusters; the simulation's pace; a Kubernetes cluster's render
	go test -run '^$$' -bench . -benchtime 1x -timeout 120m ./test/bench/...
	go test -run '^$$' -bench Runs -benchtime 1000x ./test/simulation
	go test -run '^$$' -bench Render -benchtime 100x ./plugins/kubernetes

##@ The promises, proved

# The seeds of `make simulate`; a range that was cut off goes on where it ended, as long
# as the program is the same: it is built without a revision, which is not its content.
SEEDS ?= 1-20000
SIMULATE_SIZE ?= small
# Of fleets whose clusters have nodes to empty and secrets; they come after the others.
NODES_SEEDS ?= 1-2000
# And of fleets of up to 50 clusters.
LARGE_SEEDS ?= 1-1000

.PHONY: simulate
simulate: ## Run seeds of the simulation (SEEDS=first-last, SIMULATE_SIZE=small, large or nodes, NODES_SEEDS=first-last, LARGE_SEEDS=first-last)
	@mkdir -p bin
	go test ./test/simulation
	go build -buildvcs=false -o bin/simulate ./test/simulation/cmd/simulate
	bin/simulate -seeds $(SEEDS) -size $(SIMULATE_SIZE) -counts -progress bin/simulate-$(SIMULATE_SIZE)-$(SEEDS)
	bin/simulate -seeds $(NODES_SEEDS) -size nodes -counts -progress bin/simulate-nodes-$(NODES_SEEDS)
	bin/simulate -seeds $(LARGE_SEEDS) -size large -counts -progress bin/simulate-large-$(LARGE_SEEDS)

.PHONY: mutants
mutants: ## Deliberate defects, each of which the simulation has to catch: minutes
	go run ./test/simulation/cmd/mutants

.PHONY: fuzz
fuzz: ## Every fuzz test for FUZZTIME, 30s, one after the other
	tools/fuzz

.PHONY: leaks
leaks: ## Ten thousand rounds and as many driver restarts leave nothing behind: half an hour
	HEATSYNC_TEST_ROUNDS=10000 HEATSYNC_TEST_DRIVER_RESTARTS=10000 \
		go test -count=1 -v -timeout 2h -run TestP12 ./test/promises

.PHONY: test-kubeadm
test-kubeadm: $(TOOLS)/kubeadm $(TOOLS)/kube-apiserver ## What nodes boot and how they are emptied, against kubeadm and kube-apiserver themselves: half an hour to build them
	tools/packages etcd curl openssl unshare ip
	HEATSYNC_TEST_KUBEADM=$(TOOLS)/kubeadm HEATSYNC_TEST_KUBE_APISERVER=$(TOOLS)/kube-apiserver \
		go test -count=1 -v -run 'TestKubeadmTakesIt|TestControlPlaneAnswers|APIServer' ./plugins/kubernetes/boot ./plugins/kubernetes/nodes

##@ Checks

.PHONY: lint
lint: lint-go lint-shell lint-proto lint-release ## All checks that run no test

.PHONY: lint-go
lint-go: $(TOOLS)/staticcheck $(TOOLS)/gofumpt ## go vet, staticcheck, gofumpt
	go vet ./...
	staticcheck ./...
	@unformatted=$$(gofumpt -l .); \
	if [ -n "$$unformatted" ]; then echo "run gofumpt -w on:" $$unformatted >&2; exit 1; fi

.PHONY: lint-shell
lint-shell: ## shellcheck of every shell script
	tools/packages shellcheck
	shellcheck $(sort $(SHELL_SCRIPTS))

.PHONY: lint-proto
lint-proto: $(TOOLS)/buf ## The driver contract: style, and nothing broken since its baseline
	cd plugins/driverpb && buf lint && buf breaking --against baseline.binpb

.PHONY: lint-release
lint-release: $(TOOLS)/goreleaser ## What a release is made from: goreleaser's file, the systemd unit
	goreleaser check --quiet
	tools/verify-unit packaging/heatsync.service examples/systemd/heatsync@.service

##@ A real OpenStack, on loopback, from Debian's packages

.PHONY: openstack
openstack: ## Bring it up (OPENSTACK_TIER=heat, compute or magnum)
	test/openstack/up --tier $(OPENSTACK_TIER)

.PHONY: openstack-down
openstack-down: ## Stop it and remove its state
	test/openstack/down --purge

.PHONY: test-openstack
test-openstack kills torture: export HEATSYNC_TEST_CLOUDS_YAML = $(HEATSYNC_OPENSTACK_DIR)/clouds.yaml
test-openstack kills torture: export HEATSYNC_TEST_CLOUD = dev
test-openstack kills torture: export HEATSYNC_TEST_REQUIRE_OPENSTACK = 1
test-openstack: build openstack ## Contract, acceptance, torture and clusters of every distro against it; leaves it up
	tools/packages gcc sshd
	go test -count=1 -p 1 -timeout 60m -run '$(ON_OPENSTACK)' $(OPENSTACK_TESTS)
	go test -count=1 -timeout 30m -run '$(HEAT_TESTS)' ./internal/openstack ./plugins/docker ./plugins/kubernetes

.PHONY: kills
kills: ## Kills of agent and drivers anywhere in the acceptance story on it (KILLS=50)
	test/openstack/up --tier magnum
	HEATSYNC_TEST_KILLS=$(KILLS) \
		go test -count=1 -v -timeout 0 -run TestP11KillNineAnywhereOnOpenStack ./test/acceptance

.PHONY: torture
torture: ## An hour of faults, kills and meddling at 100 clusters on it (TORTURE=20m, TORTURE_CLUSTERS=50)
	test/openstack/up --tier heat
	HEATSYNC_TEST_TORTURE=$(TORTURE) \
	HEATSYNC_TEST_TORTURE_CLUSTERS=$(TORTURE_CLUSTERS) \
		go test -count=1 -v -timeout 0 -run 'TestTorture$$/OpenStack' ./test/torture

##@ Making

.PHONY: generate
generate: $(TOOLS)/buf $(TOOLS)/protoc-gen-go $(TOOLS)/protoc-gen-go-grpc ## The Go side of the driver contract
	cd plugins/driverpb && buf generate

.PHONY: baseline
baseline: $(TOOLS)/buf ## Take today's driver contract as the one not to break (at a release)
	cd plugins/driverpb && buf build -o baseline.binpb

.PHONY: snapshot
snapshot: $(TOOLS)/goreleaser $(TOOLS)/cyclonedx-gomod ## Archives, packages, checksums and SBOMs into dist/, nothing published
	goreleaser release --snapshot --clean

.PHONY: clean
clean: ## Remove what was built, the tools included
	rm -rf bin dist

# ---- the tools ---------------------------------------------------------------

define build-tools
@mkdir -p $(TOOLS)
@echo "building $(@F) from $(<D): minutes, the first time"
CGO_ENABLED=0 go build -C $(<D) -buildvcs=false -o $(TOOLS)/ tool
@touch $(TOOLS)/$(@F)
endef

$(TOOLS)/staticcheck $(TOOLS)/gofumpt &: tools/lint/go.mod
	$(build-tools)
$(TOOLS)/protoc-gen-go $(TOOLS)/protoc-gen-go-grpc &: tools/proto/go.mod
	$(build-tools)
$(TOOLS)/buf: tools/buf/go.mod
	$(build-tools)
$(TOOLS)/goreleaser: tools/goreleaser/go.mod
	$(build-tools)
$(TOOLS)/cyclonedx-gomod: tools/sbom/go.mod
	$(build-tools)
$(TOOLS)/kubeadm $(TOOLS)/kube-apiserver &: tools/kubeadm/go.mod
	$(build-tools)
