# Two commands do everything on a machine that has Python 3.11 and make:
#   make run    runs specs/ against the embedded endpoint
#   make test   runs the project's own tests

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=

.PHONY: run test check lint types floors coverage pure-coverage code-mutants bench proofs alarms known-rate fuzz pages pictures lock clean kills soak bounds many sbom threats weaknesses ledger-steps

run: $(VENV)/.run  ## run the scenarios of specs/ and write reports/<run id>/
	$(BIN)/harness run specs $(ARGS)

test: $(VENV)/.dev build/plugins  ## the project's own tests
	$(BIN)/python -m pytest $(ARGS)

check: lint types floors  ## everything that looks at the code without running it

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

floors: $(VENV)/.dev
	$(BIN)/lint-imports

coverage: $(VENV)/.dev  ## tests with branch coverage
	$(BIN)/coverage run -m pytest $(ARGS)
	$(BIN)/coverage report

# The floors that read and judge without any I/O, and the tests that concern them.
PURE := harness/pointer.py,harness/findings*,harness/source/*,harness/protocol/*,harness/matchers/*,harness/rules/*,harness/expectations/*,harness/comparison/*
PURE_TESTS := tests/source tests/protocol tests/matchers tests/rules tests/reading tests/defects tests/expectations \
  tests/comparison tests/test_pointer.py tests/test_findings.py

pure-coverage: $(VENV)/.dev  ## every branch of the pure floors is taken by a test of theirs
	$(BIN)/coverage run --data-file=.coverage-pure -m pytest $(PURE_TESTS) $(ARGS)
	$(BIN)/coverage report --data-file=.coverage-pure --include='$(PURE)' --fail-under=100

bench: $(VENV)/.dev  ## the benchmarks, each beside its rivals
	$(BIN)/python benchmarks/stream_speed.py
	$(BIN)/python benchmarks/endpoint_speed.py
	$(BIN)/python benchmarks/run_time.py
	$(BIN)/python benchmarks/collect_time.py
	$(BIN)/python benchmarks/no_op_time.py
	$(BIN)/python benchmarks/report_speed.py

# Proofs: what takes longer than a test may. RESPONSES_CORPUS names the folder of recorded traffic that most of them need.
PROOF := PYTHONPATH=tests $(BIN)/python tests/proofs
MINUTES ?= 10

proofs: $(VENV)/.dev  ## silence on real traffic, mutants of it, defects over it, memory of `harness check`
	$(PROOF)/corpus_report.py
	$(PROOF)/mutants.py
	$(PROOF)/over_recordings.py
	$(PROOF)/check_memory.py
	$(PROOF)/mock_machine.py
	$(PROOF)/mock_load.py
	$(PROOF)/other_client.py
	$(PROOF)/planted_secrets.py
	$(PROOF)/drift.py

known-rate: $(VENV)/.dev  ## a defect at a known rate, found by compare and gate end to end
	$(PROOF)/known_rate.py

alarms: $(VENV)/.dev  ## how often the gate shuts by chance, and where it should
	$(PROOF)/gate_alarms.py

other-servers: $(VENV)/.dev  ## run and probe servers that others wrote, installed into build/other-servers
	$(PROOF)/other_servers.py

kills: $(VENV)/.dev  ## 200 kills at random moments of a run of 300 cases, each taken up again
	$(PROOF)/kills.py --kills 200 --cases 300

soak: $(VENV)/.dev  ## 20 minutes of cases of which some meet random faults
	$(PROOF)/soak.py --minutes 20

bounds: $(VENV)/.dev  ## time past limits under stalls, memory under what is too large
	$(PROOF)/bounds.py

many: $(VENV)/.dev  ## what a case costs among 1,000 and among 100,000
	$(PROOF)/many_cases.py --cases 100000

threats: $(VENV)/.dev  ## files that would swell, and 100,000 swaps of files for links
	$(PROOF)/at_size.py

weaknesses: $(VENV)/.dev  ## a weakness for each rule against threats and kind of input, planted: does a test notice?
	$(PROOF)/weaknesses.py

ledger-steps: $(VENV)/.dev  ## a run killed at every step of what it makes at an endpoint, and cleaned up by its ledger
	$(PROOF)/ledger_steps.py

fuzz: $(VENV)/.dev  ## MINUTES of the processor with inputs that nobody would send, for each of READERS
	$(PROOF)/fuzz.py --minutes $(MINUTES) $(READERS)

FLOORS ?= rules protocol matchers comparison
SAMPLE ?= 400

code-mutants: $(VENV)/.dev  ## SAMPLE mutants (0: all) of each of FLOORS: which of them the tests notice; hours for all
	$(PROOF)/code_mutants.py --sample $(SAMPLE) $(ARGS) $(FLOORS)

specs-table: $(VENV)/.dev  ## which defects turn which scenario red, and docs/scenarios.md; minutes
	$(PROOF)/specs_table.py $(ARGS)

pages: $(VENV)/.dev  ## the tables of docs/ from the code
	$(PROOF)/rules_page.py
	$(PROOF)/language_page.py
	$(PROOF)/endpoint_page.py

pictures: $(VENV)/.dev  ## the pictures of docs/report.md, and the small ones that tests hold the page to
	$(PROOF)/report_pictures.py

# The environments. Everything is pinned with hashes; the package itself is installed from this folder.
$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python requirements.lock pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/bin/python requirements-dev.lock $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.lock
	@touch $@

# Plugins of pytest beside which the harness is tested: apart, so that no other test meets them.
build/plugins: requirements-plugins.lock
	rm -rf $@
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --no-deps \
	  --target $@ -r requirements-plugins.lock
	@touch $@

lock: $(VENV)/.dev  ## pin every dependency anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --exclude-newer "7 days" --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --exclude-newer "7 days" --universal --generate-hashes --no-header --no-emit-index-url --no-annotate \
	  --group dev pyproject.toml -o requirements-dev.lock

sbom: $(VENV)/.dev  ## bills of materials of both lock files, CycloneDX, into build/
	$(PROOF)/sbom.py build

clean:
	rm -rf $(VENV) build dist .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
